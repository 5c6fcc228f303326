"""Warnings and fact-checks as they are kept: an end ends, and changes nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kentongan.engine.notices import FactCheck as CheckNotice
from kentongan.engine.notices import Hazard as HazardNotice
from kentongan.office.listening import notices
from kentongan.office.listening.models import FactCheck, Hazard
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW
STORM = HazardNotice(
    "X", "Hujan lebat", "Hujan lebat disertai petir", "severe", "expected", "likely", ("Sena Hulu", "Sena Tengah"),
    NOW - timedelta(hours=2), expires=NOW + timedelta(hours=3), instruction="Jauhi sungai.", url="https://cuaca.example/x", sender="BMKG",
)  # fmt: skip
END = HazardNotice("X", "ended", "", "unknown", "past", "unknown", (), NOW - timedelta(hours=1), ended=True)


@pytest.fixture
def source(office):
    return builders.make_source(office, "Cuaca", kind="warnings", source_kind="official")


def row(identifier="X"):
    return Hazard.objects.get(identifier=identifier)


def test_an_end_that_comes_with_a_later_visit_changes_only_that_the_warning_is_over(source):
    notices.keep(source, [STORM], NOW)
    notices.keep(source, [END], NOW + timedelta(minutes=5))
    found = row()
    assert found.ended
    assert (found.severity, found.urgency, found.areas, found.headline) == ("severe", "expected", list(STORM.areas), STORM.headline)
    assert (found.event, found.instruction, found.url, found.expires) == (STORM.event, STORM.instruction, STORM.url, STORM.expires)


def test_the_further_parts_of_a_warning_end_with_it_and_others_do_not(source):
    other = replace(STORM, identifier="XY")
    notices.keep(source, [STORM, replace(STORM, identifier="X#2"), replace(STORM, identifier="X#3"), other], NOW)
    notices.keep(source, [END], NOW)
    assert [row(one).ended for one in ("X", "X#2", "X#3", "XY")] == [True, True, True, False]
    assert row("X#3").severity == "severe"


def test_a_warning_that_is_read_after_its_end_stays_ended_with_its_own_words(source):
    notices.keep(source, [END], NOW)
    assert row().ended
    notices.keep(source, [STORM], NOW)
    assert (row().ended, row().severity, row().areas) == (True, "severe", list(STORM.areas))


def test_a_warning_and_its_end_in_one_reading_stand_as_ended_in_any_order(source):
    for said in ([STORM, END], [END, STORM]):
        Hazard.objects.all().delete()
        notices.keep(source, said, NOW)
        assert (row().ended, row().severity) == (True, "severe")


def test_a_warning_that_is_sent_anew_after_its_end_is_in_force_again(source):
    notices.keep(source, [STORM], NOW)
    notices.keep(source, [END], NOW)
    notices.keep(source, [replace(STORM, sent=NOW, severity="extreme")], NOW)
    assert (row().ended, row().severity) == (False, "extreme")


def test_an_end_that_is_older_than_the_warning_does_not_end_it(source):
    notices.keep(source, [replace(STORM, sent=NOW)], NOW)
    notices.keep(source, [END], NOW)
    assert not row().ended


def test_an_end_in_one_office_ends_nothing_in_another(source, other_office):
    theirs = builders.make_source(other_office, "Cuaca", kind="warnings", source_kind="official")
    notices.keep(source, [STORM], NOW)
    notices.keep(theirs, [STORM], NOW)
    notices.keep(source, [END], NOW)
    assert list(Hazard.objects.order_by("office_id").values_list("ended", flat=True)) == [True, False]


def test_keeping_many_warnings_takes_as_many_queries_as_keeping_two(source, count_queries):
    def queries(n):
        Hazard.objects.all().delete()
        many = [replace(STORM, identifier=f"W{place}") for place in range(n)]
        notices.keep(source, many, NOW)
        with count_queries() as said:
            notices.keep(source, [*many, *(replace(END, identifier=f"W{place}") for place in range(n))], NOW)
        return len(said)

    assert queries(2) == queries(60)


def test_a_check_is_kept_in_the_checkers_own_words(source):
    said = CheckNotice("https://cek.example/1", "Air PAM beracun", "Salah", "Cek Fakta Kota", NOW)
    notices.keep(source, [said], NOW)
    notices.keep(source, [replace(said, rating="Sebagian benar")], NOW)
    assert FactCheck.objects.get().rating == "Sebagian benar"
