"""Errors of the API as problem+json (RFC 9457): what is wrong with which field, and what to do, in the language that was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.people.versions import ConflictError

CONTENT_TYPE = "application/problem+json"


class Wrong(Schema):
    """One thing that is wrong: the field it is about (empty: the request as a whole) and the remedy."""

    field: str
    remedy: str


class Problem(Schema):
    """Why a request was not done. `detail` is a sentence for a person, `errors` names every field."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong]


class RequestError(Exception):
    """A request that ends here, with its status, sentence and headers; `more` are further members of the answer (RFC 9457, 3.2)."""

    def __init__(
        self, status: int, detail: str, *, field: str = "", headers: Mapping[str, str] | None = None, more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.headers, self.more = status, detail, field, dict(headers or {}), dict(more or {})


def problem(
    status: int, detail: str, errors: Iterable[tuple[str, str]] = (), headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """The answer. Without `errors` the sentence stands for the whole request."""
    wrong = [{"field": field, "remedy": remedy} for field, remedy in errors] or [{"field": "", "remedy": detail}]
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "errors": wrong, **(more or {})}
    answer = HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))
    answer["Cache-Control"] = "no-store"
    return answer


def status_of(error: KentonganError) -> int:
    """409 where somebody else was quicker, 422 for what cannot be read, 403 for what is not allowed, 503 for what is away."""
    if isinstance(error, ConflictError) or (isinstance(error, (InputError, RefusedError)) and error.subject == "version"):
        return 409
    if isinstance(error, InputError):
        return 422
    return 403 if isinstance(error, RefusedError) else 503


def connect(api: NinjaAPI) -> None:
    """Let every expected error of an operation become a problem. What is not expected stays an error of ours."""
    handlers: tuple[tuple[type[Exception], Any], ...] = (
        (RequestError, _request), (KentonganError, _ours), (ValidationError, _invalid), (Http404, _missing), (HttpError, _http),
    )  # fmt: skip
    for kind, handler in handlers:
        api.add_exception_handler(kind, cast(Any, handler))


def _request(request: HttpRequest, exc: RequestError) -> HttpResponse:
    return problem(exc.status, exc.detail, [(exc.field, exc.detail)], exc.headers, exc.more)


def _ours(request: HttpRequest, exc: KentonganError) -> HttpResponse:
    field = exc.subject if isinstance(exc, InputError) else ""
    return problem(status_of(exc), str(exc), [(field, str(exc))])


def _missing(request: HttpRequest, exc: Http404) -> HttpResponse:
    return problem(404, str(exc) or gettext("There is no such thing in your office."))


def _http(request: HttpRequest, exc: HttpError) -> HttpResponse:
    if exc.status_code == 400:
        return problem(422, gettext("The body is not JSON in UTF-8."), [("body", gettext("Send JSON in UTF-8."))])
    if exc.status_code == 401:
        return problem(401, gettext("Sign in, or send a token: “Authorization: Bearer …”."), headers={"WWW-Authenticate": "Bearer"})
    return problem(exc.status_code, str(exc))


def _invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    found = [(_field(one["loc"]), _remedy(one)) for one in exc.errors[:50]]
    return problem(422, " ".join(f"{field}: {remedy}" for field, remedy in found[:5]), found)


def _field(place: Sequence[Any]) -> str:
    """`("body", "draft", "reason")` as `reason`: the parameter's own name and what wraps the body are not the caller's words."""
    parts = [str(part) for part in place[1:]]
    if place and place[0] == "body" and len(parts) > 1:
        parts = parts[1:]
    return ".".join(parts)


def _remedy(one: Mapping[str, Any]) -> str:
    """A sentence for what pydantic found; its own words where there is none."""
    kind, given = str(one.get("type", "")), dict(one.get("ctx") or {})
    if kind == "missing":
        return gettext("This is needed.")
    if kind == "extra_forbidden":
        return gettext("There is no such field here. Leave it out.")
    if kind in {"literal_error", "enum"}:
        return gettext("Give one of: %(allowed)s.") % {"allowed": given.get("expected", "")}
    if kind in {"int_parsing", "int_type", "int_from_float"}:
        return gettext("Give a whole number.")
    if kind in {"string_type", "string_unicode"}:
        return gettext("Give a text.")
    if kind == "string_too_long":
        return gettext("Give at most %(n)s characters.") % {"n": given.get("max_length", "")}
    if kind in {"string_too_short", "too_short"}:
        return gettext("This must not be empty.")
    if kind in {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}:
        bound = next((value for name, value in given.items() if name in {"ge", "gt", "le", "lt"}), "")
        if isinstance(bound, date):
            return gettext("This time is out of bounds (%(bound)s).") % {"bound": bound.isoformat()}
        return gettext("This number is out of bounds (%(bound)s).") % {"bound": bound}
    if kind == "string_pattern_mismatch":
        return gettext("This is not in the form that is expected here.")
    if kind.startswith(("datetime", "timezone", "date")):
        return gettext("Give the time with its zone, as in 2026-11-22T07:30:00+07:00.")
    return gettext("This cannot be used here: %(words)s.") % {"words": str(one.get("msg", "")).rstrip(".")}
