"""The rules about claims, one by one: who may decide, what must show it, what the ledger keeps, and that no other office sees anything."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import claims, claims_queries
from kentongan.office.listening.claims_models import Claim, ClaimCheck, ClaimSighting, Question
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import FactCheck
from kentongan.office.people.roles import Role
from kentongan.testing import builders
from kentongan.testing.builders import Told

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
DAM = "Bendungan Citarik retak dan 300 warga Desa Cikawung mengungsi"
SHOWN = "Pemeriksaan BBWS 2 Maret: tubuh bendungan utuh."
PAGE = "https://bbws.example/1"
MAY_SAY = (Role.ADMINISTRATOR, Role.OFFICER)


@pytest.fixture
def ours():
    return builders.make_office()


@pytest.fixture
def theirs():
    return builders.make_office("Kota Lain", "lain")


@pytest.fixture
def officer(ours):
    return builders.make_user(ours, "sari")


@pytest.fixture
def stranger(theirs):
    return builders.make_user(theirs, "tamu")


def made(office, text=DAM, **fields):
    given = {"language": "id", "worth": 0.8, "first": NOW - timedelta(hours=3), "last": NOW - timedelta(hours=1)}
    return Claim.objects.create(office=office, text=text, **given | fields)


@pytest.fixture
def claim(ours):
    return made(ours)


def heard(claim, outlet, hours, kind="press", **fields):
    article = builders.make_article(Claim.objects.get(pk=claim.pk).office, Told(outlet, hours, claim.text, "", "id", kind), NOW)
    return ClaimSighting.objects.create(claim=claim, article=article, at=article.published, **fields)


def acts(claim):
    return [line.act for line in Line.objects.filter(subject=f"claim:{claim.pk}").order_by("id")]


def detail(act):
    return json.loads(Line.objects.get(act=act).detail)


# ---- who may ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_only_officers_and_administrators_say_whether_a_claim_is_so(ours, claim, role):
    person = builders.make_user(ours, "orang", role)
    if role in MAY_SAY:
        claims.decide(person, claim, "false", SHOWN, "", NOW)
        assert (claim.truth, claim.decided_by) == ("false", person)
        return
    with pytest.raises(RefusedError):
        claims.decide(person, claim, "false", SHOWN, "", NOW)
    claim.refresh_from_db()
    assert (claim.truth, claim.decided_by, acts(claim)) == ("unverified", None, [])


@pytest.mark.parametrize("role", list(Role))
def test_an_analyst_may_watch_and_note_a_stance_beside_them_and_nobody_else(ours, claim, role):
    person = builders.make_user(ours, "orang", role)
    if role in (*MAY_SAY, Role.ANALYST):
        claims.note_stance(person, claim, "critical", NOW)
        claims.watch(person, claim, NOW + timedelta(hours=1), "", NOW)
        assert acts(claim) == ["claim.stance_noted", "claim.watched"]
        return
    for act in (
        lambda: claims.note_stance(person, claim, "critical", NOW),
        lambda: claims.watch(person, claim, NOW + timedelta(hours=1), "", NOW),
    ):
        with pytest.raises(RefusedError):
            act()
    assert acts(claim) == []


def test_an_officer_of_another_office_may_do_nothing_with_it(claim, stranger):
    for act in (
        lambda: claims.decide(stranger, claim, "opinion", "", "", NOW),
        lambda: claims.note_stance(stranger, claim, "critical", NOW),
        lambda: claims.watch(stranger, claim, NOW + timedelta(hours=1), "", NOW),
        lambda: claims.end_watch(stranger, claim, NOW),
    ):
        with pytest.raises(RefusedError, match="another office"):
            act()
    assert not Line.objects.filter(act__startswith="claim.").exists()


def test_an_officer_who_has_left_may_no_longer_say_anything(ours, claim):
    gone = builders.make_user(ours, "lama", is_active=False)
    with pytest.raises(RefusedError):
        claims.decide(gone, claim, "false", SHOWN, "", NOW)


def test_who_may_not_decide_learns_nothing_about_the_evidence_that_is_missing(ours, claim):
    reader = builders.make_user(ours, "budi", "reader")
    with pytest.raises(RefusedError):
        claims.decide(reader, claim, "hoax", "", "javascript:1", NOW)


# ---- evidence ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("truth", ["true", "partly", "false"])
@pytest.mark.parametrize(("evidence", "address"), [("", ""), ("   ", " "), ("benar", ""), ("x" * (claims.LEAST_EVIDENCE - 1), "")])
def test_what_can_be_checked_needs_a_sentence_or_an_address(officer, claim, truth, evidence, address):
    with pytest.raises(InputError) as error:
        claims.decide(officer, claim, truth, evidence, address, NOW)
    assert error.value.subject == "evidence"
    assert acts(claim) == []


@pytest.mark.parametrize(("evidence", "address"), [(SHOWN, ""), ("", PAGE), ("foto", PAGE), ("x" * claims.LEAST_EVIDENCE, "")])
def test_a_sentence_or_an_address_by_itself_is_enough(officer, claim, evidence, address):
    claims.decide(officer, claim, "false", evidence, address, NOW)
    assert (claim.truth, claim.evidence, claim.evidence_url) == ("false", evidence, address)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://bbws.example/1", "bbws.example", "file:///etc/passwd", "https://"])
def test_an_address_nobody_can_open_is_no_evidence_not_even_beside_a_sentence(officer, claim, address):
    with pytest.raises(InputError, match="http"):
        claims.decide(officer, claim, "false", SHOWN, address, NOW)
    assert Claim.objects.get(pk=claim.pk).truth == "unverified"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Menurut saya 12 pegawai di Garut malas", "id"),
        ("Semoga 12 jembatan di Garut diperbaiki", "id"),
        ("Hy vọng 3 cây cầu ở Huế được sửa", "vi"),
        ("Did 40 homes in Ward 9 flood last night?", "en"),
    ],
)
def test_a_view_a_wish_and_a_question_have_no_truth_whatever_is_brought_as_evidence(officer, ours, text, language):
    row = made(ours, text, language=language)
    for truth in claims.CHECKED:
        with pytest.raises(InputError, match="cannot be checked"):
            claims.decide(officer, row, truth, SHOWN, PAGE, NOW)
    assert claims_queries.get_detail(row, NOW).against is not None
    claims.decide(officer, row, "satire", "", "", NOW)
    assert row.truth == "satire"


def test_evidence_is_kept_without_blanks_around_it_and_cut_at_its_longest(officer, claim):
    claims.decide(officer, claim, "true", f"  {'y' * (claims.LONGEST_EVIDENCE + 50)}  ", f" {PAGE} ", NOW)
    assert claim.evidence == "y" * claims.LONGEST_EVIDENCE and claim.evidence_url == PAGE


# ---- what is written --------------------------------------------------------------------------------------------------------
def test_the_ledger_names_the_officer_by_number_what_was_said_before_and_what_showed_it(officer, claim):
    claims.decide(officer, claim, "partly", SHOWN, PAGE, NOW)
    line = Line.objects.get(act="claim.decided")
    assert (line.actor, line.role, line.office, line.at) == (officer.pk, "officer", claim.office_id, NOW)
    told = json.loads(line.detail)
    assert (told["truth"], told["before"], told["evidence_url"]) == ("partly", "unverified", PAGE)
    assert "sari" not in line.detail


def test_a_telephone_number_in_the_evidence_does_not_reach_the_ledger(officer, claim):
    claims.decide(officer, claim, "false", "Diperiksa petugas, telepon 0812-3456-7890, tubuh bendungan utuh.", "", NOW)
    assert "3456" in claim.evidence and "3456" not in detail("claim.decided")["evidence"]


def test_each_change_of_mind_has_its_line_with_what_it_replaced(officer, claim):
    for truth in ("false", "partly", "unverified"):
        claims.decide(officer, claim, truth, SHOWN, "", NOW)
    told = [json.loads(line.detail) for line in Line.objects.filter(act="claim.decided").order_by("id")]
    assert [(one["before"], one["truth"]) for one in told] == [("unverified", "false"), ("false", "partly"), ("partly", "unverified")]
    assert (claim.decided_by, claim.decided_at, claim.evidence) == (None, None, "")


def test_what_replaced_a_stale_page_is_what_stands_in_the_table(officer, claim):
    stale = Claim.objects.get(pk=claim.pk)
    claims.decide(officer, claim, "false", SHOWN, "", NOW)
    claims.decide(officer, stale, "opinion", "", "", NOW)
    last = Line.objects.filter(act="claim.decided").order_by("id").last()
    assert json.loads(last.detail)["before"] == "false"


def test_a_decision_that_is_rolled_back_leaves_no_line(officer, claim):
    with pytest.raises(OSError, match="stop"), transaction.atomic():
        claims.decide(officer, claim, "false", SHOWN, "", NOW)
        raise OSError("stop")
    assert acts(claim) == [] and Claim.objects.get(pk=claim.pk).truth == "unverified"


def test_a_stance_changes_neither_truth_nor_who_decided(officer, claim):
    claims.decide(officer, claim, "true", SHOWN, "", NOW)
    claims.note_stance(officer, claim, "critical", NOW)
    assert (claim.truth, claim.stance, claim.decided_by) == ("true", "critical", officer), "a critical claim may be true"
    assert detail("claim.stance_noted") == {"stance": "critical"}


# ---- the database -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("truth", ["true", "partly", "false", "opinion", "satire"])
def test_the_database_knows_no_truth_without_a_person_and_a_time(officer, claim, truth):
    rows = Claim.objects.filter(pk=claim.pk)
    for given in ({}, {"decided_by": officer}, {"decided_at": NOW}):
        with pytest.raises(IntegrityError, match="truth_is_decided_by_somebody"), transaction.atomic():
            rows.update(truth=truth, evidence=SHOWN, **given)
    assert rows.update(truth=truth, evidence=SHOWN, decided_by=officer, decided_at=NOW) == 1


@pytest.mark.parametrize(("truth", "refused"), [("true", True), ("partly", True), ("false", True), ("opinion", False), ("satire", False)])
def test_the_database_asks_for_evidence_of_what_can_be_checked_alone(officer, claim, truth, refused):
    rows, given = Claim.objects.filter(pk=claim.pk), {"truth": truth, "decided_by": officer, "decided_at": NOW}
    if refused:
        with pytest.raises(IntegrityError, match="truth_has_evidence"), transaction.atomic():
            rows.update(**given)
        given["evidence_url"] = PAGE
    assert rows.update(**given) == 1


def test_the_database_refuses_a_claim_without_words_and_a_second_sighting_in_one_item(ours, claim):
    with pytest.raises(IntegrityError, match="claim_has_words"), transaction.atomic():
        made(ours, "")
    sighting = heard(claim, "Harian", 2)
    with pytest.raises(IntegrityError, match="claim_once_per_article"), transaction.atomic():
        ClaimSighting.objects.create(claim=claim, article=sighting.article, at=NOW)


def test_a_sighting_is_of_the_office_of_its_claim(claim):
    assert heard(claim, "Harian", 2).office_id == claim.office_id


# ---- watch, do not answer yet -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wait", "allowed"),
    [
        (timedelta(minutes=-5), False),
        (timedelta(minutes=14, seconds=59), False),
        (claims.SOONEST, True),
        (timedelta(hours=6), True),
        (claims.LATEST, True),
        (claims.LATEST + timedelta(seconds=1), False),
    ],
)
def test_to_watch_needs_a_time_at_which_somebody_looks_again(officer, claim, wait, allowed):
    if allowed:
        claims.watch(officer, claim, NOW + wait, " Hasil uji ", NOW)
        assert (claim.review_at, claim.review_note, claim.review_by) == (NOW + wait, "Hasil uji", officer)
        assert detail("claim.watched")["until"] == (NOW + wait).isoformat()
        return
    with pytest.raises(InputError, match="15 minutes"):
        claims.watch(officer, claim, NOW + wait, "", NOW)
    claim.refresh_from_db()
    assert claim.review_at is None and acts(claim) == []


def test_a_watched_claim_is_still_open_and_unverified(officer, ours, claim):
    claims.watch(officer, claim, NOW + timedelta(hours=1), "", NOW)
    assert claim.truth == "unverified"
    assert [one.row for one in claims_queries.get_claims(ours, "open", NOW)] == [claim]
    assert claims_queries.get_counts(ours, NOW)["due"] == 0
    assert claims_queries.get_counts(ours, NOW + timedelta(hours=1))["due"] == 1


def test_to_watch_again_puts_the_time_off_and_keeps_both_lines(officer, claim):
    for hours in (1, 6):
        claims.watch(officer, claim, NOW + timedelta(hours=hours), "", NOW)
    assert claim.review_at == NOW + timedelta(hours=6) and acts(claim) == ["claim.watched", "claim.watched"]


def test_the_longest_due_comes_first_and_no_more_than_five(officer, ours):
    rows = [made(ours, f"Sebanyak {n}1 rumah di Garut terendam", review_at=NOW - timedelta(minutes=n)) for n in range(1, 8)]
    assert claims_queries.get_due(ours, NOW) == rows[:1:-1]


# ---- lists and other offices ------------------------------------------------------------------------------------------------
def test_each_state_lists_what_it_says_and_counts_the_same(officer, ours):
    wide, few, old = made(ours, outlets=9), made(ours, outlets=1), made(ours, last=NOW - timedelta(days=8))
    later = made(ours, first=NOW + timedelta(hours=1), last=NOW + timedelta(hours=1))
    said = made(ours)
    claims.decide(officer, said, "false", SHOWN, "", NOW)
    check = FactCheck.objects.create(
        office=ours, key="a", url="https://cek.example/a", claim=DAM, rating="Salah", checker="Cek", seen=NOW, language="id"
    )
    ClaimCheck.objects.create(office=ours, claim=old, check_row=check, score=0.9)
    listed = {state: [one.row for one in claims_queries.get_claims(ours, state, NOW)] for state in claims_queries.STATES}
    assert listed == {"open": [wide, few], "due": [], "checked": [old], "decided": [said]}
    assert claims_queries.get_counts(ours, NOW) == {state: len(rows) for state, rows in listed.items()}
    assert not any(later in rows for rows in listed.values())


def test_queries_of_another_office_see_nothing(officer, ours, theirs, claim):
    heard(claim, "Harian", 2)
    claims.watch(officer, claim, NOW + timedelta(minutes=20), "", NOW)
    claims.decide(officer, claim, "false", SHOWN, "", NOW)
    article = builders.make_article(ours, Told("Kanal", 1, "Di mana posko?", "", "id", "public"), NOW)
    vector = HashedEmbedder().embed(["Di mana posko?"])[0].tolist()
    Question.objects.create(office=ours, article=article, text="Di mana posko?", language="id", at=NOW, vector=vector)
    later = NOW + timedelta(hours=1)
    assert all(claims_queries.get_claims(theirs, state, later) == [] for state in claims_queries.STATES)
    assert claims_queries.get_counts(theirs, later) == dict.fromkeys(claims_queries.STATES, 0)
    assert claims_queries.get_due(theirs, later) == [] and claims_queries.get_questions(theirs, later) == ()
    assert claims_queries.get_claim(theirs, claim.pk) is None
    assert claims_queries.get_claim(ours, claim.pk) == claim and len(claims_queries.get_questions(ours, later)) == 1


def test_a_like_claim_of_another_office_is_not_shown(ours, theirs):
    foreign, own = made(theirs), made(ours)
    claim = made(ours, like=[[foreign.pk, 0.9], [own.pk, 0.8]])
    assert claims_queries.get_detail(claim, NOW).like == (own,)


def test_public_posts_are_counted_and_none_is_among_the_items_shown(claim):
    for number in range(4):
        heard(claim, f"@warga{number}", number + 1, "public")
    press = heard(claim, "Harian", 1.5)
    told = claims_queries.get_detail(claim, NOW)
    assert told.items == (press,) and told.more == 0
    assert (told.reach.spread.public_posts, told.reach.spread.outlets) == (4, 1)
    assert "warga" not in repr(told.reach)


def test_the_forms_of_readers_and_strangers_are_refused_and_change_nothing(settings, ours, officer, stranger, claim):
    settings.CLOCK = STILL
    forms = {
        "decide_claim": {"truth": "false", "evidence": SHOWN, "evidence_url": ""},
        "watch_claim": {"hours": "6", "note": ""},
        "claim_stance": {"stance": "critical"},
    }
    reader = builders.make_user(ours, "budi", "reader")
    for person, status in ((reader, 403), (stranger, 404)):
        client = client_of(person)
        assert [client.post(reverse(name, args=[claim.pk]), form).status_code for name, form in forms.items()] == [status] * 3
    assert acts(claim) == []
    client = client_of(officer)
    assert [client.post(reverse(name, args=[claim.pk]), form).status_code for name, form in forms.items()] == [302] * 3
    assert acts(claim) == ["claim.decided", "claim.watched", "claim.stance_noted"]
