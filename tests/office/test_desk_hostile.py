"""Hostile words in any field of the desk: typed into every form, and standing in every text of every row, they come out as words."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, people_of, sight_of, step_of, urgent
from desk import NOW, draft
from screens import STILL, client_of
from statements import papers

from kentongan.office.desk import (
    clock_services,
    comments,
    facts,
    question_urls,
    questions,
    review_actions,
    services,
    statement_publishing,
    urls,
)
from kentongan.office.desk.models import Issue, Publication, Statement
from kentongan.office.listening.models import Article, Story
from kentongan.office.people.models import Agency, Office, Place, User

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title></textarea><svg onload=alert(1)> ",
    "\"'><img src=x onerror=alert(1) ",
)
"""The last is no whole tag, so no rule for pasted markup refuses it: it is kept, and must come out as words everywhere."""
RAW = re.compile(r"<(?:img|svg)\b[^>]*\bon\w+=|<script>alert|</textarea><svg", re.IGNORECASE)
MORE = timedelta(hours=2)
UNTYPED = {
    "issues", "issue", "who_is_here", "unlink_issue", "restrict_issue", "review_issue", "finish_review_action", "statement",
    "statement_version", "statements", "take_back_approval", "publication", "begin_statement_again", "echo", "judge_tie", "fact",
    "agency_questions", "agency_question", "prolong_question", "note_answer", "hand_over_question", "answer_link", "ask_approval",
    "statement_sentence", "part_issue",
}  # fmt: skip
"""Addresses of the desk without a field of free text; the one-time link and parting are typed into further down."""


@pytest.fixture
def house(db, settings):
    """A desk with something of everything, and a publication."""
    settings.CLOCK = STILL
    paper = people_of(papers())
    desk, issue = paper.desk, paper.issue
    desk.opened("Air berbau", "low")
    place = Place.objects.create(office=desk.office, code="1", level="ward", name="Rawa Kenari")
    Issue.objects.filter(pk=issue.pk).update(agency=desk.health, place=place, due=NOW, due_note="Jawaban", summary="Sejak pagi")
    Issue.objects.filter(pk=issue.pk).update(level_by=desk.sari, level_reason="warga mengungsi")
    issue = Issue.objects.get(pk=issue.pk)
    services.link(desk.sari, issue, "address", "https://kota.example/air", NOW)
    issue = services.decide_truth(
        desk.sari, issue, "true", "sudah dicek", "hasil laboratorium", "https://kota.example/a", issue.version, NOW
    )
    comments.comment(desk.sari, issue, "Sudah ditelepon", NOW)
    fact, other = (facts.add(desk.sari, issue, draft(f"{n} rumah", figure=str(n)), NOW) for n in (42, 55))
    question = questions.ask(desk.sari, issue, questions.QuestionDraft(desk.health.pk, "Berapa pasien?", NOW + MORE, "Untuk rilis"), NOW)
    action = review_actions.add(desk.sari, issue, review_actions.ActionDraft("Latih piket", NOW.date(), desk.health.pk), NOW)
    issue.refresh_from_db()
    clock_services.begin(desk.sari, issue, clock_services.Event("id.at_once", NOW, "Laporan BPBD"), issue.version, NOW)
    waiting = asked(paper)
    written = paper.written()
    public = urgent(paper)
    statement_publishing.publish_in_emergency(desk.sari, public, "Air naik cepat", sight_of(public), NOW)
    return SimpleNamespace(
        paper=paper, desk=desk, issue=Issue.objects.get(pk=issue.pk), fact=fact, other=other, question=question, action=action,
        waiting=waiting, written=Statement.objects.get(pk=written.pk), public=Statement.objects.get(pk=public.pk),
    )  # fmt: skip


def forms(house, word):
    """Each form of the desk with free text: its address, who sends it, and what is sent."""
    at, later = "2025-11-27T07:00", "2025-11-27T10:30"
    issue, sari, version = house.issue.pk, house.desk.sari, {"version": house.issue.version}
    frame = {"level": "low", "cluster": "victim", "next_update": later, "contact": word}
    seen = {"number": 1, "text_hash": word, "step": step_of(house.waiting).pk}
    said = {"title": word, "summary": word, "kind": "event", "stance": "unclear", "due_note": word}
    fact = {"kind": "known", "as_of": at, "grade": "likely", "figure": "42", **dict.fromkeys(("text", "about", "source"), word)}
    return {
        "open_issue": ((), sari, {**said, "level": "low", "reason": word}),
        "change_issue": ((issue,), sari, {**said, **version, "due": later}),
        "move_issue": ((issue,), sari, {**version, "act": "watch", "until": later, "reason": word}),
        "set_issue_level": ((issue,), sari, {**version, "level": "low", "reason": word}),
        "decide_issue_truth": ((issue,), sari, {**version, "truth": "true", "reason": word, "evidence": word, "evidence_url": word}),
        "link_issue": ((issue,), sari, {"url": f"https://kota.example/{word}"}),
        "split_issue": ((issue,), sari, {**version, "title": word, "links": [one.pk for one in house.issue.links.all()[:1]]}),
        "merge_issue": ((issue,), sari, {**version, "other": Issue.objects.exclude(pk=issue).order_by("pk")[0].pk, "reason": word}),
        "comment_issue": ((issue,), sari, {"text": word}),
        "begin_clock": ((issue,), sari, {**version, "start": at, "reason": word}),
        "end_clock": ((issue, 1), sari, {"how": "done", "reason": word}),
        "note_review_lesson": ((issue,), sari, {"kind": "worked", "text": word}),
        "note_given_out": ((house.public.pk,), sari, {"channels": "other", "name": word}),
        "add_review_action": ((issue,), sari, {"text": word, "due": "2025-12-01", "owner": f"a-{house.desk.health.pk}", "template": word}),
        "withdraw_review_action": ((house.action.pk,), sari, {"version": house.action.version, "reason": word}),
        "add_fact": ((issue,), sari, {**fact, "owner": sari.pk}),
        "change_fact": ((issue, house.fact.pk), sari, {**fact, "owner": sari.pk, "version": 1}),
        "withdraw_fact": ((issue, house.fact.pk), sari, {"reason": word, "version": 1}),
        "settle_fact": ((issue, house.fact.pk), sari, {"reason": word, "holds": house.fact.pk, "seen": word}),
        "ask_agency": ((issue,), sari, {"whom": f"{house.desk.health.pk}-", "text": word, "context": word, "due": later}),
        "answer_question": ((house.question.pk,), sari, {"text": word, "grade": "likely"}),
        "withdraw_question": ((house.question.pk,), sari, {"reason": word, "version": house.question.version}),
        "begin_statement": ((issue,), sari, {**frame, "kind": "chat", "language": "id"}),
        "write_statement": ((house.written.pk,), sari, {**frame, "text": word, "version": house.written.version}),
        "fill_statement": ((house.written.pk,), sari, {"known": word, "event": word, "office": word, "version": house.written.version}),
        "decide_approval": ((house.waiting.pk,), house.paper.dewi, {**seen, "decision": "returned", "note": word}),
        "publish_statement": ((house.written.pk,), sari, {**seen, "reason": word}),
        "withdraw_statement": ((house.written.pk,), sari, {"reason": word, "version": house.written.version}),
        "review_publication": ((house.public.pk,), house.paper.dewi, {"outcome": "sound", "note": word}),
        "correct_statement": ((house.public.pk,), sari, {"wrong": word}),
        "doubt_publication": ((house.public.pk,), sari, {**version, "start": at, "reason": word}),
    }  # fmt: skip


def pages(house):
    """Every page on which a text of the desk can stand, by who reads it: colleagues, the auditor, a stranger."""
    issue, room = house.issue.pk, house.desk.office.slug
    own = [
        "/issues/", "/issues/?wall", "/issues/?of=me", "/issues/?state=open", "/issues/?state=closed", "/issues/questions/",
        "/statements/", f"/issues/{issue}/", f"/issues/{issue}/change/", f"/issues/{issue}/review/", f"/issues/{issue}/ask/",
        f"/issues/{issue}/statements/new/", f"/issues/{issue}/facts/add/", f"/issues/questions/{house.question.pk}/",
        *(f"/issues/{one.pk}/" for one in Issue.objects.exclude(pk=issue)),
        *(f"/issues/{issue}/facts/{house.fact.pk}/{end}" for end in ("", "change/", "withdraw/", "settle/")),
    ]  # fmt: skip
    for found in Statement.objects.all():
        own += [
            f"/statements/{found.pk}/{end}" for end in ("", "write/", "fill/", "decide/", "ask/", "publish/", "versions/1/", "sentences/1/")
        ]
    own += [f"/statements/{house.public.pk}/{end}" for end in ("publication/", "echo/")]
    record = ["/record/", f"/record/published/{house.public.pk}/"]
    slugs = Publication.objects.values_list("slug", flat=True)
    news = ["", *("feed.atom", "feed.rss", "sitemap.xml", "subscribe/", "?q=img"), *(f"{slug}/" for slug in slugs)]
    return [
        *((client_of(house.desk.sari), one) for one in own),
        *((client_of(house.paper.dewi), f"/statements/{house.waiting.pk}/decide/") for _ in range(1)),
        *((client_of(house.desk.auditor), one) for one in record),
        *((Client(), f"/o/{room}/news/{one}") for one in news),
        (Client(), f"/o/{room}/"),
    ]


def raw_on(house):
    """Every page that shows hostile words raw, and how many pages answered."""
    found, answered = [], 0
    for client, path in pages(house):
        answer = client.get(path, follow=True)
        answered += answer.status_code == 200
        if RAW.search(answer.content.decode("utf-8", "replace")):
            found.append(path)
    return found, answered


def test_every_address_of_the_desk_with_free_text_is_among_those_typed_into(house):
    named = {one.name for one in (*urls.urlpatterns, *question_urls.urlpatterns)}
    assert set(forms(house, "x")) | UNTYPED == named
    assert not set(forms(house, "x")) & UNTYPED


@pytest.mark.parametrize("word", HOSTILE)
def test_typed_into_any_form_it_comes_back_and_stands_on_every_page_as_words(house, word):
    wrong = []
    for name, (arguments, person, sent) in forms(house, word).items():
        point = transaction.savepoint()
        answer = client_of(person).post(reverse(name, args=arguments), sent, follow=True)
        if RAW.search(answer.content.decode()) or answer.status_code >= 500:
            wrong.append((name, answer.status_code))
        transaction.savepoint_rollback(point)
    assert wrong == []


def test_what_no_rule_refuses_is_kept_and_shown_as_words(house):
    word, kept = HOSTILE[-1], []
    for name in sorted(forms(house, word), key=lambda one: one == "merge_issue"):
        house.issue.refresh_from_db()
        arguments, person, sent = forms(house, word)[name]
        answer = client_of(person).post(reverse(name, args=arguments), sent)
        kept += [name] if answer.status_code == 302 else []
    assert {"open_issue", "set_issue_level", "comment_issue", "add_fact", "write_statement", "correct_statement"} <= set(kept), kept
    found, answered = raw_on(house)
    assert found == []
    assert answered >= 30


CODES = {
    "text_hash", "slug", "key", "digest", "reply_digest", "nonce", "mark", "cursor", "topic", "level", "suggested", "section", "why",
    "lost", "outcome", "version", "source_kind", "address", "language", "code", "state",
}  # fmt: skip
"""Fields that hold codes and never words."""


def poison(word):
    """Every text of every row of the desk, and the names it shows, whatever wrote them. Gives the fields that were."""
    shown = [
        (Agency, "name"),
        (Agency, "short"),
        (User, "first_name"),
        (Office, "name"),
        (Place, "name"),
        (Story, "headline"),
        (Article, "title"),
    ]
    for model in apps.get_app_config("desk").get_models():
        texts = [one for one in model._meta.fields if isinstance(one, models.CharField | models.TextField) and not one.choices]
        shown += [(model, one.name) for one in texts if one.name not in CODES]
    done = set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, name in shown:
            for row in model.objects.exclude(**{name: ""}):
                field = model._meta.get_field(name)
                text = (
                    f"{row.pk}{word}"[: field.max_length or None] if not isinstance(field, models.URLField) else f"https://a.example/{word}"
                )
                model.objects.filter(pk=row.pk).update(**{name: text})
                done.add((model.__name__, name))
        cursor.execute("SET LOCAL session_replication_role = origin")
    return done


@pytest.mark.parametrize("word", HOSTILE[:3])
def test_whatever_stands_in_the_database_every_page_shows_as_words(house, word):
    done = poison(word)
    assert {"Issue", "IssueNote", "Fact", "FactVersion", "AgencyQuestion", "ReviewAction", "Sentence", "StatementVersion"} <= {
        one for one, _ in done
    }
    found, answered = raw_on(house)
    assert found == []
    assert answered >= 30


def test_what_is_no_page_is_told_to_be_none(house):
    poison(HOSTILE[0])
    for path, kind in (
        (f"/o/{house.desk.office.slug}/news/feed.json", "application/feed+json"),
        (f"/statements/{house.public.pk}/publication/?as=text", "text/plain"),
    ):
        answer = client_of(house.desk.sari).get(path)
        assert answer["Content-Type"].startswith(kind)
        assert answer["X-Content-Type-Options"] == "nosniff"
