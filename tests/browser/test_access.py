"""Every screen, in three languages, at 390 and 1440 px, light and dark: no finding of axe, no console error, no broken policy, no
sideways scrolling, nothing too small to hit."""

from __future__ import annotations

import pytest
from axe import AXE, findings, in_every_look, shown

from kentongan.office.listening.models import Signal, Source

SMALL = """() => [...document.querySelectorAll('main button, main select, main input:not([type=hidden]), .rooms a, .me > summary')]
  .filter((e) => e.offsetParent !== null && !e.closest('label')).map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
  .filter(([, height]) => height < 43.5)"""


def addresses(house):
    story, signal = house.stories[0].pk, Signal.objects.filter(state="new").values_list("pk", flat=True)[0]
    failing = Source.objects.get(name="Sena Petang").pk
    return [
        "/",
        "/stories/",
        "/stories/?level=crisis",
        f"/stories/{story}/",
        "/signals/",
        "/signals/?state=dismissed",
        f"/signals/{signal}/",
        "/sources/",
        f"/sources/{failing}/",
        "/search/",
        "/search/?q=banjir",
        "/search/?q=helikopter",
        "/briefing/send/",
        "/briefing/signed/",
        "/keys/",
        "/nowhere/",
        "/accounts/password/",
        "/account/",
        "/account/factors/",
        "/office/",
        "/office/people/",
        f"/office/people/{house.reader.pk}/",
        "/office/agencies/",
        "/office/roster/",
    ]


@pytest.mark.timeout(600)
@in_every_look("id")
def test_every_screen_is_accessible(house, pages_of, language, looks):
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run tools/assets.py dev")
    addresses_ = addresses(house)
    pages = pages_of()
    page = pages.window(language=language)
    wrong = {}
    for seen in shown(page, addresses_, looks):
        problems = findings(page) + page.evaluate(SMALL) + [p for p in page.problems if "404" not in p]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append("scrolls sideways")
        if page.evaluate("document.documentElement.lang") != language:
            problems.append("wrong language")
        if problems:
            wrong[seen] = problems
        page.problems.clear()
    boss = pages.window(who="ibu", language=language)
    for seen in shown(boss, (*addresses_[-5:], "/office/people/invite/", "/account/factors/keys/add/"), looks):
        found = findings(boss) + boss.evaluate(SMALL) + boss.problems
        if boss.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        if found:
            wrong["ibu", seen] = found
        boss.problems.clear()
    visitor = pages.window(who="", language=language)
    for seen in shown(visitor, ("/accounts/login/", "/accounts/password/reset/"), looks):
        found = findings(visitor)
        if found or visitor.problems:
            wrong[seen] = [*found, *visitor.problems]
    assert wrong == {}
