"""The ledger's chain: what is hashed, who may write, what the database refuses, and many who write at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.office.ledger import checking, services
from kentongan.office.ledger.acts import ACTS
from kentongan.office.ledger.chain import FIRST, Chained, digest, form
from kentongan.office.ledger.models import Anchor, Line, Link
from kentongan.office.people import scope

NUMBERS = count(7_000_000)
"""Offices that never were: the ledger knows numbers only, and its lines outlive a test's flush."""
AT = datetime(2026, 11, 22, 3, 4, 5, 6, tzinfo=UTC)


def write(office, act="story.marked", at=AT, **rest):
    with transaction.atomic():
        services.write(act, office=office, actor=rest.pop("actor", 3), at=at, **rest)


def link_now():
    """What a commit does, inside a test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def chained(office):
    """The office's chain in its order."""
    rows = Link.objects.filter(office=office).select_related("line").order_by("seq")
    return [of(row.line, row.seq, bytes(row.previous), bytes(row.hash)) for row in rows]


def of(line, seq, previous, hash_):
    return Chained(seq, line.pk, line.office, line.at, line.actor, line.role, line.act, line.subject, line.detail, previous, hash_)


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
SUBJECT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=100)
SIMPLE = st.none() | st.booleans() | st.integers() | st.text(max_size=30)
VALUES = st.recursive(SIMPLE, lambda inner: st.lists(inner, max_size=3), max_leaves=6)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.datetimes(datetime(2001, 1, 1), datetime(9998, 1, 1), timezones=ZONES),
    act=st.sampled_from(sorted(ACTS)),
    actor=st.none() | st.integers(1, 2**62),
    role=st.sampled_from(["", "officer", "administrator"]),
    subject=SUBJECT,
    detail=st.dictionaries(st.text(max_size=20), VALUES, max_size=4),
)
def test_the_database_hashes_the_very_text_that_python_hashes(db, at, act, actor, role, subject, detail):
    office = next(NUMBERS)
    with transaction.atomic():
        services.write(act, office=office, actor=actor, at=at, role=role, subject=subject, detail=detail)
        services.write(act, office=office, actor=actor, at=at, role=role, subject=subject, detail=detail)
    link_now()
    one, two = chained(office)
    assert (one.previous, one.hash, two.previous, two.hash) == (FIRST, digest(one), one.hash, digest(two))
    assert one.at == at


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=TEXT.map(lambda text: text[:20]), act=TEXT.map(lambda text: text[:40]), subject=TEXT, detail=TEXT)
def test_what_others_put_into_the_table_is_hashed_the_same_or_refused(db, role, act, subject, detail):
    office = next(NUMBERS)
    values = {"office": office, "at": AT, "actor": 1, "role": role, "act": act, "subject": subject, "detail": detail}
    if "\x1f" in role + act + subject + detail:
        with pytest.raises(IntegrityError), transaction.atomic():
            Line.objects.create(**values)
        return
    Line.objects.create(**values)
    link_now()
    (one,) = chained(office)
    assert one.hash == digest(one)


def test_the_form_of_a_line_does_not_change():
    at = datetime(2026, 11, 22, 10, 4, 5, 6, tzinfo=timezone(timedelta(hours=7)))
    one = Chained(7, 12, 3, at, 9, "officer", "story.marked", "story:4", '{"mark":"seen"}', FIRST, b"")
    assert form(one).split("\x1f") == [
        *("3", "7", "12", "2026-11-22T03:04:05.000006", "9", "officer"),
        *("story.marked", "story:4", '{"mark":"seen"}'),
    ]
    assert digest(one).hex() == "d06004c04dd45cbacaa980f13e74b4f88d3d0204ca6d491186fa1331da9b9c8a"


def test_a_detail_has_one_form_and_holds_nothing_that_cannot_be_stored():
    assert (
        services.detail_text({"b": {3, 1}, "a": AT, "ü": "a\x00b\ud800"}) == '{"a":"2026-11-22 03:04:05.000006+00:00","b":[1,3],"ü":"a�b�"}'
    )
    assert services.detail_text({"typed": "\\u0000"}) == '{"typed":"\\\\u0000"}'
    assert len(services.detail_text({"long": "x" * 9000})) < services.LONGEST_DETAIL


@pytest.mark.django_db(transaction=True)
def test_a_line_outside_a_transaction_of_no_known_act_or_without_zone_is_a_mistake():
    with pytest.raises(ValueError, match="in the transaction of the act"):
        services.write("story.marked", office=1, actor=1, at=AT)
    for wrong in ({"act": "story.burnt"}, {"subject": "a\x1fb"}, {"subject": "x" * 101}, {"at": datetime(2026, 1, 1)}):
        with pytest.raises(ValueError, match=r"ledger does not know|subject|no zone"):
            write(1, **wrong)


@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_rolled_back_leaves_no_trace_and_no_gap():
    office = next(NUMBERS)
    write(office, subject="story:1")
    with pytest.raises(RuntimeError, match="no"), transaction.atomic():
        services.write("story.marked", office=office, actor=1, at=AT, subject="story:2")
        raise RuntimeError("no")
    with transaction.atomic():
        services.write("story.marked", office=office, actor=1, at=AT, subject="story:3")
        with pytest.raises(RuntimeError, match="no"), transaction.atomic():
            services.write("story.marked", office=office, actor=1, at=AT, subject="story:4")
            raise RuntimeError("no")
    assert [(one.seq, one.subject) for one in chained(office)] == [(1, "story:1"), (2, "story:3")]
    assert checking.check(office).finding is None


REFUSED = [
    "UPDATE ledger_line SET subject = 'story:2' WHERE office = {office}",
    "DELETE FROM ledger_line WHERE office = {office}",
    "TRUNCATE ledger_line CASCADE",
    "UPDATE ledger_link SET seq = seq + 1 WHERE office = {office}",
    "DELETE FROM ledger_link WHERE office = {office}",
    "TRUNCATE ledger_link",
    "UPDATE ledger_anchor SET told = true",
    "DELETE FROM ledger_anchor",
    "INSERT INTO ledger_link (line_id, office, seq, previous, hash) VALUES (-1, {office}, 9, '\\x00', '\\x00')",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("within", ["owner", "office", "replica"])
@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_every_change_to_everybody(statement, within):
    office = next(NUMBERS)
    write(office)
    if within == "replica" and statement.startswith("INSERT"):
        pytest.skip("a replica takes what it is given; verifying finds it")
    with pytest.raises(DatabaseError, match=r"only ever added to|permission denied"), transaction.atomic(), connection.cursor() as cursor:
        if within == "office":
            cursor.execute("SET LOCAL ROLE kentongan_office")
        if within == "replica":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement.format(office=office))
    assert checking.check(office).finding is None
    assert len(chained(office)) == 1


@pytest.mark.django_db(transaction=True)
def test_an_office_reads_and_writes_its_own_lines_only():
    mine, other = next(NUMBERS), next(NUMBERS)
    write(other)
    with scope.scope(mine):
        write(mine)
        assert list(Line.objects.values_list("office", flat=True)) == [mine]
        assert list(Link.objects.values_list("office", flat=True)) == [mine]
        with pytest.raises(DatabaseError, match="row-level security"):
            write(other)
        with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute("INSERT INTO ledger_link VALUES (0, %s, 5, '', '')", [mine])
        assert not Anchor.objects.exists()
    assert [len(chained(one)) for one in (mine, other)] == [1, 1]


def run_together(*jobs):
    """Each in a thread of its own with a connection of its own; gives what went wrong."""
    wrong = []

    def run(job):
        try:
            job()
        except (DatabaseError, AssertionError) as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


@pytest.mark.django_db(transaction=True)
def test_eight_writers_keep_one_chain():
    office = next(NUMBERS)

    def writer(number):
        for turn in range(25):
            with transaction.atomic():
                for _ in range(1 + turn % 3):
                    services.write("story.marked", office=office, actor=number, at=AT)

    assert run_together(*(lambda n=n: writer(n) for n in range(1, 9))) == []
    checked = checking.check(office)
    assert checked.finding is None
    assert checked.lines == Line.objects.filter(office=office).count() == 8 * sum(1 + turn % 3 for turn in range(25))


@pytest.mark.django_db(transaction=True)
def test_a_long_act_that_wrote_early_stalls_nobody():
    office = next(NUMBERS)
    wrote, end = threading.Event(), threading.Event()

    def long_act():
        with transaction.atomic():
            services.write("file.imported", office=office, actor=1, at=AT)
            wrote.set()
            assert end.wait(60)

    def short_acts():
        assert wrote.wait(60)
        for _ in range(20):
            write(office)
        assert len(chained(office)) == 20
        end.set()

    assert run_together(long_act, short_acts) == []
    assert [one.act for one in chained(office)] == ["story.marked"] * 20 + ["file.imported"]
    assert checking.check(office).finding is None


@pytest.mark.django_db(transaction=True)
def test_acts_of_several_offices_in_any_order_never_wait_for_each_other():
    one, two = next(NUMBERS), next(NUMBERS)

    def writer(first, second):
        for _ in range(30):
            with transaction.atomic():
                services.write("office.changed", office=first, actor=1, at=AT)
                services.write("office.changed", office=second, actor=1, at=AT)

    assert run_together(*[lambda: writer(one, two), lambda: writer(two, one)] * 2) == []
    assert [checking.check(office).lines for office in (one, two)] == [120, 120]
