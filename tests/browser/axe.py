"""axe-core, run in a page of ours."""

from __future__ import annotations

from functools import partial
from itertools import product
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


def in_every_look(test):
    """Asks the test in `language` and `looks`, which gives the looks of the screen of a number.

    In `make test` every screen is seen once in each language, and so in both widths and both schemes; `make soak` has the rest of what can
    be put together.
    """

    def seen(number, language, often):
        turn = (LANGUAGES.index(language) + number) % len(LOOKS)
        return LOOKS[turn : turn + 1] if often else LOOKS[turn + 1 :] + LOOKS[:turn]

    rows = [
        pytest.param(
            language,
            partial(seen, language=language, often=often),
            marks=() if often else pytest.mark.soak,
            id=language if often else f"{language}-rest",
        )
        for language, often in product(LANGUAGES, (True, False))
    ]
    return pytest.mark.parametrize(("language", "looks"), rows)(test)


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
