"""The API of the office: one place where its rooms are joined. Its description is at `/api/v1/openapi.json`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from ninja import NinjaAPI

from kentongan.office.api import (
    accuracy,
    agency_questions,
    ahead,
    alerts,
    briefings,
    claims,
    clocks,
    echoes,
    exports,
    facts,
    feeds,
    issues_acts,
    lists,
    people_acts,
    problems,
    programs_acts,
    publications,
    record,
    recorded,
    register_acts,
    reviews,
    running,
    signals,
    sources,
    statements_acts,
    stories,
    tones,
    topics,
)

VERSION = "1"


class OfficeAPI(NinjaAPI):
    """Adds to every answer its ETag, and to the description what problems look like."""

    def create_response(self, request: HttpRequest, data: Any, *, status: int | None = None, temporal_response: Any = None) -> HttpResponse:
        """The answer with an ETag made of its content; 304 where the program has it already.

        An operation whose answer carries the moment says in `request.same_while` what counts besides.
        """
        response = super().create_response(request, data, status=status, temporal_response=temporal_response)
        if request.method != "GET" or response.status_code != 200 or getattr(request, "user", None) is None:
            return response
        response["Vary"] = "Authorization, Cookie, Accept-Language"
        response["Cache-Control"] = "private, no-cache"
        seed = f"{get_language()}{request.same_while}".encode() if hasattr(request, "same_while") else response.content
        # weak: the answer may be compressed on its way
        response["ETag"] = f'W/"{hashlib.sha256(seed).hexdigest()[:32]}"'
        return get_conditional_response(request, etag=response["ETag"], response=response)  # type: ignore[return-value]

    @cached_property
    def described(self) -> dict[str, Any]:
        """The description, which never changes. Everybody may ask for it and it takes a second to make, so it is made once."""
        schema = super().get_openapi_schema()
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {problems.CONTENT_TYPE: answer["content"].pop("application/json")}
                if method == "get":
                    operation["responses"].setdefault(304, {"description": "Not Modified"})
        return schema

    def get_openapi_schema(self, **_: Any) -> Any:
        """See `described`."""
        return self.described


api = OfficeAPI(
    title="Kentongan",
    version=VERSION,
    urls_namespace="api",
    docs_url=None,
    description="What the screens of an office show, and what people decide there, for programs. See docs/how-to/api.md.",
)
problems.connect(api)
for _tag, _router in (
    ("stories", stories.router),
    ("signals", signals.router),
    ("alerts", alerts.router),
    ("briefings", briefings.router),
    ("claims", claims.router),
    ("issues", issues_acts.router),
    ("issues", reviews.router),
    ("issues", clocks.router),
    ("issues", agency_questions.router),
    ("facts", facts.router),
    ("statements", statements_acts.router),
    ("statements", publications.router),
    ("statements", echoes.router),
    ("tones", tones.router),
    ("accuracy", accuracy.router),
    ("sources", sources.router),
    ("register", register_acts.router),
    ("stories", ahead.router),
    ("sources", lists.router),
    ("register", topics.router),
    ("accuracy", recorded.router),
    ("people", people_acts.router),
    ("running", running.router),
    ("programs", programs_acts.router),
    ("record", record.router),
    ("exports", exports.router),
    ("feeds", feeds.router),
):
    api.add_router("", _router, tags=[_tag])


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, for tests and the reference: `right` is what its person needs, `scope` what its token needs."""

    id: str
    method: str
    path: str
    scope: str
    right: str
    summary: str
    tag: str


def operations() -> Iterator[Operation]:
    """Every operation of the API, in the order of the description."""
    for path, methods in api.described["paths"].items():
        for method, said in methods.items():
            summary = str(said.get("description", said["summary"])).strip().splitlines()[0]
            yield Operation(said["operationId"], method.upper(), path, said["x-scope"], said["x-right"], summary, said["tags"][0])
