"""Every screen of the one list: no finding of axe, no console error, no broken policy, no sideways scrolling, nothing too small to hit.

In `make test` each is seen once: language, width and scheme turn from screen to screen, so that the list is seen in all twelve. `make soak`
has the rest.
"""

from __future__ import annotations

import itertools

import pytest
from axe import AXE, problems_of

from kentongan.testing.screens import SCREENS

pytestmark = pytest.mark.django_db
LANGUAGES = ("id", "vi", "en")
LOOKS = ((390, "light"), (1440, "dark"), (390, "dark"), (1440, "light"))
EXCEPTED = {"error-503": "meta-refresh"}
"""A rule of axe that a screen breaks on purpose: where the database is away nothing is typed or read that coming back could take away."""
TWELVE = tuple(itertools.product(LANGUAGES, LOOKS))


def turn(number):
    """Language and look of a screen by its place in the list; three and four have no common divisor."""
    return LANGUAGES[number % 3], LOOKS[number % 4]


def rows():
    for number, screen in enumerate(SCREENS):
        yield pytest.param(screen, [turn(number)], id=screen.name)
        rest = [one for one in TWELVE if one != turn(number)]
        yield pytest.param(screen, rest, id=f"{screen.name}-rest", marks=[pytest.mark.soak, pytest.mark.timeout(120)])


@pytest.mark.parametrize(("screen", "looks"), list(rows()))
def test_every_screen_is_accessible(walk, screen, looks):
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run tools/assets.py dev")
    wrong = {}
    for language, same in itertools.groupby(looks, key=lambda one: one[0]):
        page = None
        for _, look in same:
            page = page or walk.show(screen, language, *look)
            walk.turn(page, *look)
            told = [said for said in page.problems if screen.status == 200 or f"status of {screen.status}" not in said]
            found = problems_of(page, "" if screen.made else language, without=EXCEPTED.get(screen.name, "")) + told
            if found:
                wrong[language, *look] = found
    assert wrong == {}


def test_the_list_is_seen_in_every_language_width_and_scheme():
    assert {turn(number) for number in range(len(SCREENS))} == set(TWELVE)
