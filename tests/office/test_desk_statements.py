"""Statements: sentences keep what belongs to them, versions stay, nobody overwrites another, nobody sees what is not theirs to see."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW
from screens import STILL
from statements import FRAME, SLOTS, TEXT, detail, lines, papers, sentences

from kentongan.engine import crisis, identifiers, statement_records
from kentongan.engine.alignment import Former
from kentongan.engine.statement_records import Finding
from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import (
    evidence,
    services,
    statement_checking,
    statement_diff,
    statement_pasting,
    statement_queries,
    statement_saying,
    statement_services,
)
from kentongan.office.desk.models import Issue, Sentence, Statement, StatementVersion
from kentongan.office.desk.statement_services import Frame
from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Article
from kentongan.office.people.models import OfficeHolder
from kentongan.office.people.versions import ConflictError


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return papers()


# Beginning


def test_a_person_chooses_the_cluster_and_the_line_says_what_the_engine_suggested(paper):
    frame = Frame("low", "accidental", signs=("technical_failure", "history"))
    found = statement_services.begin(paper.desk.lina, paper.issue, "press", "vi", frame, NOW)
    assert (found.kind, found.language, found.cluster, found.state, found.begun_by) == (
        "press",
        "vi",
        "accidental",
        "draft",
        paper.desk.lina,
    )
    assert detail(found, "statement.begun")["suggested"] == "preventable"
    assert found.pk >= 100_000_000_000
    assert statement_services.suggestion_of(()).reasons == ("none",)


@pytest.mark.parametrize(
    ("kind", "language", "fields", "field"),
    [
        ("letter", "id", {}, "kind"),
        ("press", "jv", {}, "language"),
        ("press", "id", {"level": "huge"}, "level"),
        ("press", "id", {"cluster": "guilty"}, "cluster"),
        ("press", "id", {"contact": "1" * 201}, "contact"),
        ("press", "id", {"contact": "<b>112</b>"}, "contact"),
    ],
)
def test_what_cannot_be_so_is_refused_at_its_field(paper, kind, language, fields, field):
    with pytest.raises(InputError) as refused:
        frame = Frame(**{"level": "low", "cluster": "victim", **fields})
        statement_services.begin(paper.desk.lina, paper.issue, kind, language, frame, NOW)
    assert refused.value.subject == field
    assert not Statement.objects.exists()


def test_nothing_is_begun_about_what_is_over_or_part_of_another(paper):
    other = paper.desk.opened("Lain")
    services.merge(paper.desk.sari, other, paper.issue, "sama", other.version, NOW)
    closed = paper.desk.opened("Selesai")
    services.move(paper.desk.sari, closed, "close", closed.version, NOW, reason="selesai")
    for issue in (other, closed):
        with pytest.raises(RefusedError):
            paper.begun(issue=issue)


# Writing


def test_a_text_becomes_sentences_that_keep_their_keys_sections_and_evidence_through_editing(paper):
    found = paper.written()
    first = sentences(found)[0]
    found = statement_services.settle_sentence(paper.desk.lina, found, first.key, "instruction", (paper.article(),), found.version, NOW)
    lines_of = TEXT.split("\n")
    text = "\n".join([lines_of[1], "Jauhi tepi sungai dan jembatan.", "Warga dapat berkumpul di balai.", *lines_of[2:]])
    found = statement_services.write(paper.desk.lina, found, text, FRAME, found.version, NOW)
    now = {one.text: one for one in sentences(found)}
    moved = now["Jauhi tepi sungai dan jembatan."]
    assert (moved.key, moved.section, moved.evidence, moved.position) == (first.key, "instruction", [paper.article()], 1)
    assert 0 < moved.edit_ratio < 1
    fresh = now["Warga dapat berkumpul di balai."]
    assert (fresh.section, fresh.evidence, fresh.origin, fresh.edit_ratio) == ("", [], "human", 1.0)
    assert fresh.key not in {one.key for one in Sentence.objects.exclude(pk=fresh.pk)}


def test_a_key_that_once_was_is_never_given_again(paper):
    found = paper.written("Satu kalimat panjang tentang air.\nDua kalimat panjang tentang jalan.")
    keys = {one.key for one in sentences(found)}
    for text in ("Satu kalimat panjang tentang air.", "Satu kalimat panjang tentang air.\nListrik di kelurahan sudah menyala."):
        found = statement_services.write(paper.desk.lina, found, text, FRAME, found.version, NOW)
    assert sentences(found)[1].key not in keys


def test_what_did_not_change_makes_no_version_and_what_did_says_which_fields(paper):
    found = paper.written()
    again = statement_services.write(paper.desk.lina, found, TEXT, FRAME, found.version, NOW)
    assert (again.version, StatementVersion.objects.count()) == (found.version, 1)
    statement_services.write(paper.desk.lina, found, TEXT, Frame("high", "victim", FRAME.next_update, "119"), found.version, NOW)
    assert detail(found, "statement.changed")["fields"] == ["level", "contact"]
    assert lines(found) == ["statement.begun", "statement.changed", "statement.changed"]


def test_of_two_who_write_the_second_overwrites_nothing(paper):
    found = paper.written()
    statement_services.write(paper.desk.sari, found, TEXT + "\nTambahan Sari.", FRAME, found.version, NOW)
    with pytest.raises(ConflictError) as refused:
        statement_services.write(paper.desk.lina, found, TEXT + "\nTambahan Lina.", FRAME, found.version, NOW)
    assert refused.value.stored["text"].endswith("Tambahan Sari.")
    assert "Lina" not in statement_queries.get_last(found).text


def test_a_version_and_its_sentences_are_never_changed_by_any_door(paper):
    found = paper.written()
    version, sentence = statement_queries.get_last(found), sentences(found)[0]
    attempts = [
        lambda: StatementVersion.objects.filter(pk=version.pk).update(text="lain"),
        lambda: StatementVersion.objects.filter(pk=version.pk).update(at=NOW),
        lambda: Sentence.objects.filter(pk=sentence.pk).update(text="lain"),
        lambda: Sentence.objects.filter(pk=sentence.pk).update(evidence=["article:1"]),
        lambda: Sentence.objects.filter(pk=sentence.pk).update(reviewer=paper.desk.joko),
        lambda: Sentence.objects.filter(pk=sentence.pk).delete(),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    Sentence.objects.filter(pk=sentence.pk).update(reviewer=paper.desk.joko, decided_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sentence.objects.filter(pk=sentence.pk).update(reviewer=paper.desk.sari, decided_at=NOW)


def test_a_template_is_filled_in_with_its_sections_and_says_what_is_missing(paper):
    found = paper.begun()
    some = {name: words for name, words in SLOTS.items() if name != "action"}
    found, missing = statement_services.fill_in(paper.desk.lina, found, {**some, "no_such_slot": "x"}, found.version, NOW)
    assert missing == ("action",)
    origins = {one.section: one.origin for one in sentences(found)}
    assert (origins["instruction"], origins["care"], origins["headline"]) == ("human", "template", "template")
    found, missing = statement_services.fill_in(paper.desk.lina, found, SLOTS, found.version, NOW)
    assert (missing, [one.section for one in sentences(found)].count("action")) == ((), 1)
    edited = statement_queries.get_last(found).text.replace("turut prihatin", "ikut prihatin")
    found = statement_services.write(paper.desk.lina, found, edited, FRAME, found.version, NOW)
    assert {one.section: one.origin for one in sentences(found)}["care"] == "human"


@pytest.mark.parametrize("kind", Statement.Kind.values)
def test_every_kind_can_be_begun_from_its_template_in_every_language(paper, kind):
    for language in Statement.Language.values:
        found = statement_services.begin(paper.desk.lina, paper.issue, kind, language, FRAME, NOW)
        found, missing = statement_services.fill_in(paper.desk.lina, found, {}, found.version, NOW)
        assert missing
        assert set(missing) <= set(statement_services.slot_names(found))


# What is pasted


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("Air\u200b naik\u00a0cepat.\u00ad", "Air naik cepat."),
        ("\ufeffSatu.\r\n\r\nDua.\u2028Tiga.", "Satu.\nDua.\nTiga."),
        ("Angka \u202e24\u202c rumah.", "Angka 24 rumah."),
        ("Ha\u0300 No\u0323\u0302i\x00", "Hà Nội"),
        ("\ue000\t tab", "tab"),
        ("2 < 3 dan 5 > 4 & lain", "2 < 3 dan 5 > 4 & lain"),
    ],
)
def test_marks_that_nobody_sees_are_taken_out_of_what_is_pasted(pasted, kept):
    assert statement_pasting.cleaned(pasted, "Text", "text") == kept


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "<p class=MsoNormal>Air", "A <!--[if gte mso 9]>", "<img src=x onerror=alert(1)>", "{\\rtf1 A", "</b>"],
)
def test_markup_is_refused_at_its_field_in_words(paper, hostile):
    found = paper.begun()
    with pytest.raises(InputError) as refused:
        statement_services.write(paper.desk.lina, found, hostile, FRAME, found.version, NOW)
    assert (refused.value.subject, "Text: this is markup" in str(refused.value)) == ("text", True)
    with pytest.raises(InputError) as refused:
        statement_services.fill_in(paper.desk.lina, found, {"known": hostile}, found.version, NOW)
    assert refused.value.subject == "known"


def test_a_paste_of_two_megabytes_is_refused_with_its_length_and_the_remedy(paper):
    found = paper.begun()
    with pytest.raises(InputError) as refused:
        statement_services.write(paper.desk.lina, found, "Air naik. " * 200_000, FRAME, found.version, NOW)
    assert "Text: 2,000,000 characters are too many (60,000 at most)" in str(refused.value)
    with pytest.raises(InputError) as refused:
        statement_services.write(paper.desk.lina, found, "Air.\n" * 1_001, FRAME, found.version, NOW)
    assert (refused.value.subject, "Text: 1,001 sentences" in str(refused.value)) == ("text", True)


@given(st.text(max_size=300))
def test_what_was_cleaned_once_stays_as_it_is(text):
    try:
        once = statement_pasting.cleaned(text, "Text", "text")
    except InputError:
        return
    assert statement_pasting.cleaned(once, "Text", "text") == once


# Evidence


def test_a_sentence_rests_only_on_what_is_linked_with_its_issue(paper):
    found = paper.written()
    key = sentences(found)[0].key
    stray = Article.objects.exclude(membership__story=paper.desk.story).values_list("pk", flat=True).first() or 987_654_321
    for wrong in (f"article:{stray}", "article:x", "fact:1@1", "nonsense"):
        with pytest.raises(InputError) as refused:
            statement_services.settle_sentence(paper.desk.lina, found, key, "known", (wrong,), found.version, NOW)
        assert refused.value.subject == "evidence"
    with pytest.raises(InputError):
        statement_services.settle_sentence(paper.desk.lina, found, key, "gossip", (), found.version, NOW)
    with pytest.raises(RefusedError):
        statement_services.settle_sentence(paper.desk.lina, found, "s99", "known", (), found.version, NOW)
    offered = {one.id for one in evidence.get_offered(paper.issue, (), NOW)}
    assert offered == {f"article:{pk}" for pk in paper.desk.story.members.values_list("article_id", flat=True)}


def test_a_stated_fact_needs_a_source_and_one_that_is_kept_no_longer_carries_nothing(paper):
    found = paper.written("Air masuk ke 42 rumah sejak pukul 05.00 WIB.", kind="chat")

    def codes():
        return [one.code for one in statement_checking.check(found, sentences(found), NOW).findings if one.sentence]

    assert codes() == ["fact.unsupported"]
    found = statement_services.settle_sentence(paper.desk.lina, found, "s1", "known", (paper.article(),), found.version, NOW)
    assert codes() == []
    Article.objects.filter(pk=paper.article().partition(":")[2]).delete()
    assert codes() == ["fact.unsupported"]


def test_the_next_update_is_read_in_the_time_of_the_offices_readers(paper):
    found = paper.written("Pembaruan berikutnya pukul 10.30 WIB.", kind="chat")
    assert [one for one in statement_checking.check(found, sentences(found), NOW).findings if one.code.startswith("update")] == []
    paper.desk.office.time_zone = "Asia/Jayapura"
    paper.desk.office.save()
    found = statement_queries.get_statement(paper.desk.lina, found.pk)
    assert "update.differs" in [one.code for one in statement_checking.check(found, sentences(found), NOW).findings]


def test_office_holders_and_places_may_be_named_others_are_warned_of(paper):
    found = paper.written("Menurut Ratna Dewi Lestari, warga Rawa Kenari sudah pulang.", kind="chat")
    before = [one.code for one in statement_checking.check(found, sentences(found), NOW).findings]
    OfficeHolder.objects.create(office=paper.desk.office, name="Ratna Dewi Lestari", post="Wali Kota", until=FRAME.next_update)
    after = [one.code for one in statement_checking.check(found, sentences(found), NOW).findings]
    assert ("name.private" in before, "name.private" in after) == (True, False)


def test_a_clarification_answers_the_issues_own_claim_and_only_one_that_was_checked(paper):
    issue = paper.desk.opened("Sumur warga diracun orang", kind="rumour")
    found = paper.begun("clarification", issue=issue)
    assert statement_queries.get_answered(issue, NOW).claim.status == "unverified"
    services.decide_truth(paper.desk.sari, issue, "false", "sudah diperiksa", "Hasil laboratorium PDAM", "", issue.version, NOW)
    claim = statement_queries.get_answered(Issue.objects.get(pk=issue.pk), NOW).claim
    told = ("Sumur warga diracun orang", "false", ("Hasil laboratorium PDAM",), None)
    assert (claim.text, claim.status, claim.evidence, claim.small) == told
    assert statement_queries.get_answered(paper.issue, NOW) is None
    assert "text.empty" in [one.code for one in statement_checking.check(found, [], NOW).findings]


# In words


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_every_code_of_the_engine_is_said_in_every_language(language):
    values = {"section": "known", "order": "fact, claim", "what": "figure, date", "kind": "phone", "time": "15:00"}
    with override(language):
        for code, sentence in statement_records.SAID.items():
            filled = {name: values.get(name, 1_234) for name in statement_pasting.re.findall(r"\{(\w+)\}", sentence)}
            words = statement_saying.said(Finding(code, "blocks", "", filled))
            assert "{" not in words
            assert language == "en" or words != sentence
        said = [dict(statement_saying.sign_choices())[code] for code in (*crisis.SIGNS, "history", "reputation")]
        assert language == "en" or not set(said) & set(crisis.REASONS.values())
        assert statement_saying.section("known") != "known"


def test_every_section_kind_cluster_and_kind_of_identifier_has_a_word():
    from typing import get_args

    assert set(statement_saying.SECTION_WORDS) == set(statement_records.SECTIONS)
    assert tuple(Statement.Kind.values) == statement_records.KINDS
    assert tuple(Statement.Cluster.values) == statement_records.CLUSTERS
    assert tuple(Statement.Language.values) == statement_records.TONGUES
    assert set(statement_saying.IDENTIFIER_WORDS) == set(get_args(identifiers.IdentifierKind))
    assert set(Sentence.Origin.values) == set(get_args(statement_records.Origin))


# What differs


def shown(changes, mark):
    return "".join(piece.text for one in changes for piece in one.pieces if piece.mark in ("same", mark))


texts = st.lists(st.text(alphabet="abc .1", min_size=1, max_size=12), max_size=5, unique=True)


@given(texts, texts)
def test_both_versions_can_be_read_off_what_differs(old, new):
    before = [Former(f"s{n}", text) for n, text in enumerate(old)]
    after = [Former(f"s{n + len(new) % 3}", text) for n, text in enumerate(new)]
    changes = statement_diff.between(before, after)
    assert shown(changes, "new") == "".join(one.text for one in after)
    assert shown([one for one in changes if one.kind != "new"], "gone") == "".join(
        {one.id: one.text for one in before}[one.key] for one in changes if one.kind != "new"
    )
    assert statement_diff.differs(changes) == (before != after)
    assert sorted(one.key for one in changes if one.kind != "new") == sorted(one.id for one in before)


def test_a_sentence_of_very_many_words_is_shown_whole_twice():
    old, new = "a " * 2_000, "b " * 2_000
    assert [one.mark for one in statement_diff.words_between(old, new)] == ["gone", "new"]


# Who sees and who may


def test_a_statement_is_seen_by_exactly_those_who_see_the_issue(paper):
    secret = paper.desk.secret(paper.desk.lina)
    found = paper.written(issue=secret)
    desk = paper.desk
    everybody = (desk.sari, desk.lina, desk.joko, desk.reader, desk.auditor, desk.boss, desk.guest)
    assert [one.username for one in everybody if statement_queries.get_statement(one, found.pk)] == ["sari", "lina"]
    with pytest.raises(RefusedError):
        statement_services.write(paper.desk.joko, found, "lain", FRAME, found.version, NOW)


def test_readers_auditors_and_other_offices_write_nothing(paper):
    found = paper.written()
    for person in (paper.desk.reader, paper.desk.auditor, paper.desk.guest):
        with pytest.raises(RefusedError):
            statement_services.begin(person, paper.issue, "press", "id", FRAME, NOW)
        with pytest.raises(RefusedError):
            statement_services.write(person, found, "lain", FRAME, found.version, NOW)
    assert statement_queries.get_last(found).text == TEXT


def test_the_record_holds_no_word_of_a_statement(paper):
    found = paper.written("Rahasia besar di balai kota.")
    said = " ".join(Line.objects.filter(subject=f"statement:{found.pk}").values_list("detail", flat=True))
    assert "Rahasia" not in said
    assert statement_queries.get_last(found).text_hash in said


def test_every_reading_of_statements_begins_at_the_one_door():
    files = Path(statement_queries.__file__).parent.glob("*.py")
    found = set()
    for file in files:
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                uses = [ast.unparse(one) for one in ast.walk(function) if isinstance(one, ast.Attribute)]
                found |= {(file.name, function.name) for use in uses if use == "Statement.objects"}
    by_time = {("statement_embargo.py", "end"), ("statement_deputies.py", "pass_on")}
    assert found == {("statement_queries.py", "get_seen"), *by_time}, "what ends by time ends with nobody at the door"
