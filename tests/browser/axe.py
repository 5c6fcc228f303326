"""axe-core, run in a page of ours."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
LANGUAGES = ("id", "vi", "en")
LOOKS = ((390, "light"), (1440, "dark"), (390, "dark"), (1440, "light"))
"""Of three that follow each other, the last before the first, there are both widths and both schemes."""


def in_every_look(often_in):
    """Asks the test in `language` and `looks`, which gives the looks of the screen of a number.

    In `make test` every screen is seen once, in the language of its file, and so the file in both widths and both schemes; `make soak` has
    the rest of what can be put together.
    """

    def seen(number, language, often):
        turn = (LANGUAGES.index(language) + number) % len(LOOKS)
        if often:
            return LOOKS[turn : turn + 1]
        return LOOKS[turn + 1 :] + LOOKS[: turn + (language != often_in)]

    rows = [pytest.param(often_in, partial(seen, language=often_in, often=True), id=often_in)]
    for language in LANGUAGES:
        rows.append(pytest.param(language, partial(seen, language=language, often=False), marks=pytest.mark.soak, id=f"{language}-rest"))
    return pytest.mark.parametrize(("language", "looks"), rows)


def shown(page, addresses, looks):
    """Each address, loaded in its first look and then changed to the others. Gives address and look."""
    for number, address in enumerate(addresses):
        for turn, (width, scheme) in enumerate(looks(number)):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            if turn == 0:
                page.goto(address)
            yield address, f"{width} {scheme}"


def findings(page):
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # through the debugger, since the policy rightly lets no page load it
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
    return [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
