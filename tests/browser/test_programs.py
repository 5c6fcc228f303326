"""The pages of programs in a real browser: no finding of axe, in three languages, at 390 and 1440 px, light and dark."""

from __future__ import annotations

import pytest
from axe import AXE, findings, in_every_look, shown

from kentongan.office.api import services
from kentongan.office.api.models import Delivery
from kentongan.testing import builders


@pytest.mark.timeout(600)
@in_every_look("vi")
def test_every_page_of_programs_is_accessible(house, pages_of, language, looks):
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run tools/assets.py dev")
    now, admin = builders.NOW, house.administrator
    draft = services.HookDraft("Ruang kendali", "https://kendali.example/masuk", ("signal.raised",))
    hook = services.make_hook(admin, draft, "a secret of sixteen and more", now)
    Delivery.objects.create(office=house.ours, hook=hook, event="signal.raised", at=now, state="given_up", tries=8, status=500, detail="x")
    services.add_push_source(admin, "Dinas Air", "official", "a secret of sixteen and more", now)
    services.make_token(admin, "Papan", ["read", "decide"], now + services.LONGEST_LIFE, "secret", now)
    page = pages_of().window(who=admin.username, language=language)
    wrong = {}
    for seen in shown(page, [f"/office/programs/{place}" for place in ("", "tokens/new/", "told/new/", f"told/{hook.pk}/")], looks):
        found = findings(page) + list(page.problems)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        if found:
            wrong[seen] = found
        page.problems.clear()
    assert wrong == {}
