"""The pages of the office's list of topics: what counts, and changing it with a look at what would move."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kentongan.engine.topics import Kind, Lists
from kentongan.engine.topics_reading import LONGEST, Unfit
from kentongan.errors import InputError, KentonganError
from kentongan.office.listening import presenting, topic_lists, topic_lists_looking, topics_used
from kentongan.office.listening.presenting import LANGUAGE_WORDS, Words
from kentongan.office.listening.register import need, one_sentence
from kentongan.office.listening.topic_lists import Checked, ListError
from kentongan.office.listening.topic_lists_looking import Preview
from kentongan.office.listening.views import attempt, office_of, room
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError

MOST_BYTES = 4 * LONGEST


class TopicsForm(forms.Form):
    """A list of topics: a file, or the text itself.

    `seen` is the list that counted when the page was opened, `looked` the digest of the text whose effect was shown.
    """

    file = forms.FileField(label=_("A file (YAML), in place of the text below"), required=False)
    text = forms.CharField(
        label=_("The list"), strip=False, required=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "wrap": "off", "autocomplete": "off"}),
    )  # fmt: skip
    no_person = forms.BooleanField(label=_("None of these words is the name of a person"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    looked = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, doubts: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        if not doubts:
            del self.fields["no_person"]


@dataclass(frozen=True, slots=True)
class Row:
    """A topic with its words, one text for each language that is shown."""

    code: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The topics of a kind: the languages that are shown, and a row for each topic."""

    languages: tuple[tuple[str, Words], ...]
    rows: tuple[Row, ...]


def table(lists: Lists, kind: Kind) -> Table:
    """A kind of topics as a table; a language nothing is written in has no column."""
    found = lists.words(kind)
    used = [one for one in LANGUAGE_WORDS if any(words.get(one) for words in found.values())]
    name = presenting.topic if kind == "services" else presenting.aspect
    rows = (Row(code, name(code), tuple(", ".join(words.get(one, ())) for one in used)) for code, words in found.items())
    return Table(tuple((one, LANGUAGE_WORDS[one]) for one in used), tuple(rows))


@room
@require_GET
def topic_list(request: OfficeRequest) -> HttpResponse:
    """The list in force: each topic with its words, what is hidden, and the versions there were."""
    need(request, "listening.read")
    office = office_of(request)
    row, lists = topics_used.in_force(office.pk), topics_used.here()
    context = {
        "room": "office",
        "row": row,
        "head": _head(row is not None, len(lists.topics("services"))),
        "services": table(lists, "services"),
        "aspects": table(lists, "aspects"),
        "hidden": [(LANGUAGE_WORDS[one], ", ".join(words)) for one, words in lists.hidden.items() if words],
        "versions": topics_used.get_versions(office),
        "may_change": request.user.may("topics.change"),
    }
    return render(request, "listening/topics.html", context)


def _head(own: bool, n: int) -> str:
    ours = ngettext("The built-in list of topics counts: %(n)s area", "The built-in list of topics counts: %(n)s areas", n)
    theirs = ngettext("Your office's own list of topics counts: %(n)s area", "Your office's own list of topics counts: %(n)s areas", n)
    return (theirs if own else ours) % {"n": presenting.number(n)}


@room
@require_GET
def download_topics(request: OfficeRequest) -> HttpResponse:
    """A list as it was written: what counts, or that of a number (0: of the program)."""
    need(request, "listening.read")
    office, asked = office_of(request), request.GET.get("number", "")
    text = topics_used.get_text(office, int(asked) if asked.isdecimal() and len(asked) < 10 else None)
    if text is None:
        raise Http404(gettext("There is no such list in your office."))
    return HttpResponse(
        text, content_type="text/yaml; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{office.slug}-topics.yaml"'}
    )


@room
@require_http_methods(["GET", "POST"])
def change_topics(request: OfficeRequest) -> HttpResponse:
    """Write another list, look at what would move, save it. Nothing is saved whose effect was not shown."""
    need(request, "topics.change")
    office = office_of(request)
    if request.method == "GET":
        initial = {"text": topics_used.get_text(office), "seen": topics_used.number_of(office.pk)}
        return _form_page(request, TopicsForm(initial=initial))
    sent, form = request.POST.copy(), TopicsForm(request.POST, request.FILES)
    checked: Checked | None = None
    try:
        if form.is_valid():
            text = _written(form)
            shown = hashlib.sha256(text.encode()).hexdigest()
            if "look" not in sent and form.cleaned_data["looked"] == shown:
                topic_lists.save(request.user, text, form.cleaned_data["seen"], request.now, no_person="no_person" in sent)
                messages.success(
                    request, gettext("Saved. What was heard is read again by this list; until then stories stand as they were.")
                )
                return redirect("topics")
            checked = topic_lists.check(request.user, office, text, request.now)
            sent["text"], sent["looked"] = text, shown
            seen = topic_lists_looking.preview(office, topics_used.here(), checked.lists, request.now)
            return _form_page(request, TopicsForm(sent, doubts=bool(checked.doubts)), checked, seen)
    except KentonganError as error:
        form = TopicsForm(_with_text(sent, form), doubts=error.subject == "no_person")
        one_sentence(error, form)
        wrong = _line(form, error.line) if isinstance(error, ListError) else None
        return _form_page(request, form, checked, wrong=wrong, status=409 if isinstance(error, ConflictError) else 422)
    return _form_page(request, form)


def _written(form: TopicsForm) -> str:
    """The file's text where one was given, else what stands in the field."""
    given: UploadedFile | None = form.cleaned_data["file"]
    if given is None:
        return str(form.cleaned_data["text"]).replace("\r\n", "\n")
    if (given.size or 0) > MOST_BYTES:
        raise ListError(Unfit("long"))
    try:
        return given.read().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(gettext("The file is not written in UTF-8. Save it so and choose it again."), subject="file") from error


def _with_text(sent: QueryDict, form: TopicsForm) -> QueryDict:
    """What was sent, with the text of the file in the field, so that it can be put right there."""
    given: UploadedFile | None = form.cleaned_data.get("file")
    if given is not None and (given.size or 0) <= MOST_BYTES:
        given.seek(0)
        sent["text"] = given.read().decode("utf-8-sig", errors="replace")
    return sent


def _line(form: TopicsForm, line: int) -> tuple[int, str] | None:
    """The line that is wrong, as it stands."""
    lines = str(form.data.get("text", "")).replace("\r\n", "\n").split("\n")
    return (line, lines[line - 1][:200]) if 1 <= line <= len(lines) else None


def _form_page(
    request: OfficeRequest, form: TopicsForm, checked: Checked | None = None, seen: Preview | None = None,
    wrong: tuple[int, str] | None = None, status: int = 0,
) -> HttpResponse:  # fmt: skip
    names = checked.lists.names if checked is not None else {}
    context = {
        "room": "office",
        "form": form,
        "checked": checked,
        "seen": seen,
        "wrong": wrong,
        "finding": finding(seen) if seen is not None else "",
        "moves": [(_named(one.before, names), _named(one.after, names), one.n) for one in seen.moves] if seen is not None else [],
        "rows": [(_named(one.topic, names), one) for one in seen.topics] if seen is not None else [],
        "gone": [_named(one, names) for one in seen.gone] if seen is not None else [],
        "wide": [_named(one, names) for one in seen.wide] if seen is not None else [],
    }
    return render(request, "listening/topics_form.html", context, status=status or (422 if form.errors else 200))


def _named(code: str, names: Any) -> str:
    """A topic by the name it has in the list that is looked at, else by the one it has now; what has none says so."""
    if not code:
        return gettext("no topic")
    return names.get(code, {}).get(presenting.speech()) or presenting.topic(code)


def finding(seen: Preview) -> str:
    """What would change, as the first line of the page."""
    if not seen.looked:
        return gettext("Nothing was heard in the last 30 days, so nothing shows what would change")
    told = {"n": presenting.number(seen.moved), "of": presenting.number(seen.looked)}
    if not seen.moved:
        return gettext("No item of %(of)s would have another topic") % told
    return ngettext("%(n)s item of %(of)s would have another topic", "%(n)s items of %(of)s would have another topic", seen.moved) % told


@room
@require_POST
def take_back_topics(request: OfficeRequest) -> HttpResponse:
    """Let the list of the program count again."""
    need(request, "topics.change")
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    done = gettext("The built-in list counts again. The old one stays below under its number.")
    attempt(request, lambda: topic_lists.take_back(request.user, number, request.now), done)
    return redirect("topics")
