"""The gate in the desk: what its evidence does not carry is not asked for, approved or published; the ways out; while somebody types."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW, draft, page
from screens import STILL, client_of
from statements import FRAME, SLOTS, detail, lines, papers, sentences

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import facts, statement_approval, statement_checking, statement_publishing, statement_queries, statement_services
from kentongan.office.desk.models import Sentence, Statement, StatementVersion
from kentongan.office.desk.statement_services import Mark
from kentongan.office.listening.models import Article
from kentongan.office.people import standing

WAY_OUT = "Change the sentence, add evidence, or mark it as a promise or an opinion of a named office."


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    cache.clear()
    return people_of(papers())


def known(found):
    """Its sentence of what is known, whatever it says by now."""
    return sentences(found)[3]


def settled(paper, found, text=None, proofs=None, mark=None):
    """The sentence of what is known, said so, resting on these, marked so."""
    one = known(found)
    if text is not None:
        whole = statement_queries.get_last(found).text.replace(one.text, text)
        found = statement_services.write(paper.desk.lina, found, whole, FRAME, found.version, NOW)
        one = known(found)
    given = (paper.article(),) if proofs is None else proofs
    return statement_services.settle_sentence(paper.desk.lina, found, one.key, "known", given, found.version, NOW, mark)


def codes(found, now=NOW):
    return [one.code for one in statement_checking.check(found, sentences(found), now).blocking]


def verdict(found):
    return statement_checking.check(found, sentences(found), NOW).held[known(found).key].judgement.verdict


FALSE = "Air masuk ke 55 rumah sejak pukul 05.00 WIB."


def test_what_its_evidence_carries_is_asked_for_approved_and_published(paper):
    found = sound(paper)
    assert (verdict(found), codes(found)) == ("supported", [])
    found = decide(paper.dewi, asked(paper, found))
    assert statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW).text_hash


@pytest.mark.parametrize(
    ("text", "code"),
    [(FALSE, "gate.contradicted"), ("Air masuk ke 42 rumah di Lebak Damar.", "gate.not_supported")],
)
def test_what_its_evidence_does_not_carry_is_not_even_asked_for_and_the_refusal_names_the_ways_out(paper, text, code):
    found = settled(paper, sound(paper), text)
    assert codes(found) == [code]
    with pytest.raises(RefusedError, match="It cannot be approved yet") as refused:
        asked(paper, found)
    assert WAY_OUT in str(refused.value)
    assert Statement.objects.get(pk=found.pk).state == "draft"


def test_neither_is_it_approved_nor_published_where_it_got_past_asking(paper):
    """Somebody asked with another version of the program: the rule stands at each of the three doors."""
    article = Article.objects.filter(pk=paper.article().partition(":")[2])
    text = article.get().text
    found = settled(paper, sound(paper), FALSE)
    paper.hears(FALSE)
    waiting = asked(paper, found)
    article.update(text=text)
    with pytest.raises(RefusedError, match="something else"):
        decide(paper.dewi, waiting)
    paper.hears(FALSE)
    approved = decide(paper.dewi, waiting)
    article.update(text=text)
    with pytest.raises(RefusedError):
        statement_publishing.publish(paper.desk.sari, approved, sight_of(approved), NOW)
    assert Statement.objects.get(pk=found.pk).state == "approved"


def test_the_first_way_out_is_to_change_the_sentence_the_second_to_add_evidence(paper):
    found = settled(paper, sound(paper), FALSE)
    assert codes(settled(paper, found, SLOTS["known"])) == []
    found = settled(paper, Statement.objects.get(pk=found.pk), FALSE)
    one = facts.add(paper.desk.sari, paper.issue, draft("Sejak pukul 05.00 WIB air masuk ke 55 rumah", about=""), NOW)
    assert codes(settled(paper, found, proofs=(facts.evidence_id(one.pk, 1),))) == []


def test_the_third_is_to_mark_it_as_a_promise_or_opinion_by_name_which_approver_and_auditor_see(paper):
    agency = standing.make_agency(paper.desk.boss, "Badan Penanggulangan Bencana", "BPBD", "", NOW)
    found = settled(paper, sound(paper), "BPBD memperbaiki 55 rumah sebelum Lebaran.")
    assert codes(found)
    found = settled(paper, found, mark=Mark("promise", agency.pk))
    assert codes(found) == []
    assert (known(found).said_as, known(found).said_by) == ("promise", agency.name)
    assert lines(found)[-2:] == ["statement.changed", "statement.marked"]
    said = detail(found, "statement.marked")
    assert (said["key"], said["said_as"], said["agency"], said["text_hash"]) == (
        known(found).key, "promise", agency.pk, known(found).text_hash,
    )  # fmt: skip
    assert agency.name not in str(said)
    waiting = asked(paper, found)
    shown = page(paper.dewi, reverse("decide_approval", args=[found.pk]))
    assert f"<b>Promise:</b> {agency.name}" in shown
    assert "Its evidence says something else" in shown, "the approver sees the verdict all the same"
    found = decide(paper.dewi, waiting)
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW)
    assert f"<b>Promise:</b> {agency.name}" in page(paper.desk.auditor, reverse("reconstruction", args=[found.pk]))


def test_a_marked_sentence_needs_no_evidence_and_the_mark_taken_off_asks_for_it_again(paper):
    found = settled(paper, sound(paper), "Kami membagikan 500 paket makanan besok.", (), Mark("promise"))
    assert codes(found) == []
    assert known(found).said_by == paper.desk.office.name
    found = settled(paper, found, None, (), Mark())
    assert codes(found) == ["fact.unsupported"]
    assert "said_as" not in detail(found, "statement.marked")
    assert "A sentence was marked: Neither: it needs evidence." in page(paper.desk.lina, reverse("statement", args=[found.pk]))


@pytest.mark.parametrize("mark", [Mark("gossip"), Mark("promise", 0), Mark("opinion", 2**40)])
def test_nobody_elses_promise_and_no_other_mark_is_kept(paper, mark):
    found = sound(paper)
    with pytest.raises(InputError):
        settled(paper, found, mark=mark)
    other = standing.make_agency(paper.desk.guest, "Dinas Kota Lain", "", "", NOW)
    with pytest.raises(InputError):
        settled(paper, found, mark=Mark("promise", other.pk))
    assert "statement.marked" not in lines(found)


def test_whoever_may_not_write_marks_nothing(paper):
    found = sound(paper)
    one = known(found)
    for person in (paper.desk.reader, paper.dewi, paper.desk.guest):
        with pytest.raises(RefusedError):
            statement_services.settle_sentence(person, found, one.key, "known", (), found.version, NOW, Mark("promise"))


def test_the_database_keeps_no_mark_that_is_nobodys(paper):
    version = StatementVersion.objects.filter(statement=sound(paper)).latest("number")
    for said_as, said_by in (("promise", ""), ("", "Kota"), ("gossip", "Kota")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sentence.objects.create(
                office=paper.desk.office, version=version, key="s90", position=90, text="x", text_hash="x", said_as=said_as, said_by=said_by
            )


TEXTS = ("Kami membagikan 500 paket besok.", "Kami membagikan 600 paket besok.", "Terima kasih.")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(["mark", "take off"]), st.permutations(TEXTS).map(lambda one: one[:2])), max_size=6))
def test_whatever_is_done_a_mark_stands_only_at_the_very_words_it_was_given_for(paper, acts):
    with transaction.atomic():
        found, marked = paper.written(TEXTS[0]), set[str]()
        for act in acts:
            first = sentences(found)[0]
            if isinstance(act, str):
                mark = Mark("promise") if act == "mark" else Mark()
                found = statement_services.settle_sentence(paper.desk.lina, found, first.key, first.section, (), found.version, NOW, mark)
                marked = marked | {first.text} if mark.said_as else marked - {first.text}
            else:
                found = statement_services.write(paper.desk.lina, found, "\n".join(act), FRAME, found.version, NOW)
                marked &= set(act)
            assert {one.text for one in sentences(found) if one.said_as} <= marked
        transaction.set_rollback(True)


# The pages


def test_beside_each_sentence_stands_the_verdict_with_its_reason_and_the_very_place(paper):
    found = sound(paper)
    words = page(paper.desk.lina, reverse("statement", args=[found.pk]))
    assert "Its evidence says so" in words
    assert f"<mark>{SLOTS['known']}</mark>" in words
    found = settled(paper, found, FALSE)
    for name, args in (("statement", [found.pk]), ("statement_sentence", [found.pk, known(found).number]), ("write_statement", [found.pk])):
        words = page(paper.desk.lina, reverse(name, args=args))
        assert "Its evidence says something else" in words
        assert "The passage has another figure for it." in words
        assert "Must change:" in words


def test_a_sentence_is_marked_by_a_plain_form(paper):
    found = settled(paper, sound(paper), FALSE)
    one = known(found)
    path = reverse("statement_sentence", args=[found.pk, one.number])
    given_ = {"section": "known", "evidence": one.evidence, "version": found.version, "seen": one.text, "said_as": "opinion"}
    answer = client_of(paper.desk.lina).post(path, given_)
    assert answer.status_code == 422
    assert "Choose whose promise or opinion it is." in answer.content.decode()
    assert client_of(paper.desk.lina).post(path, {**given_, "said_by": "office"}).status_code == 302
    assert (known(found).said_as, known(found).said_by) == ("opinion", paper.desk.office.name)
    assert 'value="opinion" selected' in page(paper.desk.lina, path)


def test_a_passage_in_a_language_that_is_not_read_abstains_and_the_page_says_so(paper):
    found = sound(paper)
    Article.objects.filter(pk=paper.article().partition(":")[2]).update(language="jv", text="Banyu mlebu omah.")
    assert codes(found) == []
    words = page(paper.desk.lina, reverse("statement", args=[found.pk]))
    assert "Cannot be told surely: look yourself" in words
    assert "This language is not read: Javanese." in words


# While somebody types


def typed(paper, found, text, live=True, person=None, **more):
    headers = {"HTTP_HX_REQUEST": "true"} if live else {}
    path = reverse("write_statement", args=[found.pk])
    return client_of(person or paper.desk.lina).post(path, {"text": text, "check": "1", **more}, **headers)


def test_the_findings_follow_typing_and_nothing_is_kept(paper):
    found = sound(paper)
    before = statement_queries.get_last(found).number
    answer = typed(paper, found, statement_queries.get_last(found).text.replace("42", "55"))
    words = answer.content.decode()
    assert (answer.status_code, "<html" in words, "Its evidence says something else" in words) == (200, False, True)
    assert "1 thing stands in the way of approval." in words
    assert statement_queries.get_last(found).number == before


def test_without_javascript_a_button_does_the_same_and_what_is_typed_stays(paper):
    found = sound(paper)
    text = statement_queries.get_last(found).text.replace("42", "55")
    words = typed(paper, found, text, live=False).content.decode()
    assert "<html" in words
    assert FALSE in words
    assert "Its evidence says something else" in words
    assert statement_queries.get_last(found).text != text


def test_it_is_bound_in_size_and_rate_and_a_hostile_text_comes_out_as_words(paper):
    found = sound(paper)
    assert "too long to be looked through while you write" in typed(paper, found, "Air naik. " * 1_300).content.decode()
    assert "too many" in typed(paper, found, "Air naik. " * 7_000, live=False).content.decode()
    assert "<script>alert" not in typed(paper, found, "<script>alert(1)</script> 55 rumah.").content.decode()
    assert typed(paper, found, "Air", person=paper.desk.reader).status_code == 403
    last = [typed(paper, found, "").status_code for _ in range(150)][-1]
    assert last == 429


def test_it_asks_no_more_for_more_sentences_and_facts(paper, count_queries):
    found = sound(paper)
    text = statement_queries.get_last(found).text
    asked_for = []
    for n in (0, 12):
        for k in range(n):
            facts.add(paper.desk.sari, paper.issue, draft(f"Posko {k} dibuka", about=""), NOW)
        typed(paper, found, text)
        with count_queries() as said:
            typed(paper, found, "\n".join([text, *(f"Posko {k} dibuka." for k in range(n))]))
        asked_for.append(len(said))
    assert asked_for[0] == asked_for[1]


def test_the_refusal_says_the_same_in_indonesian_and_vietnamese(paper):
    found = settled(paper, sound(paper), FALSE)
    for language, word in (("id", "tandai sebagai janji atau pendapat"), ("vi", "đánh dấu là lời hứa hay ý kiến")):
        with translation.override(language), pytest.raises(RefusedError, match=word):
            statement_approval.ask(paper.desk.lina, found, {"approver": paper.dewi.pk}, False, found.version, NOW)
    assert Statement.objects.get(pk=found.pk).state == "draft"
