"""What sources say beside items: a broken one is never born, and none has a place for a person."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.notices import FactCheck, Hazard, TopicCount

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CHECK = FactCheck("https://cek.example/1", "Air PAM beracun", "Salah", "Cek Fakta Kota", NOW)
HAZARD = Hazard("X", "Hujan lebat", "", "severe", "expected", "likely", ("Sena Hulu",), NOW)
COUNT = TopicCount("sampah", "Sena Hulu", NOW - timedelta(days=1), NOW, 3)
TIMES = [(CHECK, "checked"), (HAZARD, "sent"), (HAZARD, "onset"), (HAZARD, "expires"), (COUNT, "start"), (COUNT, "end")]
NOT_UTC = st.one_of(
    st.datetimes(timezones=st.none()),
    st.datetimes(timezones=st.integers(1, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))),
)


@pytest.mark.parametrize(
    ("notice", "name"),
    [(CHECK, "url"), (CHECK, "claim"), (CHECK, "rating"), (HAZARD, "identifier"), (HAZARD, "event"), (COUNT, "topic")],
)
def test_what_says_nothing_is_refused(notice, name):
    with pytest.raises(ValueError, match="needs its"):
        replace(notice, **{name: ""})


@given(st.sampled_from(TIMES), NOT_UTC)
def test_a_time_that_is_not_in_utc_is_refused_and_says_which(place, when):
    notice, name = place
    with pytest.raises(ValueError, match=rf"{type(notice).__name__}\.{name} must be an aware time in UTC"):
        replace(notice, **{name: when})


@pytest.mark.parametrize(("notice", "name"), [(CHECK, "checked"), (HAZARD, "onset"), (HAZARD, "expires")])
def test_an_unknown_time_is_absent_not_refused(notice, name):
    assert getattr(replace(notice, **{name: None}), name) is None


@given(st.integers())
def test_a_count_is_a_number_of_things(count):
    if count < 0:
        with pytest.raises(ValueError, match="cannot be negative"):
            replace(COUNT, count=count)
    else:
        assert replace(COUNT, count=count).count == count


@pytest.mark.parametrize("notice", [CHECK, HAZARD, COUNT])
def test_it_is_frozen_and_compared_by_value(notice):
    assert notice == replace(notice)
    with pytest.raises(FrozenInstanceError):
        setattr(notice, fields(notice)[0].name, "x")


@pytest.mark.parametrize("notice", [CHECK, HAZARD, COUNT])
def test_none_has_a_place_for_a_private_person(notice):
    names = {field.name for field in fields(notice)}
    assert names.isdisjoint({"author", "reporter", "complainant", "name", "phone", "email", "address", "user"})
