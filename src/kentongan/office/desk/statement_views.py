"""The pages of statements: beginning one, the statement with what the engine finds in it, writing, one sentence, one version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kentongan.engine.alignment import Former, TooMuch, align
from kentongan.engine.statement_records import Finding
from kentongan.engine.statement_templates import slots
from kentongan.errors import KentonganError
from kentongan.office.desk import (
    evidence,
    given_out,
    queries,
    statement_approval,
    statement_checking,
    statement_diff,
    statement_forms,
    statement_moves,
    statement_prefill,
    statement_queries,
    statement_saying,
    statement_services,
    statement_telling,
    statement_verdicts,
)
from kentongan.office.desk.forms import Plain
from kentongan.office.desk.models import ApprovalStep, Issue, Sentence, Statement
from kentongan.office.desk.statement_verdicts import Rest, Told
from kentongan.office.desk.statement_words import FIELDS, history_of
from kentongan.office.desk.views import ROOM, issue_or_404
from kentongan.office.listening import claims_pages
from kentongan.office.people.doors import office_of, room, say_at_field
from kentongan.office.people.forms import offered
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError

LONGEST_LIVE = 12_000
"""Characters up to which a text is looked through while somebody types: some eighty sentences. A longer one when they ask for it."""


def statement_or_404(request: OfficeRequest, pk: int) -> Statement:
    """One statement, where the person may see its issue: any other is answered as one that does not exist."""
    found = statement_queries.get_statement(request.user, pk)
    if found is None:
        raise Http404(gettext("There is no such statement in your office."))
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence as the page shows it: with its section in words, what is wrong with it, and what it rests on or rested on."""

    sentence: Sentence
    section: str
    blocks: list[str]
    warns: list[str]
    rests: list[Rest]
    gone: int
    verdict: Told | None = None

    @property
    def fresh(self) -> int:
        """How much of an edited sentence is new, in percent; 0 for one that is all new, or as it was."""
        ratio = self.sentence.edit_ratio
        return round(100 * ratio) if 0 < ratio < 1 else 0


def rows_of(sentences: list[Sentence], checked: statement_checking.Checked) -> list[Row]:
    """Every sentence with what belongs beside it."""
    return [_row(one, checked) for one in sentences]


def _row(one: Sentence, checked: statement_checking.Checked) -> Row:
    blocks, warns = split(checked.of(one.key))
    held = checked.held.get(one.key)
    rests = statement_verdicts.rests_of(one.evidence, checked.passages, held)
    section = statement_saying.section(one.section) if one.section else ""
    return Row(one, section, blocks, warns, rests, len(one.evidence) - len(rests), statement_verdicts.told(held))


def split(findings: list[Finding]) -> tuple[list[str], list[str]]:
    """What blocks and what only warns, in words."""
    blocks = [statement_saying.said(one) for one in findings if one.weight == "blocks"]
    return blocks, [statement_saying.said(one) for one in findings if one.weight == "warns"]


def answering(request: OfficeRequest, answered: statement_queries.Answered | None) -> dict[str, Any]:
    """What stands before an answer to a claim: how far it has gone, and the form to watch it first, for whoever may."""
    form = claims_pages.WatchForm(now=request.now, auto_id="watch_%s") if answered is not None and request.user.may_decide else None
    return {"answered": answered, "watch_form": form}


# Beginning


@room("statements.write")
def begin_statement(request: OfficeRequest, pk: int) -> HttpResponse:
    """Which paper, in which language; what is ticked brings the engine's suggestion, a person chooses."""
    issue = issue_or_404(request, pk)
    office = office_of(request)
    initial = {
        "kind": "holding", "language": office.language, "level": issue.level, "contact": office.contact, "cluster": "victim",
        "next_update": offered(request.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)),
    }  # fmt: skip
    form = statement_forms.BeginForm(request.POST if request.method == "POST" else None, initial=initial)
    suggestion, status = None, 200
    if request.method == "POST" and form.is_valid():
        frame, data = form.frame(), form.cleaned_data
        if "look" in request.POST:
            suggestion = statement_services.suggestion_of(frame.signs)
        else:
            try:
                made = statement_services.begin(request.user, issue, data["kind"], data["language"], frame, request.now)
            except KentonganError as error:
                say_at_field(form, error)
            else:
                return redirect("write_statement" if request.POST.get("start") == "empty" else "fill_statement", made.pk)
    if form.errors:
        status = 422
    before = answering(request, statement_queries.get_answered(issue, request.now))
    context = {"issue": issue, "form": form, **_suggested(suggestion), **before}
    return render(request, "desk/statements/begin.html", {**ROOM, **context}, status=status)


def _suggested(suggestion: Any) -> dict[str, Any]:
    if suggestion is None:
        return {}
    return {"suggested": statement_saying.suggested(suggestion), "reasons": statement_saying.reasons(suggestion)}


# The statement


@room("issues.read")
@require_GET
def statement(request: OfficeRequest, pk: int) -> HttpResponse:
    """One statement: its text, beside each sentence what is wrong with it and what it rests on, and what was done."""
    return statement_page(request, statement_or_404(request, pk))


def statement_page(request: OfficeRequest, found: Statement, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a statement; `more` holds forms that were filled in wrongly."""
    last = statement_queries.get_last(found)
    sentences = statement_queries.sentences_of(last)
    checked = statement_checking.check(found, sentences, request.now)
    blocks, warns = split(checked.whole) if sentences else ([], [])
    context = {
        "statement": found, "issue": found.issue, "last": last, "rows": rows_of(sentences, checked), "blocks": blocks, "warns": warns,
        "open": len(checked.blocking) if sentences else 0, "history": history_of(found), "versions": statement_queries.get_versions(found),
        **_standing(request, found), **answering(request, checked.answered),
        "suggested": statement_saying.suggested(statement_services.suggestion_of(found.signs)),
    }  # fmt: skip
    return render(request, "desk/statements/statement.html", {**ROOM, **context, **more}, status=status)


def refused(request: OfficeRequest, found: Statement, error: KentonganError, name: str, form: Plain) -> HttpResponse:
    """What a form of the statement's page asked for was refused: said at its field with what was typed, or above the page."""
    if error.subject not in form.fields:
        messages.error(request, str(error))
        return redirect("statement", found.pk)
    say_at_field(form, error)
    return statement_page(request, found, 422, **{name: form})


def _standing(request: OfficeRequest, found: Statement) -> dict[str, Any]:
    """How far its approval is, and what this person can do."""
    asked = statement_approval.open_request(found)
    rows = asked.steps.all() if asked is not None else ()
    silent = statement_telling.get_silent(rows)
    steps = [Asked(one, statement_saying.lost(one), silent[one.pk]) for one in rows]
    mine = statement_approval.step_of(asked, request.user)
    may_write = request.user.may("statements.write")
    return {
        "asked": asked, "steps": steps, "to_decide": mine is not None and request.user.may("statements.approve"), "may_write": may_write,
        "writes": may_write and statement_moves.may_be_written(found.state),
        **_published(request, found),
        "writable": found.state not in statement_moves.SETTLED,
        "askable": may_write and (found.state, "ask") in statement_moves.LEGAL,
        "withdraw_form": statement_forms.WithdrawForm(initial={"version": found.version}, auto_id="withdraw_%s")
        if may_write and (found.state, "withdraw") in statement_moves.LEGAL else None,
    }  # fmt: skip


def _published(request: OfficeRequest, found: Statement) -> dict[str, Any]:
    """That it was published, whether it waits for a review, and whether this person may publish it."""
    made = statement_queries.get_publication(found)
    waits = made is not None and made.review_due is not None and not made.review and made.by_id != request.user.pk
    reviewable = waits and request.user.may("statements.approve")
    may = request.user.may("statements.publish")
    given, withdrawn = given_out.get_of(found) if made is not None else [], found.state == Statement.State.WITHDRAWN
    return {
        "made": made, "publishable": may and (found.state, "publish") in statement_moves.LEGAL,
        "emergency": may and (found.state, "emergency") in statement_moves.LEGAL,
        "correct_form": statement_forms.CorrectForm(auto_id="correct_%s")
        if found.state == Statement.State.PUBLISHED and request.user.may("statements.write") else None,
        "correction": statement_queries.get_correction(found) if made is not None else None,
        "given": given, "ears": given_out.get_ears(found, []) if made is None else [],
        "untold": [one for one in given_out.get_ears(found, given) if one.told is None] if made is not None and withdrawn else [],
        "review_form": statement_forms.ReviewForm(auto_id="review_%s") if reviewable else None,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A step of the open request, why nobody took it over, where nobody did, and who was asked first or until now."""

    step: ApprovalStep
    lost: str
    silent: str


@room("issues.read")
@require_GET
def statement_version(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    """One version: what it changed of the one before."""
    found = statement_or_404(request, pk)
    version = statement_queries.get_version(found, number)
    if version is None:
        raise Http404(gettext("There is no such version."))
    before = statement_queries.get_version(found, number - 1)
    changes = statement_diff.between(statement_queries.formers_of(before), statement_queries.formers_of(version))
    context = {"statement": found, "issue": found.issue, "version": version, "before": before, "changes": changes}
    return render(request, "desk/statements/version.html", {**ROOM, **context})


# Writing


@room("statements.write")
def write_statement(request: OfficeRequest, pk: int) -> HttpResponse:
    """The text as one field, one sentence a line; where somebody else was quicker, both versions stand there with what differs."""
    found = statement_or_404(request, pk)
    last = statement_queries.get_last(found)
    initial = {**statement_services.stored_of(found, last), "version": found.version}
    if request.method == "POST" and "check" in request.POST:
        return _checked_as_typed(request, found, initial)
    form = statement_forms.WriteForm(request.POST if request.method == "POST" else None, initial=initial)
    conflict, changes, status = None, None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                statement_services.write(request.user, found, data["text"], form.frame(), _seen(form), request.now)
            except ConflictError as error:
                form.add_error(None, str(error))
                conflict, changes, status = _both(form, error), _changes(found, data["text"]), 409
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data["version"] = str(error.version)  # type: ignore[index]
            except KentonganError as error:
                say_at_field(form, error)
            else:
                messages.success(request, gettext("Kept."))
                return redirect("statement", pk)
    context = {
        "statement": found, "issue": found.issue, "form": form, "conflict": conflict, "changes": changes,
        **_findings_of(request, found, statement_queries.sentences_of(last)),
    }  # fmt: skip
    return render(request, "desk/statements/write.html", {**ROOM, **context}, status=status)


def _checked_as_typed(request: OfficeRequest, found: Statement, initial: dict[str, Any]) -> HttpResponse:
    """What the engine finds in what is typed, beside it; nothing is kept. While somebody types, the findings alone, of a shorter text."""
    limited = consume_or_429(request, action="check_statement", user=request.user)
    if limited is not None:
        return limited
    text, live = request.POST.get("text", ""), "HX-Request" in request.headers
    context: dict[str, Any] = {"statement": found, "issue": found.issue}
    if live and len(text) > LONGEST_LIVE:
        return render(request, "desk/statements/_findings.html", {**context, "too_long": True})
    try:
        sentences, wrong = statement_services.typed(found, text), ""
    except KentonganError as error:
        sentences, wrong = [], str(error)
    context |= {**_findings_of(request, found, sentences), "wrong": wrong}
    if live:
        return render(request, "desk/statements/_findings.html", context)
    form = statement_forms.WriteForm(request.POST, initial=initial)
    return render(request, "desk/statements/write.html", {**ROOM, **context, "form": form})


def _findings_of(request: OfficeRequest, found: Statement, sentences: list[Sentence]) -> dict[str, Any]:
    """What stands beside a text that is written. Twelve queries at most."""
    if not sentences:
        return {"found_in": [], "open": 0}
    checked = statement_checking.check(found, sentences, request.now)
    return {"found_in": rows_of(sentences, checked), "open": len(checked.blocking)}


def _seen(form: statement_forms.Plain) -> int:
    """The version the person saw; one that never was where they did not say."""
    typed = form.cleaned_data.get("version")
    return typed if isinstance(typed, int) else -1


def _both(form: statement_forms.WriteForm, error: ConflictError) -> list[tuple[str, str, str]]:
    """Each field of the frame that differs: its label, what stands there now, what was typed."""
    typed = form.frame()
    return [
        (str(form[name].label), form.shown(name, value), form.shown(name, getattr(typed, name)))
        for name, value in error.stored.items()
        if name != "text" and value != getattr(typed, name)
    ]


def _changes(found: Statement, typed: str) -> list[statement_diff.Change]:
    """What was typed against what stands there now, sentence by sentence; nothing where what was typed is no statement."""
    stored = statement_queries.formers_of(statement_queries.get_last(found))
    try:
        mine = align(stored, typed, used=statement_queries.get_keys(found))
    except TooMuch:
        return []
    return statement_diff.between(stored, [Former(one.id, one.text) for one in mine.sentences])


@room("statements.write")
def fill_statement(request: OfficeRequest, pk: int) -> HttpResponse:
    """What the template asks for, field by field; where somebody else was quicker, what is typed stands beside the text as it is now."""
    found = statement_or_404(request, pk)
    form = _fill_form(request, found, request.POST if request.method == "POST" else None)
    more: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _made, missing = statement_services.fill_in(request.user, found, form.values(), _seen(form), request.now)
            except ConflictError as error:
                status, found = 409, statement_or_404(request, pk)
                form = _fill_form(request, found, _again(request, version=error.version))
                more = _against(request, found, form)
                form.add_error(None, str(error))
            except KentonganError as error:
                say_at_field(form, error)
            else:
                names = statement_services.slot_names(found)
                said = gettext("Kept. Still to be filled in: %(names)s.") % {"names": ", ".join(names[one] for one in missing)}
                messages.success(request, said if missing else gettext("Kept."))
                return redirect("statement", pk)
    context = {"statement": found, "issue": found.issue, "form": form, "begun": statement_queries.get_last(found) is not None}
    return render(request, "desk/statements/fill.html", {**ROOM, **context, **more}, status=status)


def _fill_form(request: OfficeRequest, found: Statement, data: QueryDict | None) -> statement_forms.FillForm:
    initial = {**statement_prefill.first_words(found, request.now), "version": found.version}
    return statement_forms.FillForm(data, statement=found, initial=initial)


def _again(request: OfficeRequest, **known: object) -> QueryDict:
    """What was typed, with what whoever typed it knows now."""
    data = request.POST.copy()
    for name, value in known.items():
        data[name] = str(value)
    return data


def _against(request: OfficeRequest, found: Statement, form: statement_forms.FillForm) -> dict[str, Any]:
    """What the template makes of what was typed against the text as it is now, and what was typed for what it does not ask any more."""
    gone = [
        (capfirst(slots()[name].name[found.language]), "–", words)
        for name, words in request.POST.items() if name in slots() and name not in form.fields and words
    ]  # fmt: skip
    if not form.is_valid():
        return {"conflict": gone}
    try:
        filled = statement_services.filled_with(found, form.values())
    except KentonganError as error:
        say_at_field(form, error)
        return {"conflict": gone}
    return {"conflict": gone, "changes": _changes(found, "\n".join(line.text for line in filled.lines))}


@room("statements.write")
def statement_sentence(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    """One sentence: what it is there for, and what it rests on; where somebody else was quicker, how it is now stands beside what was
    chosen, also where it is not there any more."""
    found, key = statement_or_404(request, pk), f"s{number}"
    mine = _sentence(found, key) or (statement_queries.get_former(found, key) if request.method == "POST" else None)
    if mine is None:
        raise Http404(gettext("This sentence is not in the statement any more."))
    form = _sentence_form(request, found, mine, request.POST if request.method == "POST" else None)
    conflict, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            proofs = tuple(data.get("evidence", ()))
            try:
                statement_services.settle_sentence(request.user, found, key, data["section"], proofs, _seen(form), request.now, form.mark())
            except ConflictError as error:
                status, found = 409, statement_or_404(request, pk)
                now = _sentence(found, key)
                mine = now or mine
                form = _sentence_form(request, found, mine, _again(request, version=error.version, seen=mine.text))
                conflict = _both_of_sentence(form, now, data["seen"] or mine.text)
                form.add_error(None, str(error))
            except KentonganError as error:
                say_at_field(form, error)
            else:
                messages.success(request, gettext("Kept."))
                return redirect("statement", pk)
    row = _looked_at(request, found, mine)
    context = {
        "statement": found, "issue": found.issue, "form": form, "sentence": mine, "offered": form.offered, "conflict": conflict, "one": row,
    }  # fmt: skip
    return render(request, "desk/statements/sentence.html", {**ROOM, **context}, status=status)


def _looked_at(request: OfficeRequest, found: Statement, mine: Sentence) -> Row:
    """The sentence with what is found in it, as it stands."""
    last = statement_queries.sentences_of(statement_queries.get_last(found))
    checked = statement_checking.check(found, last if any(one.key == mine.key for one in last) else [mine], request.now)
    return _row(mine, checked)


def _sentence(found: Statement, key: str) -> Sentence | None:
    """A sentence of the last version."""
    return next((one for one in statement_queries.sentences_of(statement_queries.get_last(found)) if one.key == key), None)


def _sentence_form(request: OfficeRequest, found: Statement, mine: Sentence, data: QueryDict | None) -> statement_forms.SentenceForm:
    offered = _offered(found, mine, queries.get_parts(found.issue), request.now)
    sayers = statement_services.may_say(found)
    initial = {"section": mine.section, "evidence": mine.evidence, "said_as": mine.said_as, "version": found.version, "seen": mine.text}
    whose = (str(pk or statement_forms.OF_THE_OFFICE) for pk, name in sayers if mine.said_as and name == mine.said_by)
    initial["said_by"] = next(whose, "")
    return statement_forms.SentenceForm(data, sentence=mine, offered=offered, sayers=sayers, initial=initial)


def _both_of_sentence(form: statement_forms.SentenceForm, now: Sentence | None, seen: str) -> list[tuple[str, str, str]]:
    """What differs of a sentence: its label, how it is now (a dash where it is not there any more), what was seen or chosen."""
    data = form.data
    typed = {"section": data.get("section", ""), "evidence": tuple(sorted(data.getlist("evidence")))}  # type: ignore[attr-defined]
    stored = {"section": now.section, "evidence": tuple(sorted(now.evidence))} if now is not None else {"section": "", "evidence": ()}
    text = now.text if now is not None else "–"
    rows = [(str(FIELDS["text"]), text, seen)] if text != seen else []
    return rows + [
        (str(FIELDS[name]), form.shown(name, value), form.shown(name, typed[name]))
        for name, value in stored.items() if name in form.fields and value != typed[name]
    ]  # fmt: skip


def _offered(found: Statement, mine: Sentence, parts: list[Issue], now: datetime) -> list[evidence.Passage]:
    """What the sentence rests on already, then what else it could rest on."""
    rests = evidence.get_passages(found.issue, mine.evidence, now)
    return [*rests.values(), *(one for one in evidence.get_offered(found.issue, parts, now) if one.id not in rests)]
