"""What the engine is told of an office: places by all their names, holidays with joint leave, and how many signals a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kentongan.engine.usual_volume import SpecialDays
from kentongan.office.listening import engine_settings, listener
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.heeding import LOOK_S, Heed
from kentongan.office.people.models import Office, OfficeSetting, Place

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def day(*ymd: int) -> int:
    return (date(*ymd) - date(1970, 1, 1)).days


def test_an_office_of_indonesia_has_its_holidays_and_its_joint_leave() -> None:
    special = engine_settings.special_days("ID", "Asia/Jakarta")
    assert day(2025, 12, 25) in special.days
    assert day(2025, 12, 26) in special.days, "joint leave"
    assert day(2025, 12, 23) not in special.days
    assert special.offset_s == 7 * 3600


def test_an_office_of_viet_nam_has_tet_and_a_country_nobody_knows_has_none() -> None:
    assert day(2026, 2, 17) in engine_settings.special_days("VN", "Asia/Ho_Chi_Minh").days
    assert engine_settings.special_days("XX", "Asia/Jakarta") == SpecialDays()


def test_without_places_there_is_no_gazetteer_and_the_budget_is_eight(office: Office) -> None:
    settings = engine_settings.of(office.pk)
    assert settings.places is None
    assert settings.bursts.alert_budget == 8
    OfficeSetting.objects.create(office=office, name="alert_budget", value="3", at=NOW)
    assert engine_settings.of(office.pk).bursts.alert_budget == 3


def test_new_places_are_another_version_of_what_was_read_and_a_new_budget_is_not(office: Office) -> None:
    embedder = HashedEmbedder()
    before = listener.version(embedder, engine_settings.of(office.pk))
    OfficeSetting.objects.create(office=office, name="alert_budget", value="3", at=NOW)
    assert listener.version(embedder, engine_settings.of(office.pk)) == before
    Place.objects.create(office=office, code="1", level="city", name="Kota Satu")
    assert listener.version(embedder, engine_settings.of(office.pk)) != before


def test_a_running_listener_takes_on_a_budget_as_it_runs_and_places_once_they_have_rested(office: Office) -> None:
    at = [0.0]
    heed = Heed(office.pk, lambda: at[0])
    mine = listener.Listener(office.pk, HashedEmbedder(), engine_settings.of(office.pk))

    def wants_anew(after: float = LOOK_S) -> bool:
        at[0] += after
        return heed.wants_anew(mine)

    OfficeSetting.objects.create(office=office, name="alert_budget", value="3", at=NOW)
    assert not wants_anew(LOOK_S / 2)
    assert mine.settings.bursts.alert_budget == 8
    assert not wants_anew()
    assert mine.settings.bursts.alert_budget == 3
    for code in "12":
        Place.objects.create(office=office, code=code, level="city", name=f"Kota {code}")
        assert not wants_anew(), "somebody is still entering them"
    assert wants_anew()
    Place.objects.filter(office=office).delete()
    assert not wants_anew(), "taken back before it was opened anew"
    assert not wants_anew()
    for code in "12":
        Place.objects.create(office=office, code=code, level="city", name=f"Kota {code}")
    assert not wants_anew(), "the same as once before, but not between these two looks"
    assert wants_anew()
