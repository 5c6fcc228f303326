"""The screens of sources, warnings and fact-checks: no finding of axe, nothing too small to hit, no sideways scrolling."""

from __future__ import annotations

import pytest
from axe import AXE, findings, in_every_look, shown
from test_access import SMALL

from kentongan.office.listening.models import SourceProposal, Story
from kentongan.testing import builders


@pytest.mark.timeout(600)
@in_every_look("vi")
def test_every_screen_of_sources_and_warnings_is_accessible(house, pages_of, language, looks):
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run tools/assets.py dev")
    locked = builders.furnish_notices(house.ours)
    story = Story.objects.get(pk=house.stories[0].pk)
    SourceProposal.objects.filter(host="kabarhulu.example").update(host=story.headline.split()[0].lower())
    wrong = {}
    looked = (
        "/", "/stories/", f"/stories/{story.pk}/", "/sources/", "/sources/kinds/", "/sources/kinds/mastodon/", "/sources/kinds/imap/",
        "/sources/packs/", "/sources/packs/id-press/", "/sources/proposals/", "/warnings/", "/checks/",
    )  # fmt: skip
    pages = pages_of()
    for who, addresses in (("sari", looked), ("ibu", (f"/sources/{locked.pk}/", f"/sources/{locked.pk}/key/"))):
        page = pages.window(who=who, language=language)
        for seen in shown(page, addresses, looks):
            problems = findings(page) + page.evaluate(SMALL) + page.problems
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                problems.append("scrolls sideways")
            if problems:
                wrong[seen] = problems
            page.problems.clear()
    assert wrong == {}
