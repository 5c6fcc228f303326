"""The fact board: what is kept of a fact, who changes it, which of several figures holds, where it was used, and who sees it."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from desk import ABOUT, NOW, detail, draft, lines, made
from screens import STILL

from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.desk import fact_queries, facts, queries, services, usable
from kentongan.office.desk.facts import FactDraft
from kentongan.office.desk.facts_models import Fact, FactSettled, FactUse, FactVersion
from kentongan.office.desk.models import IssueLink, IssueNote
from kentongan.office.desk.recording import digest_of
from kentongan.office.ledger.models import Line
from kentongan.office.listening import retention
from kentongan.office.people import scope
from kentongan.office.people.versions import ConflictError


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return made()


def bans(issue, now=NOW):
    return {pk: ban.code for pk, (_, ban) in fact_queries.get_usable(issue, now).items() if ban is not None}


def two(desk, issue):
    """Two agencies' figures of the same."""
    one = facts.add(desk.sari, issue, draft(figure="40", agency=desk.health.pk), NOW)
    return one, facts.add(desk.joko, issue, draft(figure="55", agency=desk.water.pk), NOW)


def seen(*found):
    return {(one.pk, one.version) for one in found}


# What is kept


def test_a_fact_is_kept_with_its_first_version_and_a_line_that_holds_its_digest_and_no_word(desk):
    issue = desk.opened()
    fact = facts.add(desk.lina, issue, draft("Dua kelurahan tanpa air", source="Laporan PDAM pagi"), NOW)
    version = FactVersion.objects.get(fact=fact)
    assert (fact.version, version.version, version.text, version.by, version.at) == (1, 1, fact.text, desk.lina, NOW)
    assert detail(issue, "fact.added") == {"fact": fact.pk, "version": 1, "kind": "known", "words": digest_of(facts.words_of(version))}
    assert "kelurahan" not in " ".join(Line.objects.values_list("detail", flat=True))
    assert len(str(fact.pk)) == 12, "nobody can count the facts of issues they may not see"


def test_every_version_stays_as_it_was_said_and_the_record_binds_each(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft("Air keruh"), NOW)
    fact = facts.change(desk.joko, fact, draft("Air keruh dan berbau", grade="confirmed"), 1, NOW + timedelta(minutes=5))
    facts.withdraw(desk.sari, fact, "laporan keliru", 2, NOW + timedelta(minutes=9))
    versions = fact_queries.get_versions(fact)
    assert [(one.version, one.text, one.by, one.withdrawn) for one in versions] == [
        (3, "Air keruh dan berbau", desk.sari, True),
        (2, "Air keruh dan berbau", desk.joko, False),
        (1, "Air keruh", desk.sari, False),
    ]
    assert lines(issue)[1:] == ["fact.added", "fact.changed", "fact.withdrawn"]
    told = [json.loads(one) for one in Line.objects.filter(act__startswith="fact.").order_by("id").values_list("detail", flat=True)]
    assert [one["words"] for one in told] == [digest_of(facts.words_of(one)) for one in reversed(versions)]
    assert told[1]["fields"] == ["grade", "text"]
    assert IssueNote.objects.get(pk=told[2]["note"]).text == "laporan keliru"


def test_what_is_the_same_leaves_no_version_and_what_is_withdrawn_is_changed_no_more(desk):
    fact = facts.add(desk.sari, desk.opened(), draft(), NOW)
    assert facts.change(desk.sari, fact, FactDraft(**facts.stored_of(fact)), 1, NOW).version == 1
    facts.withdraw(desk.sari, fact, "keliru", 1, NOW)
    assert facts.withdraw(desk.joko, fact, "keliru juga", 1, NOW).version == 2
    with pytest.raises(RefusedError):
        facts.change(desk.sari, fact, draft("Lain"), 2, NOW)


@pytest.mark.parametrize("model", [FactVersion, FactSettled])
def test_the_database_refuses_to_change_what_was_said(desk, model):
    issue = desk.opened()
    one, other = two(desk, issue)
    facts.settle(desk.sari, issue, ABOUT, one.pk, seen(one, other), "dihitung ulang", NOW)
    for do in (lambda rows: rows.update(at=NOW + timedelta(days=1)), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            do(model.objects.all())


@pytest.mark.parametrize(
    "fields",
    [
        {"source": ""},
        {"text": ""},
        {"figure": "40", "about": ""},
        {"kind": "unknown", "grade": ""},
        {"grade": ""},
        {"grade": "unclear"},
        {"owner": None},
        {"version": 0},
    ],
)
def test_the_database_refuses_a_fact_without_what_makes_it_one(desk, fields):
    fact = facts.add(desk.sari, desk.opened(), draft(figure="40"), NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "certain"}, "kind"),
        ({"text": " \n "}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"text": "0812 " * 20_000}, "text"),
        ({"text": "Yang tahu: 0812-3456-7890"}, "text"),
        ({"text": "berbau\x00besi"}, "text"),
        ({"text": "berbau\x1b[31m"}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"about": "x" * 201}, "about"),
        ({"about": ""}, "about"),
        ({"about": "\u200b"}, "about"),
        ({"figure": "9" * 101}, "figure"),
        ({"kind": "unknown"}, "figure"),
        ({"source": ""}, "source"),
        ({"source": "@warga_utara"}, "source"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"source_url": "https://"}, "source_url"),
        ({"source_url": "https://x.com/warga_utara/status/123456789"}, "source_url"),
        ({"source_url": "https://a.example/" + "x" * 2000}, "source_url"),
        ({"link": 987654321}, "link"),
        ({"grade": "unclear"}, "grade"),
        ({"kind": "assumed", "grade": "confirmed"}, "grade"),
        ({"grade": "A1"}, "grade"),
        ({"owner": None}, "owner"),
        ({"owner": 987654321}, "owner"),
        ({"agency": 987654321}, "agency"),
        ({"as_of": None}, "as_of"),
        ({"as_of": NOW + timedelta(hours=1)}, "as_of"),
        ({"as_of": NOW.replace(year=1)}, "as_of"),
        ({"expires": NOW - timedelta(minutes=1)}, "expires"),
        ({"expires": NOW.replace(year=9999)}, "expires"),
    ],
)
def test_what_cannot_be_so_is_refused_at_its_field(desk, fields, field):
    with pytest.raises(InputError) as refused:
        facts.add(desk.sari, desk.opened(), draft(**{"figure": "40", "owner": desk.sari.pk, **fields}), NOW)
    assert refused.value.subject == field
    assert not Fact.objects.exists()


def test_what_is_invisible_is_left_out_and_markup_is_only_text(desk):
    typed = "<b>Air</b>\u00ad  ber\u200bbau\u202e\nbesi\ufeff"
    fact = facts.add(desk.sari, desk.opened(), draft(typed, figure="4\u200b0"), NOW)
    assert (fact.text, fact.figure) == ("<b>Air</b> berbau besi", "40")


def test_who_answers_for_a_fact_of_an_issue_that_few_see_is_one_of_them(desk):
    issue = desk.secret(desk.joko)
    with pytest.raises(InputError) as refused:
        facts.add(desk.joko, issue, draft(owner=desk.lina.pk), NOW)
    assert refused.value.subject == "owner"
    assert facts.add(desk.joko, issue, draft(owner=desk.sari.pk), NOW).owner == desk.sari
    with pytest.raises(InputError):
        facts.add(desk.joko, desk.opened(), draft(owner=desk.guest.pk), NOW)


# The source among what is linked


def test_a_fact_that_rests_on_a_link_keeps_it_and_survives_what_is_kept_no_longer(desk):
    issue = desk.opened()
    link = services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    fact = facts.add(desk.sari, issue, draft(source="", link=link.pk), NOW)
    with pytest.raises(RefusedError, match="A fact rests on this"):
        services.unlink(desk.sari, issue, link.pk, NOW)
    later = NOW + timedelta(days=400)
    retention.run(desk.office, later, retention.keep_for(desk.office))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert [one.link.story for one in fact_queries.get_facts(issue)] == [None]
    facts.change(desk.sari, fact, draft(), 1, later)
    services.unlink(desk.sari, issue, link.pk, later)
    assert not IssueLink.objects.exists()
    assert [one.link for one in fact_queries.get_versions(fact)] == [None, link.pk]


def test_a_link_of_another_issue_is_no_source(desk):
    link = services.link(desk.sari, desk.opened("Lain"), "story", desk.story.pk, NOW)
    with pytest.raises(InputError):
        facts.add(desk.sari, desk.opened(), draft(link=link.pk), NOW)


# Who may, and who sees


def every_act(desk, issue, fact, other):
    among = seen(fact, other)
    return [
        lambda by: facts.add(by, issue, draft(), NOW),
        lambda by: facts.change(by, fact, draft("Lain"), 1, NOW),
        lambda by: facts.withdraw(by, fact, "keliru", 1, NOW),
        lambda by: facts.settle(by, issue, ABOUT, fact.pk, among, "dihitung ulang", NOW),
    ]


def test_readers_auditors_and_other_offices_change_nothing_and_drafters_do_not_settle(desk):
    issue = desk.opened()
    acts = every_act(desk, issue, *two(desk, issue))
    before = Line.objects.count()
    for by in (desk.reader, desk.auditor, desk.guest):
        for do in acts:
            with pytest.raises(RefusedError):
                do(by)
    with pytest.raises(RefusedError):
        acts[3](desk.lina)
    with pytest.raises(RefusedError):
        facts.note_uses(desk.guest, "statement:1", "Pernyataan", seen(*Fact.objects.all()), NOW)
    assert Line.objects.count() == before
    for number in (3, 0, 1):
        acts[number](desk.boss)


def test_nobody_touches_or_uses_the_facts_of_an_issue_they_do_not_see(desk):
    issue = desk.secret()
    fact, other = (facts.add(desk.sari, issue, draft(figure=one), NOW) for one in ("40", "55"))
    for do in every_act(desk, issue, fact, other):
        with pytest.raises(RefusedError, match="There is no such issue"):
            do(desk.boss)
    with pytest.raises(RefusedError, match="There is no such fact"):
        facts.note_uses(desk.boss, "statement:1", "Pernyataan", seen(fact), NOW)


def test_inside_another_offices_scope_no_row_of_ours_is_there(desk):
    issue = desk.opened()
    one, other = two(desk, issue)
    facts.settle(desk.sari, issue, ABOUT, one.pk, seen(one, other), "dihitung ulang", NOW)
    facts.note_uses(desk.sari, "statement:1", "Pernyataan", seen(one), NOW)
    every = (Fact, FactVersion, FactSettled, FactUse)
    with scope.scope(desk.guest.office_id):
        assert [model.objects.count() for model in every] == [0, 0, 0, 0]
    with scope.scope(desk.office.pk):
        assert [model.objects.count() for model in every] == [2, 2, 1, 1]


def test_the_line_and_the_fact_go_together(desk):
    class Interrupted(Exception):
        pass

    issue = desk.opened()
    with pytest.raises(Interrupted), transaction.atomic():
        facts.add(desk.sari, issue, draft(), NOW)
        raise Interrupted
    assert (Fact.objects.count(), FactVersion.objects.count(), lines(issue)) == (0, 0, ["issue.opened"])


# Two at once


def test_whoever_saw_an_older_version_changes_nothing_and_is_shown_what_stands_there(desk):
    fact = facts.add(desk.sari, desk.opened(), draft("Air keruh"), NOW)
    facts.change(desk.sari, fact, draft("Air berbau"), 1, NOW)
    for do in (lambda: facts.change(desk.joko, fact, draft("Air asin"), 1, NOW), lambda: facts.withdraw(desk.joko, fact, "keliru", 1, NOW)):
        with pytest.raises(ConflictError) as quicker:
            do()
        assert (quicker.value.stored["text"], quicker.value.version) == ("Air berbau", 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["change", "settle"])
def test_of_two_who_act_in_the_same_moment_one_is_kept_and_the_other_is_told(settings, act):
    settings.CLOCK = STILL
    desk = made()
    issue = desk.opened()
    one, other = two(desk, issue)
    start, said = threading.Barrier(2), []

    def changing(person, figure):
        facts.change(person, one, draft(figure=figure, agency=desk.health.pk), 1, NOW)

    def act_of(person):
        if act == "settle" and person is desk.joko:
            facts.settle(person, issue, ABOUT, other.pk, seen(one, other), "dihitung ulang", NOW)
        else:
            changing(person, "41" if person is desk.sari else "42")

    def click(person):
        try:
            start.wait(10)
            act_of(person)
            said.append("done")
        except ConflictError:
            said.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(person,)) for person in (desk.sari, desk.joko)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert said.count("conflict") == (1 if act == "change" or FactSettled.objects.count() == 0 else 0)
    assert FactVersion.objects.filter(fact=one).count() == 2
    assert bans(issue), "a decision about the old figure does not let the new one be used"


# Which figure holds


def test_figures_that_differ_bar_each_other_until_one_is_settled_by_name_with_a_reason(desk):
    issue = desk.opened()
    one, other = two(desk, issue)
    assert bans(issue) == {one.pk: "conflict", other.pk: "conflict"}
    for holds, among, reason, error in (
        (one.pk, seen(one), "dihitung ulang", ConflictError),
        (one.pk, seen(one, other), " ", InputError),
        (987654321, seen(one, other), "dihitung ulang", InputError),
    ):
        with pytest.raises(error):
            facts.settle(desk.sari, issue, ABOUT, holds, among, reason, NOW)
    facts.settle(desk.sari, issue, f"  {ABOUT.upper()} ", other.pk, seen(one, other), "PDAM menghitung ulang", NOW)
    assert bans(issue) == {one.pk: "other_holds"}
    told = detail(issue, "fact.settled")
    assert (told["fact"], told["among"]) == (other.pk, [facts.evidence_id(*pair) for pair in sorted(seen(one, other))])
    assert IssueNote.objects.get(pk=told["note"]).text == "PDAM menghitung ulang"
    facts.settle(desk.joko, issue, ABOUT, one.pk, seen(one, other), "ternyata Dinkes benar", NOW)
    assert bans(issue) == {other.pk: "other_holds"}, "the latest decision counts"
    facts.change(desk.sari, other, draft(figure="60", agency=desk.water.pk), 1, NOW)
    assert set(bans(issue).values()) == {"conflict"}


def test_there_is_nothing_to_settle_where_no_figures_differ(desk):
    issue = desk.opened()
    one = facts.add(desk.sari, issue, draft(figure="1.200"), NOW)
    other = facts.add(desk.sari, issue, draft(figure="1200"), NOW)
    for about in (ABOUT, "", "hal lain"):
        with pytest.raises(RefusedError):
            facts.settle(desk.sari, issue, about, one.pk, seen(one, other), "sama", NOW)


def test_what_expires_may_not_be_used_until_somebody_has_looked_again(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft(expires=NOW + timedelta(hours=1)), NOW)
    later = NOW + timedelta(hours=2)
    assert (bans(issue), bans(issue, later)) == ({}, {fact.pk: "expired"})
    with pytest.raises(InputError) as refused:
        facts.change(desk.sari, fact, replace(draft("Masih"), expires=fact.expires), 1, later)
    assert refused.value.subject == "expires"
    facts.change(desk.sari, fact, draft("Masih", expires=later + timedelta(hours=1)), 1, later)
    assert bans(issue, later) == {}


# Closed, merged, taken out again


def test_nothing_is_put_on_the_board_of_an_issue_that_is_closed(desk):
    issue = desk.opened()
    acts = every_act(desk, issue, *two(desk, issue))
    services.move(desk.sari, issue, "close", 0, NOW, reason="selesai")
    for do in acts:
        with pytest.raises(RefusedError, match="closed"):
            do(desk.sari)


def test_facts_of_a_part_stand_in_the_other_are_changed_there_and_go_with_it(desk):
    whole, part = desk.opened("Banjir utara"), desk.opened("Banjir Kelurahan A")
    one = facts.add(desk.sari, whole, draft(figure="40"), NOW)
    other = facts.add(desk.sari, part, draft(figure="55"), NOW)
    assert (bans(whole), bans(part)) == ({}, {})
    part = services.merge(desk.sari, part, whole, "satu kejadian", 0, NOW)
    assert bans(whole) == bans(queries.get_issue(desk.sari, part.pk)) == {one.pk: "conflict", other.pk: "conflict"}
    with pytest.raises(RefusedError, match="part of another"):
        facts.add(desk.sari, part, draft(), NOW)
    with pytest.raises(RefusedError, match="part of another"):
        facts.settle(desk.sari, part, ABOUT, one.pk, seen(one, other), "dihitung ulang", NOW)
    other = facts.change(desk.sari, other, draft(figure="56"), 1, NOW)
    assert lines(part)[-1] == "fact.changed"
    facts.settle(desk.sari, whole, ABOUT, one.pk, seen(one, other), "dihitung ulang", NOW)
    assert bans(whole) == {other.pk: "other_holds"}
    part = services.part(desk.sari, part, "lain", part.version, NOW)
    assert (bans(whole), bans(part)) == ({}, {})
    assert [row.pk for row in fact_queries.get_facts(part)] == [other.pk]


# Where a fact was used


def used(issue, now=NOW):
    return [(one.label, one.changed) for row in fact_queries.get_board(issue, now).rows for one in row.used]


def test_a_fact_says_where_it_was_used_and_whether_it_has_changed_since(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft(expires=NOW + timedelta(hours=1)), NOW)
    facts.note_uses(desk.lina, "statement:12", "Pernyataan awal", seen(fact), NOW)
    assert used(issue) == [("Pernyataan awal", False)]
    assert used(issue, NOW + timedelta(hours=2)) == [("Pernyataan awal", True)]
    fact = facts.change(desk.sari, fact, draft("Lain"), 1, NOW)
    assert used(issue) == [("Pernyataan awal", True)]
    facts.note_uses(desk.lina, "statement:12", "Pernyataan awal", seen(fact), NOW)
    assert used(issue) == [("Pernyataan awal", False)]
    facts.withdraw(desk.sari, fact, "keliru", 2, NOW)
    assert used(issue) == [("Pernyataan awal", True)]


def test_what_is_used_no_more_is_forgotten_and_the_same_twice_leaves_one_line(desk):
    issue = desk.opened()
    one, other = two(desk, issue)
    for _ in range(2):
        facts.note_uses(desk.sari, "statement:1", "Satu", seen(one, other), NOW)
    facts.note_uses(desk.sari, "statement:2", "Dua", seen(one), NOW)
    facts.note_uses(desk.sari, "statement:1", "Satu", seen(other), NOW)
    assert set(FactUse.objects.values_list("key", "fact")) == {("statement:1", other.pk), ("statement:2", one.pk)}
    assert lines(issue).count("fact.used") == 3
    assert detail(issue, "fact.used") == {"used_in": "statement:1", "facts": [facts.evidence_id(other.pk, 1)]}
    facts.note_uses(desk.sari, "statement:1", "Satu", [], NOW)
    assert not FactUse.objects.filter(key="statement:1").exists()
    assert (lines(issue).count("fact.used"), detail(issue, "fact.used")["facts"]) == (4, [])


def test_of_a_fact_that_is_used_at_two_versions_the_oldest_is_remembered(desk):
    issue = desk.opened()
    fact = facts.add(desk.sari, issue, draft(), NOW)
    facts.change(desk.sari, fact, draft("Lain"), 1, NOW)
    facts.note_uses(desk.sari, "statement:1", "Satu", [(fact.pk, 1), (fact.pk, 2)], NOW)
    assert used(issue) == [("Satu", True)]


@pytest.mark.parametrize("version", [0, 2, -1])
def test_nobody_uses_a_version_that_never_was_or_a_fact_that_is_not_there(desk, version):
    fact = facts.add(desk.sari, desk.opened(), draft(), NOW)
    with pytest.raises(InputError):
        facts.note_uses(desk.sari, "statement:1", "Satu", [(fact.pk, version)], NOW)
    with pytest.raises(RefusedError):
        facts.note_uses(desk.sari, "statement:1", "Satu", [(987654321, 1)], NOW)
    assert not FactUse.objects.exists()


# By whatever services in whatever order, what may be used is what the rule says


FIGURES = st.sampled_from(["", "40", "4 000", "4.000", "55"])
STEP = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 1), FIGURES, st.sampled_from([None, 30, 90])),
    st.tuples(st.just("change"), st.integers(0, 5), FIGURES, st.sampled_from([None, 30, 90])),
    st.tuples(st.just("withdraw"), st.integers(0, 5), st.just(""), st.none()),
    st.tuples(st.just("settle"), st.integers(0, 5), st.just(""), st.none()),
    st.tuples(st.sampled_from(["merge", "part", "wait"]), st.just(0), st.just(""), st.none()),
)
KINDS = ("known", "assumed")


class Book:
    """What the rule is told: a plain account of the same acts beside the tables."""

    def __init__(self, desk):
        self.desk, self.now, self.merged = desk, NOW, False
        self.whole, self.part = desk.opened("Pokok"), desk.opened("Bagian")
        self.facts, self.of, self.settled = {}, {}, []

    def shown(self):
        return [one for one in self.facts.values() if self.merged or self.of[one.pk] == self.whole.pk]

    def bans(self):
        return usable.banned(self.shown(), self.settled, self.now)

    def do(self, act, number, figure, minutes):
        expires = self.now + timedelta(minutes=minutes) if minutes else None
        said = draft(figure=figure, expires=expires, kind=KINDS[number % 2])
        by, facts_ = self.desk.sari, list(self.facts.values())
        one = facts_[number % len(facts_)] if facts_ else None
        if act == "add":
            issue = (self.whole, self.part)[number]
            fact = facts.add(by, issue, said, self.now)
            self.of[fact.pk] = issue.pk
            self.facts[fact.pk] = usable.Fact(fact.pk, 1, ABOUT, figure, None, expires)
        elif act == "change" and one:
            stored = Fact.objects.get(pk=one.pk)
            fact = facts.change(by, stored, said, one.version, self.now)
            self.facts[one.pk] = replace(one, version=fact.version, figure=figure, expires=expires)
        elif act == "withdraw" and one:
            fact = facts.withdraw(by, Fact.objects.get(pk=one.pk), "keliru", one.version, self.now)
            self.facts[one.pk] = replace(one, version=fact.version, withdrawn=True)
        elif act == "settle" and one:
            group = usable.alive(self.shown(), self.now).get(usable.key_of(ABOUT), [])
            facts.settle(by, self.whole, ABOUT, one.pk, seen(*group), "dihitung ulang", self.now)
            self.settled.append(usable.Settled(ABOUT, one.pk, frozenset(seen(*group))))
        elif act == "merge":
            services.merge(by, self.part, self.whole, "sama", self.part.version, self.now)
            self.merged = True
        elif act == "part":
            services.part(by, self.part, "lain", self.part.version, self.now)
            self.merged = False
        elif act == "wait":
            self.now += timedelta(minutes=40)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=12))
@example([("add", 0, "40", None), ("add", 1, "55", 30), ("merge", 0, "", None), ("settle", 0, "", None), ("change", 1, "55", 90)])
@example([("add", 0, "40", None), ("add", 0, "55", None), ("settle", 1, "", None), ("withdraw", 0, "", None), ("wait", 0, "", None)])
def test_what_may_be_used_is_what_the_pure_rule_says_whatever_was_done(desk, steps):
    point = transaction.savepoint()
    book, acts = Book(desk), 0
    for step in steps:
        book.part.refresh_from_db()
        before = Line.objects.filter(act__startswith="fact.").count()
        try:
            book.do(*step)
        except KentonganError:
            assert Line.objects.filter(act__startswith="fact.").count() == before
        acts += Line.objects.filter(act__startswith="fact.").count() - before
        told = fact_queries.get_usable(queries.get_issue(desk.sari, book.whole.pk), book.now)
        assert {pk: ban for pk, (_, ban) in told.items() if ban is not None} == book.bans(), step
        assert {pk: fact.version for pk, (fact, _) in told.items()} == {one.pk: one.version for one in book.shown()}
    assert FactVersion.objects.count() + FactSettled.objects.count() == acts
    transaction.savepoint_rollback(point)
