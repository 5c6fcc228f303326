"""Who passes into an operation: a program with a token, or a person's own browser session (with CSRF for acts).

A request with an Authorization header is judged by it alone, never by a session that comes along. The token's office is looked up outside
every scope; from then on only that office's rows exist. What a token may do is its scopes and its person's rights both.
"""

from __future__ import annotations

import time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from kentongan.office.api import services
from kentongan.office.api.models import Token
from kentongan.office.api.problems import Problem, RequestError
from kentongan.office.api.scopes import FEEDS
from kentongan.office.people import scope as scopes
from kentongan.office.people.backends import OfficeBackend
from kentongan.office.people.middleware import factor_is_missing
from kentongan.office.people.models import Office, User
from kentongan.office.people.requests import OfficeRequest

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MINUTE_S = 60
LONGEST_SECRET = 200


class TokenOrSession(HttpBearer):
    """Opens an operation to whoever has `scope` (tokens) and `right` (everybody)."""

    def __init__(self, scope: str, right: str, in_address: bool = False) -> None:
        super().__init__()
        self.scope, self.right, self.in_address = scope, right, in_address

    def __call__(self, request: HttpRequest) -> User:
        """The person; raises `RequestError` 401, 403 or 429."""
        asked = cast(OfficeRequest, request)
        header = asked.headers.get("Authorization", "")
        key = asked.GET.get("key", "") if self.in_address else ""
        if header or key:
            person = self._program(asked, header, key)
        elif asked.user.is_authenticated:
            if asked.method not in SAFE and check_csrf(asked):
                raise RequestError(403, gettext("The form of this session is missing: send its CSRF token, or use an API token."))
            person = asked.user
        else:
            raise unknown()
        if person.office_id is None:
            raise RequestError(403, gettext("You do not belong to an office yet."))
        if not person.may(self.right):
            raise RequestError(403, gettext("Your role does not allow this. Ask an administrator of your office."))
        return person

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Not asked: `__call__` does it all."""
        raise NotImplementedError

    def _program(self, request: OfficeRequest, header: str, key: str) -> User:
        way, _, secret = header.partition(" ")
        if header and way.lower() != "bearer":
            raise unknown()
        token, person = enter(request, secret.strip() if header else key)
        if not header and token.scopes != [FEEDS]:
            raise RequestError(403, gettext("Only a token for feeds alone may stand in an address: addresses are kept in many places."))
        if self.scope not in token.scopes:
            raise RequestError(403, gettext("This token lacks the scope “%(scope)s”.") % {"scope": self.scope})
        _limit(token, request)
        return person


def enter(request: OfficeRequest, secret: str) -> tuple[Token, User]:
    """The token and its person, who from now on is `request.user`, inside the scope of their office. Raises 401."""
    if not secret or len(secret) > LONGEST_SECRET:
        raise unknown()
    with scopes.everything():
        token = Token.objects.filter(digest=services.digest_of(secret), revoked=None, expires__gt=request.now).first()
        person = OfficeBackend().get_user(token.person_id) if token is not None else None
    if token is None or person is None or person.office is None or person.office_id != token.office_id:
        raise unknown()
    request.doors.enter_context(scopes.scope(token.office_id))
    request.user = person
    _surround(request, person.office, person)
    if factor_is_missing(person):
        raise RequestError(403, gettext("Your role needs a second factor. Set it up in the browser first."))
    return token, person


def unknown() -> RequestError:
    """Nobody we know: the same answer for no token, a wrong one, one that is over and one that was revoked."""
    said = gettext("Sign in, or send a token that is still good: “Authorization: Bearer …”.")
    return RequestError(401, said, headers={"WWW-Authenticate": 'Bearer realm="Kentongan"'})


def _surround(request: OfficeRequest, office: Office, person: User) -> None:
    """The office's local time; the person's language where the program asks for none."""
    request.doors.enter_context(timezone.override(ZoneInfo(office.time_zone)))
    wanted = person.language or office.language
    if not request.headers.get("Accept-Language") and wanted in dict(settings.LANGUAGES):
        translation.activate(wanted)


def _limit(token: Token, request: OfficeRequest) -> None:
    """Raises 429 where the token made too many requests in this minute of the real clock."""
    seconds = time.time()
    if services.spend(token, int(seconds // MINUTE_S), request.now) > int(settings.CONFIG["api_rate"]):
        wait = MINUTE_S - int(seconds % MINUTE_S)
        said = gettext("Too many requests in this minute. Come again in %(n)s seconds.") % {"n": wait}
        raise RequestError(429, said, headers={"Retry-After": str(wait)})


def door(
    name: str, scope: str, right: str, answer: Any, *others: int, status: int = 200, in_address: bool = False, produces: str = "",
    conflict: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """What every operation says of itself: its stable id, who may, what it answers. `produces` is for what is not JSON, `conflict` what it
    says besides where somebody was quicker."""
    problems: dict[int, Any] = dict.fromkeys((401, 403, 429, *others), Problem)
    if conflict is not None:
        problems[409] = conflict
    said: dict[str, Any] = {
        "operation_id": name,
        "auth": TokenOrSession(scope, right, in_address),
        "response": {status: None if produces else answer, **problems},
        "openapi_extra": {"x-scope": scope, "x-right": right},
    }
    if produces:
        said["openapi_extra"]["responses"] = {status: {"content": {produces: {"schema": {"type": "string", "format": "binary"}}}}}
    return said
