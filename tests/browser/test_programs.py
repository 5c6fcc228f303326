"""The pages of programs in a real browser: no finding of axe, in three languages, at 390 and 1440 px, light and dark."""

from __future__ import annotations

import pytest
from axe import AXE, findings

from kentongan.office.api import services
from kentongan.office.api.models import Delivery
from kentongan.testing import builders


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_every_page_of_programs_is_accessible(house, pages_of, language):
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run tools/assets.py dev")
    now, admin = builders.NOW, house.administrator
    draft = services.HookDraft("Ruang kendali", "https://kendali.example/masuk", ("signal.raised",))
    hook = services.make_hook(admin, draft, "a secret of sixteen and more", now)
    Delivery.objects.create(office=house.ours, hook=hook, event="signal.raised", at=now, state="given_up", tries=8, status=500, detail="x")
    services.add_push_source(admin, "Dinas Air", "official", "a secret of sixteen and more", now)
    services.make_token(admin, "Papan", ["read", "decide"], now + services.LONGEST_LIFE, "secret", now)
    pages = pages_of()
    wrong = {}
    for width, scheme in ((390, "dark"), (1440, "light")) if language == "en" else ((390, "light"), (1440, "dark")):
        page = pages.window(who=admin.username, language=language, width=width, scheme=scheme)
        for place in ("", "tokens/new/", "told/new/", f"told/{hook.pk}/"):
            address = f"/office/programs/{place}"
            page.goto(address)
            found = findings(page) + list(page.problems)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("scrolls sideways")
            if found:
                wrong[f"{address} {width} {scheme}"] = found
            page.problems.clear()
    assert wrong == {}
