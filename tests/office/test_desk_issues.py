"""Issues: who opens and changes them, levels and truth by name, links, merging and splitting, and who sees what few may see."""

from __future__ import annotations

import ast
import json
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
import itertools

from desk import NOW, detail, lines, made, page
from screens import STILL, client_of

from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.desk import queries, services
from kentongan.office.desk.history import history_of
from kentongan.office.desk.models import Issue, IssueLink, IssueNote
from kentongan.office.desk.recording import digest_of
from kentongan.office.desk.services import IssueDraft, Seed
from kentongan.office.ledger.models import Line
from kentongan.office.listening import retention
from kentongan.office.listening.claims_models import Claim
from kentongan.office.people import scope
from kentongan.office.people.models import Place
from kentongan.office.people.versions import ConflictError

ROOM = Path(services.__file__).parent


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return made()


def claim(desk, text="Air sungai mengandung merkuri 3 mg per liter"):
    return Claim.objects.create(office=desk.office, text=text, language="id", worth=0.9, first=NOW, last=NOW)


# Opening


def test_from_a_story_it_has_the_storys_level_its_reasons_and_its_clock(desk):
    seed = Seed("story", desk.story.pk, "crisis", ({"code": "severity.gap", "values": {"questions": 2}},))
    issue = services.open_issue(desk.lina, IssueDraft("Banjir di utara"), "crisis", "", seed, NOW)
    assert (issue.level, issue.suggested, issue.level_by, issue.due) == ("crisis", "crisis", None, NOW + timedelta(hours=1))
    assert [link.story for link in queries.get_links([issue])] == [desk.story]
    assert detail(issue, "issue.opened") == {"about": f"story:{desk.story.pk}", "kind": "event", "level": "crisis", "term": 60}


def test_another_level_than_the_engines_is_somebodys_with_a_reason(desk):
    seed = Seed("story", desk.story.pk, "high")
    with pytest.raises(InputError):
        services.open_issue(desk.sari, IssueDraft("Banjir"), "low", "", seed, NOW)
    issue = services.open_issue(desk.sari, IssueDraft("Banjir"), "low", "hanya latihan", seed, NOW)
    assert (issue.level_by, issue.level_reason, issue.suggested) == (desk.sari, "hanya latihan", "high")
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(level_by=None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"summary": "x" * 4001}, "summary"),
        ({"title": "Keluhan @warga_utara tentang air"}, "title"),
        ({"summary": "Yang bertanya: 0812-3456-7890"}, "summary"),
        ({"kind": "person"}, "kind"),
        ({"stance": "hostile"}, "stance"),
        ({"topic": "no-such-topic"}, "topic"),
        ({"place": 987654321}, "place"),
        ({"lead": 987654321}, "lead"),
        ({"agency": 987654321}, "agency"),
        ({"supporting": (987654321,)}, "agency"),
    ],
)
def test_what_cannot_be_so_is_refused_at_its_field(desk, fields, field):
    with pytest.raises(InputError) as refused:
        services.open_issue(desk.sari, IssueDraft(**{"title": "Banjir", **fields}), "high", "laporan", Seed(), NOW)
    assert refused.value.subject == field
    assert not Issue.objects.exists()


def test_no_reader_no_stranger_and_nobody_of_another_office_leads_an_issue(desk):
    for person in (desk.reader, desk.guest):
        with pytest.raises(InputError):
            desk.opened(lead=person.pk)


def test_a_place_of_another_office_is_no_place_and_none_is_finer_than_a_ward(desk):
    theirs = Place.objects.create(office=desk.guest.office, code="1", level="ward", name="Lain")
    with pytest.raises(InputError):
        desk.opened(place=theirs.pk)
    assert [level for level in Place.Level.values if level in {"street", "house", "block", "address"}] == []


def test_the_line_and_the_issue_go_together(desk):
    class Interrupted(Exception):
        pass

    with pytest.raises(Interrupted), transaction.atomic():
        issue = desk.opened()
        raise Interrupted
    assert not Issue.objects.filter(pk=issue.pk).exists()
    assert lines(issue) == []


def test_readers_leaders_and_other_offices_change_nothing(desk):
    issue = desk.opened()
    acts = [
        lambda by: services.open_issue(by, IssueDraft("x"), "high", "sebab", Seed(), NOW),
        lambda by: services.change_issue(by, issue, IssueDraft("x"), 0, NOW),
        lambda by: services.move(by, issue, "check", 0, NOW),
        lambda by: services.set_level(by, issue, "low", "sebab", 0, NOW),
        lambda by: services.decide_truth(by, issue, "opinion", "sebab", "", "", 0, NOW),
        lambda by: services.restrict(by, issue, True, (by.pk,), 0, NOW),
        lambda by: services.link(by, issue, "story", desk.story.pk, NOW),
        lambda by: services.unlink(by, issue, 1, NOW),
        lambda by: services.merge(by, issue, issue, "sebab", 0, NOW),
        lambda by: services.part(by, issue, "sebab", 0, NOW),
        lambda by: services.split(by, issue, (1,), "x", 0, NOW),
    ]
    before = Line.objects.count()
    for by in (desk.reader, desk.auditor):
        for do in acts:
            with pytest.raises(RefusedError):
                do(by)
    for do in acts[1:]:
        with pytest.raises(RefusedError):
            do(desk.guest)
    assert Line.objects.count() == before
    with pytest.raises(RefusedError):
        services.set_level(desk.lina, issue, "low", "sebab", 0, NOW)


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\x00", "\ue000"])
def test_marks_that_nobody_sees_are_taken_out_of_what_is_kept_of_an_issue(desk, mark):
    words = {"summary": f"Sejak{mark} pagi.\n\nDua kelurahan.", "due_note": f"Jawaban {mark}pertama"}
    issue = desk.opened(f"Air {mark}berbau{mark} di utara", "low", due=NOW + timedelta(hours=1), kind="rumour", **words)
    assert (issue.title, issue.summary, issue.due_note) == ("Air berbau di utara", "Sejak pagi.\nDua kelurahan.", "Jawaban pertama")
    issue = services.set_level(desk.joko, issue, "high", f"dua {mark}warga dirawat", 0, NOW)
    issue = services.decide_truth(desk.joko, issue, "false", f"sudah {mark}dicek", f"hasil {mark}laboratorium", "", 1, NOW)
    assert (issue.level_reason, issue.truth_reason, issue.evidence) == ("dua warga dirawat", "sudah dicek", "hasil laboratorium")
    services.move(desk.sari, issue, "close", 2, NOW, reason=f"sele{mark}sai")
    assert mark not in "".join(IssueNote.objects.filter(issue=issue).values_list("text", flat=True))
    for nothing in (mark, mark * 9 + " "):
        with pytest.raises(InputError):
            desk.opened(nothing)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "<b>Air</b> berbau"}, "title"),
        ({"summary": "<script>alert(1)</script>"}, "summary"),
        ({"due_note": "<i>x</i>"}, "due_note"),
        ({"due_note": "Hubungi 0812-3456-7890"}, "due_note"),
        ({"due_note": "x" * 201}, "due_note"),
    ],
)
def test_markup_and_numbers_of_people_are_refused_at_their_field(desk, fields, field):
    with pytest.raises(InputError) as refused:
        services.open_issue(desk.sari, IssueDraft(**{"title": "Banjir", **fields}), "high", "laporan", Seed(), NOW)
    assert refused.value.subject == field


@pytest.mark.parametrize("reason", ["telepon 0812-3456-7890", "<b>reda</b>", "x" * 501])
def test_a_reason_is_one_line_without_markup_and_numbers_of_people_and_nothing_of_it_is_cut_off(desk, reason):
    issue = desk.opened()
    with pytest.raises(InputError) as refused:
        services.set_level(desk.sari, issue, "low", reason, 0, NOW)
    assert refused.value.subject == "reason"


# Changing


def test_of_two_who_change_it_the_second_is_shown_both_versions_and_overwrites_nothing(desk):
    issue = desk.opened("Air berbau")
    services.change_issue(desk.sari, issue, IssueDraft("Air berbau besi", lead=desk.sari.pk), 0, NOW)
    with pytest.raises(ConflictError) as quicker:
        services.change_issue(desk.joko, issue, IssueDraft("Air keruh"), 0, NOW)
    assert (quicker.value.stored["title"], quicker.value.version) == ("Air berbau besi", 1)
    response = client_of(desk.joko).post(
        reverse("change_issue", args=[issue.pk]), {"title": "Air keruh", "kind": "event", "stance": "unclear", "version": "0"}
    )
    words = response.content.decode()
    assert response.status_code == 409
    assert [word for word in ("Both versions", "Air berbau besi", "Air keruh", 'value="1"') if word not in words] == []
    issue.refresh_from_db()
    assert issue.title == "Air berbau besi"


def test_what_was_not_changed_leaves_no_line_and_what_was_says_which_fields(desk):
    issue = desk.opened(lead=desk.sari.pk)
    same = IssueDraft(**services.stored_of(issue))
    assert services.change_issue(desk.sari, issue, same, 0, NOW).version == 0
    services.change_issue(desk.sari, issue, IssueDraft("Lain", stance="critical", lead=desk.joko.pk, due=issue.due), 0, NOW)
    assert detail(issue, "issue.changed") == {"fields": ["lead", "stance", "title"], "lead": desk.joko.pk}


# Level and truth


def test_a_level_is_set_by_name_with_a_reason_and_a_higher_one_brings_its_clock_forward(desk):
    issue = desk.opened(level="low")
    assert issue.due is None
    issue = services.set_level(desk.joko, issue, "crisis", "dua warga dirawat", 0, NOW)
    assert (issue.level, issue.level_by, issue.due) == ("crisis", desk.joko, NOW + timedelta(hours=1))
    issue = services.set_level(desk.joko, issue, "medium", "sudah reda", 1, NOW)
    assert issue.due == NOW + timedelta(hours=1), "a lower level gives no more time"
    for level, reason in (("severe", "sebab"), ("low", " ")):
        with pytest.raises(InputError):
            services.set_level(desk.joko, issue, level, reason, 2, NOW)
    assert lines(issue).count("issue.level_set") == 2


def test_false_is_said_of_a_claim_alone_by_a_named_officer_with_reason_and_evidence(desk):
    shows = ("sudah dicek", "hasil laboratorium 27 November", "")
    with pytest.raises(InputError):
        services.decide_truth(desk.sari, desk.opened(), "false", *shows, 0, NOW)
    issue = desk.opened(kind="rumour", stance="critical")
    with pytest.raises(RefusedError):
        services.decide_truth(desk.lina, issue, "false", *shows, 0, NOW)
    for lacking in (("", shows[1], ""), ("sudah dicek", "", ""), ("sudah dicek", "", "ftp://a.example/")):
        with pytest.raises(InputError):
            services.decide_truth(desk.sari, issue, "false", *lacking, 0, NOW)
    issue = services.decide_truth(desk.sari, issue, "false", *shows, 0, NOW)
    assert (issue.truth, issue.truth_by, issue.truth_at, issue.stance) == ("false", desk.sari, NOW, "critical")
    with pytest.raises(InputError):
        services.change_issue(desk.sari, issue, IssueDraft("x", kind="complaint"), 1, NOW)
    issue = services.decide_truth(desk.sari, issue, "unverified", "", "", "", 1, NOW)
    assert (issue.truth_by, issue.evidence) == (None, "")


@pytest.mark.parametrize("truth", ["opinion", "satire"])
@pytest.mark.parametrize("kind", ["event", "rumour", "complaint"])
def test_an_opinion_and_satire_need_a_reason_and_no_evidence_whatever_the_kind(desk, truth, kind):
    issue = desk.opened(kind=kind)
    with pytest.raises(InputError):
        services.decide_truth(desk.sari, issue, truth, "", "", "", 0, NOW)
    issue = services.decide_truth(desk.sari, issue, truth, "akun lelucon, begitu tertulis di lamannya", "", "", 0, NOW)
    assert (issue.truth, issue.truth_by) == (truth, desk.sari)
    words = page(desk.reader, f"/issues/{issue.pk}/")
    assert words.count(str(Issue.Truth(truth).label)) >= 2, "beside its name and in its history"


@pytest.mark.parametrize(
    "fields",
    [
        {"truth": "true"},
        {"truth": "false", "truth_reason": "x", "evidence": "y"},
        {"state": "merged"},
        {"need_to_know": True},
        {"title": ""},
    ],
)
def test_the_database_refuses_what_nobody_decided(desk, fields):
    issue = desk.opened()
    if "truth" in fields and "evidence" in fields:
        fields |= {"truth_by": desk.sari, "truth_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(**fields)


# Links


def test_it_is_linked_with_stories_signals_claims_and_addresses_once_each(desk):
    issue, said = desk.opened(), claim(desk)
    for _ in range(2):
        services.link(desk.lina, issue, "story", desk.story.pk, NOW)
        services.link(desk.lina, issue, "claim", str(said.pk), NOW)
        services.link(desk.lina, issue, "address", "https://kota.example/air", NOW)
    assert [one.kind for one in queries.get_links([issue])] == ["story", "claim", "address"]
    assert lines(issue).count("issue.linked") == 3
    for kind, what in (
        ("story", 987654321),
        ("story", "x"),
        ("person", 1),
        ("address", "javascript:alert(1)"),
        ("address", "ftp://a.example/"),
    ):
        with pytest.raises(InputError):
            services.link(desk.lina, issue, kind, what, NOW)


def test_a_link_that_is_removed_leaves_two_lines(desk):
    issue = desk.opened()
    made_ = services.link(desk.sari, issue, "address", "https://kota.example/air", NOW)
    for _ in range(2):
        services.unlink(desk.sari, issue, made_.pk, NOW)
    assert lines(issue)[1:] == ["issue.linked", "issue.unlinked"]


def test_what_is_kept_no_longer_leaves_an_empty_link(desk):
    issue, said = desk.opened(), claim(desk)
    services.link(desk.sari, issue, "claim", said.pk, NOW)
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    later = NOW + timedelta(days=400)
    retention.run(desk.office, later, retention.keep_for(desk.office))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not Claim.objects.filter(pk=said.pk).exists()
    assert [(one.claim_id, one.story_id) for one in IssueLink.objects.all()] == [(None, None)] * 2
    assert page(desk.sari, f"/issues/{issue.pk}/").count("Kept no longer.") == 2


# Merging, parting, splitting


def test_what_is_merged_shows_its_links_and_history_in_the_other_and_parts_with_what_is_its_own(desk):
    whole, part, inner = desk.opened("Banjir utara"), desk.opened("Banjir Kelurahan A"), desk.opened("Jalan tergenang")
    services.link(desk.sari, part, "story", desk.story.pk, NOW)
    services.merge(desk.sari, inner, part, "satu kejadian", 0, NOW)
    services.merge(desk.sari, part, whole, "satu kejadian", 0, NOW)
    assert set(Issue.objects.filter(merged_into=whole)) == {part, inner}
    words = page(desk.reader, f"/issues/{whole.pk}/")
    assert [
        word for word in ("Banjir Kelurahan A", "Jalan tergenang", "satu kejadian", desk.story.headline[:20]) if word not in words
    ] == []
    with pytest.raises(RefusedError):
        services.move(desk.sari, part, "check", 1, NOW)
    part = services.part(desk.sari, part, "lain", 1, NOW)
    assert (part.state, part.merged_into, part.due) == ("reopened", None, None)
    assert [one.story for one in queries.get_links([part])] == [desk.story]
    assert set(Issue.objects.filter(merged_into=whole)) == {inner}


def test_nothing_is_merged_into_itself_into_what_is_over_or_without_a_reason(desk):
    issue, other = desk.opened(), desk.opened("Lain")
    for into, reason in ((issue, "sama"), (other, " ")):
        with pytest.raises(KentonganError):
            services.merge(desk.sari, issue, into, reason, 0, NOW)
    services.move(desk.sari, other, "close", 0, NOW, reason="selesai")
    with pytest.raises(RefusedError):
        services.merge(desk.sari, issue, other, "sama", 0, NOW)


def test_what_is_split_off_takes_the_ticked_links_and_stays_as_hidden_as_it_was(desk):
    issue = desk.secret(desk.joko)
    address = services.link(desk.sari, issue, "address", "https://kota.example/air", NOW)
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    for links in ((), (987654321,), (address.pk, 987654321)):
        with pytest.raises(InputError):
            services.split(desk.sari, issue, links, "Air", 1, NOW)
    made_ = services.split(desk.sari, issue, (address.pk,), "Air", 1, NOW)
    assert (made_.need_to_know, made_.named, made_.lead, made_.level) == (True, [desk.joko.pk], desk.sari, issue.level)
    assert [one.kind for one in queries.get_links([made_])] == ["address"]
    assert [one.kind for one in queries.get_links([issue])] == ["story"]


def test_both_histories_of_a_split_name_the_other_and_say_what_stayed_behind(desk):
    issue = desk.opened("Air berbau")
    address = services.link(desk.sari, issue, "address", "https://kota.example/air", NOW)
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    made_ = services.split(desk.sari, issue, (address.pk,), "Tarif air", 0, NOW)
    there, here = page(desk.reader, f"/issues/{issue.pk}/"), page(desk.reader, f"/issues/{made_.pk}/")
    link = f'<a href="/issues/{made_.pk}/">Tarif air</a>'
    assert there.count(link) == 2, "above and in the history"
    assert "became an issue of its own" in there and "statements from before stay here" in there
    assert f'<a href="/issues/{issue.pk}/#facts">Air berbau</a>' in here and "statements from before stay there" in here
    assert f'Split off from another issue, at the level “High”. <a href="/issues/{issue.pk}/">Air berbau</a>' in here
    assert link in page(desk.reader, reverse("review_issue", args=[issue.pk]))


def test_the_other_issue_of_an_act_is_named_only_to_who_sees_it(desk):
    issue = desk.opened("Air berbau", lead=desk.sari.pk)
    address = services.link(desk.sari, issue, "address", "https://kota.example/air", NOW)
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    made_ = services.split(desk.sari, issue, (address.pk,), "Racun di sumur", 0, NOW)
    services.restrict(desk.sari, made_, True, (), made_.version, NOW)
    words = page(desk.reader, f"/issues/{issue.pk}/")
    assert "became an issue of its own" in words
    assert [one for one in ("Racun di sumur", str(made_.pk), "Split off from this") if one in words] == []
    assert "Racun di sumur" in page(desk.sari, f"/issues/{issue.pk}/")


def test_merging_and_parting_name_the_other_issue_too(desk):
    one, whole = desk.opened("Bau besi"), desk.opened("Air berbau")
    one = services.merge(desk.sari, one, whole, "sama", 0, NOW)
    services.part(desk.sari, one, "beda", one.version, NOW)
    steps = {step.act: step.other for step in history_of(desk.reader, one, [])}
    assert (steps["issue.merged"], steps["issue.parted"], steps["issue.opened"]) == (whole, whole, None)


def test_one_issue_is_linked_with_another_once_and_both_pages_lead_across(desk):
    issue, other = desk.opened("Air berbau"), desk.opened("Listrik padam")
    for _ in range(2):
        services.link(desk.lina, issue, "issue", other.pk, NOW)
    assert (lines(issue).count("issue.linked"), detail(issue, "issue.linked")["about"]) == (1, f"issue:{other.pk}")
    for what in (issue.pk, 987654321, "x"):
        with pytest.raises(InputError):
            services.link(desk.lina, issue, "issue", what, NOW)
    assert f'<a href="/issues/{other.pk}/">Listrik padam</a>' in page(desk.reader, f"/issues/{issue.pk}/")
    words = page(desk.reader, f"/issues/{other.pk}/")
    assert "Issues that link to it" in words and f'<a href="/issues/{issue.pk}/">Air berbau</a>' in words
    assert str(other.pk) not in _offered(page(desk.sari, f"/issues/{issue.pk}/"))


def _offered(words):
    """Issues that the page offers to be linked with."""
    _, _, rest = words.partition('id="beside_what"')
    return re.findall(r'<option value="(\d+)"', rest.split("</select>")[0])


def test_a_form_links_another_issue_and_the_database_refuses_what_makes_no_sense(desk):
    issue, other = desk.opened("Air berbau"), desk.opened("Listrik padam")
    assert str(other.pk) in _offered(page(desk.sari, f"/issues/{issue.pk}/"))
    client_of(desk.sari).post(reverse("link_issue", args=[issue.pk]), {"kind": "issue", "what": other.pk})
    assert [one.other for one in queries.get_links([issue])] == [other]
    for fields in ({"kind": "issue", "other": issue}, {"kind": "issue"}, {"kind": "story", "other": other}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IssueLink.objects.create(office=desk.office, issue=issue, at=NOW, by=desk.sari, **fields)


def test_a_link_to_an_issue_that_few_see_says_no_more_than_that(desk):
    issue, other = desk.opened("Air berbau"), desk.secret(title="Racun di sumur")
    services.link(desk.sari, issue, "issue", other.pk, NOW)
    words = page(desk.reader, f"/issues/{issue.pk}/")
    assert "An issue that only few may see." in words
    assert [one for one in ("Racun di sumur", str(other.pk)) if one in words] == []
    with pytest.raises(InputError):
        services.link(desk.joko, issue, "issue", other.pk, NOW)


# Who sees what few may see


def test_for_everybody_else_an_issue_that_few_may_see_is_not_there(desk):
    issue = desk.secret(desk.joko, title="Penyakit aneh di asrama", kind="rumour")
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    assert "Penyakit aneh" in page(desk.sari, f"/issues/{issue.pk}/")
    assert "Penyakit aneh" in page(desk.joko, "/issues/")
    missing = {}
    for person in (desk.boss, desk.lina, desk.reader, desk.auditor, desk.guest):
        client = client_of(person)
        for path in (f"/issues/{issue.pk}/", f"/issues/{Issue.objects.count()}/"):
            missing.setdefault(client.get(path).status_code, set()).add(path)
        assert "No issue is open" in page(person, "/issues/")
        for path in (
            "/issues/?state=open",
            "/issues/?state=closed",
            f"/stories/{desk.story.pk}/",
            "/search/?q=Penyakit+aneh",
            "/retention/",
        ):
            assert "Penyakit aneh di" not in client.get(path).content.decode().replace("Penyakit aneh&", ""), path
    assert set(missing) == {404}
    assert "It is seen to already" not in page(desk.lina, f"/issues/open/?story={desk.story.pk}")
    assert "It is seen to already" in page(desk.joko, f"/issues/open/?story={desk.story.pk}")


def test_no_service_lets_anybody_touch_what_they_may_not_see(desk):
    issue, other = desk.secret(), desk.opened("Lain")
    for do in (
        lambda by: services.change_issue(by, issue, IssueDraft("x"), 1, NOW),
        lambda by: services.move(by, issue, "check", 1, NOW),
        lambda by: services.set_level(by, issue, "low", "sebab", 1, NOW),
        lambda by: services.restrict(by, issue, False, (), 1, NOW),
        lambda by: services.link(by, issue, "story", desk.story.pk, NOW),
        lambda by: services.merge(by, other, issue, "sama", 0, NOW),
        lambda by: services.merge(by, issue, other, "sama", 1, NOW),
    ):
        with pytest.raises(RefusedError, match="There is no such issue"):
            do(desk.boss)


def test_the_record_holds_no_word_of_an_issue_and_still_binds_every_reason(desk):
    issue = desk.secret(title="Penyakit aneh di asrama")
    issue = services.set_level(desk.sari, issue, "crisis", "dua puluh siswa dirawat", issue.version, NOW)
    issue = services.move(desk.sari, issue, "close", issue.version, NOW, reason="bukan wabah")
    said = " ".join(Line.objects.filter(subject=f"issue:{issue.pk}").values_list("detail", flat=True))
    assert [word for word in ("Penyakit", "asrama", "siswa", "wabah") if word in said] == []
    for line in Line.objects.filter(subject=f"issue:{issue.pk}", detail__contains="digest"):
        told = json.loads(line.detail)
        assert digest_of(IssueNote.objects.get(pk=told["note"]).text) == told["digest"]
    words = page(desk.sari, f"/issues/{issue.pk}/")
    assert [word for word in ("dua puluh siswa dirawat", "bukan wabah", "Closed.") if word not in words] == []


def test_nobody_hides_an_issue_from_themselves_or_without_a_lead(desk):
    issue = desk.opened()
    with pytest.raises(InputError):
        services.restrict(desk.sari, issue, True, (desk.sari.pk,), 0, NOW)
    issue = services.change_issue(desk.sari, issue, IssueDraft("x", lead=desk.joko.pk), 0, NOW)
    for named in ((), (desk.guest.pk, desk.sari.pk)):
        with pytest.raises(InputError):
            services.restrict(desk.sari, issue, True, named, 1, NOW)
    issue = services.restrict(desk.sari, issue, True, (desk.sari.pk,), 1, NOW)
    with pytest.raises(InputError):
        services.change_issue(desk.sari, issue, IssueDraft("x"), 2, NOW)
    assert services.restrict(desk.joko, issue, False, (desk.sari.pk,), 2, NOW).named == []


def test_only_issues_that_the_same_people_see_become_one_and_they_stay_seen_alike(desk):
    hidden, open_ = desk.secret(desk.joko), desk.opened("Terbuka")
    for pair in ((hidden, open_), (open_, hidden), (desk.secret(desk.boss), hidden)):
        with pytest.raises(RefusedError, match="same people"):
            services.merge(desk.sari, *pair, "sama", pair[0].version, NOW)
    part = services.merge(desk.sari, desk.secret(desk.joko, title="Bagian"), hidden, "sama", 1, NOW)
    services.restrict(desk.sari, hidden, True, (), hidden.version, NOW)
    assert queries.get_issue(desk.joko, part.pk) is None
    services.restrict(desk.sari, hidden, False, (), hidden.version + 1, NOW)
    assert queries.get_issue(desk.reader, part.pk) == part


def test_every_reading_of_issues_begins_at_the_one_door():
    allowed = {"queries.py": {"get_seen", "get_shared", "get_parts"}, "services.py": {"merge", "_keep", "_whole", "held"}}
    found: dict[str, set[str]] = {}
    for path in ROOM.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "Issue.objects" in ast.unparse(node):
                found.setdefault(path.name, set()).add(node.name)
    assert found == allowed


def test_inside_another_offices_scope_no_row_of_ours_is_there(desk):
    issue = desk.opened()
    services.link(desk.sari, issue, "story", desk.story.pk, NOW)
    with scope.scope(desk.guest.office_id):
        assert [model.objects.count() for model in (Issue, IssueLink, IssueNote)] == [0, 0, 0]
    with scope.scope(desk.office.pk):
        assert [model.objects.count() for model in (Issue, IssueLink, IssueNote)] == [1, 1, 1]


def test_numbers_say_nothing_of_how_many_issues_there_are(desk):
    numbers = [desk.opened(f"Hal {n}").pk for n in range(6)]
    assert all(len(str(number)) == 12 for number in numbers)
    assert len({later - number for number, later in itertools.pairwise(numbers)}) > 1
