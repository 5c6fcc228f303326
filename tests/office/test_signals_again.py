"""One event is one open signal: however its signals rise again, and however the listener's work is cut."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.engine.records import Severity
from kentongan.engine.records import Signal as Said
from kentongan.engine.steps import Signalled
from kentongan.office.listening import outputs
from kentongan.office.listening.models import Signal
from kentongan.testing import builders
from kentongan.testing.builders import NOW

pytestmark = pytest.mark.django_db
CALM = Severity(1, 1, 1, 1, 1, 10, 8, 12, "normal", ())
_offices = count()


def said(key, hour, again="", observed=5.0, raised=None):
    at = NOW + timedelta(hours=hour)
    return Said(key, "story", "Banjir", "", raised or at, at, at, observed, 0.5, ("A",), (), CALM, (), (), again)


def write(office, *signals):
    outputs.write(office.pk, [Signalled(one, True) for one in signals], {}, 1, NOW)


def rows(office):
    return list(Signal.objects.filter(office=office).order_by("key").values_list("key", "raised", "updated", "observed", "state"))


@pytest.fixture
def office(db):
    return builders.make_office()


@pytest.mark.parametrize("state", ["new", "acknowledged"])
def test_an_open_signal_that_rises_again_is_updated_and_keeps_its_answer(office, state):
    write(office, said("g1", 0))
    first = Signal.objects.get()
    Signal.objects.update(state=state)
    write(office, said("g2", 30, again="g1", observed=9.0))
    row = Signal.objects.get()
    assert (row.pk, row.key, row.raised, row.observed, row.state) == (first.pk, "g2", NOW, 9.0, state)
    write(office, said("g2", 40, again="g1", observed=12.0))
    assert [one[3] for one in rows(office)] == [12.0]


def test_a_dismissed_signal_stays_as_it_was_answered_and_the_event_is_raised_anew(office):
    write(office, said("g1", 0))
    Signal.objects.update(state="dismissed")
    write(office, said("g2", 30, again="g1"))
    write(office, said("g3", 60, again="g2"))
    assert [(row[0], row[4]) for row in rows(office)] == [("g1", "dismissed"), ("g3", "new")]


def test_two_signals_whose_stories_became_one_are_one_unless_both_were_answered(office):
    write(office, said("g1", 0), said("g2", 1), said("g3", 2))
    Signal.objects.filter(key="g3").update(state="acknowledged")
    write(office, said("g1", 5, again="g2"), said("g1", 6, again="g3"))
    assert [row[0] for row in rows(office)] == ["g1", "g3"]


@st.composite
def told(draw):
    """Signals of two events in order: each raised, updated, raised again; and whether the one joins the other in the end."""
    last, signals, number = {}, [], 0
    for hour in range(draw(st.integers(2, 9))):
        event, anew = draw(st.sampled_from("ab")), draw(st.booleans())
        before = last.get(event)
        if before is None or anew:
            number += 1
            one = said(f"g{number}", hour, again=before.id if before else "", observed=hour)
        else:
            one = said(before.id, hour, again=before.again, observed=hour, raised=before.raised)
        last[event] = one
        signals.append(one)
    if len(last) == 2 and draw(st.booleans()):
        first, other = sorted(last.values(), key=lambda one: one.raised)
        signals.append(said(first.id, 20, again=other.id, observed=20, raised=first.raised))
        del last[next(event for event, one in last.items() if one is other)]
    return signals, len(last)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(told(), st.data())
def test_however_the_work_is_cut_each_event_has_one_row(db, made, data):
    signals, events = made
    whole, cut = (builders.make_office(f"Kota {n}", f"kota-{n}") for n in (next(_offices), next(_offices)))
    write(whole, *signals)
    at = 0
    while at < len(signals):
        size = data.draw(st.integers(1, 4))
        write(cut, *signals[at : at + size])
        at += size
    assert rows(whole) == rows(cut)
    assert len(rows(whole)) == events
