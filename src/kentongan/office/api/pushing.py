"""Signed pushes in: what somebody with the source's secret sends goes the same way as what the collector fetches.

Nobody is signed in here; the signature is the door (`adapters.push`). A push is stored whole with its receipt, its articles, its record and
the source's state in one transaction; the same push a second time is refused. What a stranger sends without the secret changes nothing
about the source: it leaves a record among the visits and a line in the ledger, at most REFUSALS_A_MINUTE: nobody can fill the disk so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kentongan.adapters import push
from kentongan.engine.records import RawItem
from kentongan.errors import InputError, StateError
from kentongan.office import sealing
from kentongan.office.api import problems
from kentongan.office.listening import collecting, intake, journal, purposes, tasks
from kentongan.office.listening.models import Credential, PushReceipt, Source, Visit
from kentongan.office.people import scope
from kentongan.office.people.recording import record
from kentongan.office.people.requests import OfficeRequest

RECEIPTS_KEPT = timedelta(days=1)
REFUSALS_A_MINUTE = 6
STATUS: Mapping[str, int] = {
    "no_signature": 401, "bad_time": 401, "stale": 401, "bad_id": 401, "bad_signature": 401, "again": 409, "too_large": 413, "form": 422,
    "paused": 403,
}  # fmt: skip
OUTCOME: Mapping[str, str] = {"too_large": "too_large", "form": "unreadable"}
"""The outcome under which a refused push stands among the visits; else "unauthorized"."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a push was not taken: a key of STATUS, and a sentence."""

    why: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a push that was taken."""

    found: int
    new: int
    problems: tuple[str, ...]


def sentence(why: str) -> str:
    """What the sender should do."""
    return {
        "no_signature": gettext("The push is not signed. Send X-Kentongan-Timestamp, X-Kentongan-Id and X-Kentongan-Signature."),
        "bad_time": gettext("X-Kentongan-Timestamp must be seconds since 1970."),
        "stale": gettext("The push was signed too long ago, or a clock is wrong: sign it anew with the time of now."),
        "bad_id": gettext("X-Kentongan-Id must be 8 to 100 letters, digits, dots, colons or hyphens, another for every push."),
        "bad_signature": gettext("The signature does not fit: sign timestamp.id.body with the secret of this source."),
        "again": gettext("A push with this id was taken before. Nothing was taken twice."),
        "too_large": gettext("The push is too large: send at most %(n)s bytes at a time.") % {"n": push.MAX_BYTES},
        "paused": gettext("The source is paused. Ask its office."),
    }[why]


@csrf_exempt
@require_POST
def receive(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take a signed push for a source: 202 with what was taken, else a problem. Unknown sources and those of other kinds answer 404."""
    with scope.everything():
        source = Source.objects.select_related("office", "purpose__office").filter(pk=pk, kind=Source.Kind.PUSH).first()
    if source is None:
        raise Http404(gettext("There is no such thing in your office."))
    request.doors.enter_context(scope.scope(source.office_id))
    body = _body(request)
    result = (
        Refusal("too_large", sentence("too_large")) if body is None else take(source, request.headers, body, datetime.now(UTC), request.now)
    )
    if isinstance(result, Refusal):
        note_refusal(source, result, len(body or b""), request.now)
        return problems.problem(STATUS[result.why], result.sentence, [("body" if result.why == "form" else "", result.sentence)])
    return JsonResponse({"taken": result.new, "known": result.found - result.new, "problems": list(result.problems)}, status=202)


def _body(request: OfficeRequest) -> bytes | None:
    """The body, None where it is larger than a push may be; not more than that is read."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdigit() or int(announced) > push.MAX_BYTES:
        return None
    body = request.read(push.MAX_BYTES + 1)
    return body if len(body) <= push.MAX_BYTES else None


def take(source: Source, headers: Mapping[str, str], body: bytes, real_now: datetime, now: datetime) -> Receipt | Refusal:
    """Verify, read and store a push. `real_now` is what the signature is judged by, `now` the office's time."""
    verified = push.verify(_secret(source), headers, body, real_now)
    if verified.verdict != "ok":
        return Refusal(verified.verdict, sentence(verified.verdict))
    if source.paused or purposes.stop_if_over(source.purpose, now):
        return Refusal("paused", sentence("paused"))
    try:
        read = push.read_push(body, default_offset=collecting.zone_offset(source.office.time_zone, now))
    except InputError as error:
        return Refusal("form", str(error))
    taken = [_safe(source, outlet, items, now) for outlet, items in _by_outlet(source, read.items).items()]
    said = [*read.problems, *(problem for one in taken for problem in one.problems)]
    try:
        with transaction.atomic():
            PushReceipt.objects.create(office_id=source.office_id, source=source, nonce=verified.id, at=now)
            return _store(source, [item for one in taken for item in one.taken], said, len(body), now)
    except IntegrityError:
        if PushReceipt.objects.filter(source=source, nonce=verified.id).exists():
            return Refusal("again", sentence("again"))
        raise


def _secret(source: Source) -> bytes:
    """The secret of the source; empty, so that nothing fits, where none is set or it cannot be opened."""
    row = Credential.objects.filter(source=source).first()
    if row is None:
        return b""
    try:
        return sealing.opened(row.sealed).get("secret", "").encode()
    except StateError:
        return b""


def _by_outlet(source: Source, items: Sequence[push.PushedItem]) -> dict[str, list[RawItem]]:
    """The items by who says it; of public posts that is the source alone: what a sender names there may be a person."""
    grouped: dict[str, list[RawItem]] = defaultdict(list)
    for one in items:
        named = one.outlet if source.source_kind != Source.SourceKind.PUBLIC else ""
        grouped[named or source.outlet].append(one.item)
    return grouped


def _safe(source: Source, outlet: str, items: Sequence[RawItem], now: datetime) -> intake.Intake:
    about = intake.About(outlet, source.source_kind, source.url, source.language)  # type: ignore[arg-type]
    return intake.take(items, about, now, tasks.names_for(source))


def _store(source: Source, taken: Sequence[intake.Taken], said: Sequence[str], size: int, now: datetime) -> Receipt:
    """Inside the caller's transaction: articles, record, state, ledger."""
    fresh = collecting.store(source, taken, now)
    PushReceipt.objects.filter(source=source, at__lt=now - RECEIPTS_KEPT).delete()
    problems_json = [collecting.remark_json(problem) for problem in said[:20]]
    Visit.objects.create(
        source=source, at=now, outcome="ok", status=202, size=size, found=len(taken), new=len(fresh), problems=problems_json
    )  # fmt: skip
    state = {"last_visit": now, "last_success": now, "failures": 0, "outcome": "ok", "outcome_detail": "", "backfilled": True}
    if fresh:
        newest = max(one.item.published for one in fresh)
        state["last_item"] = max(newest, source.last_item or newest)
    Source.objects.filter(pk=source.pk).update(**state)
    record(None, "push.received", source, now, found=len(taken), new=len(fresh))
    if fresh:
        journal.wake(source.office_id)
        tasks.plan_pages(source.pk)
    return Receipt(len(taken), len(fresh), tuple(str(problem) for problem in said[:20]))


@transaction.atomic
def note_refusal(source: Source, refusal: Refusal, size: int, now: datetime) -> None:
    """A refused push on the source's page and in the ledger; no more than REFUSALS_A_MINUTE, and the source's own state stays."""
    outcome = OUTCOME.get(refusal.why, "unauthorized")
    lately = Visit.objects.filter(source=source, at__gt=now - timedelta(minutes=1), status__gte=400).count()
    if lately >= REFUSALS_A_MINUTE:
        return
    Visit.objects.create(source=source, at=now, outcome=outcome, detail=refusal.sentence[:500], status=STATUS[refusal.why], size=size)
    record(None, "push.refused", source, now, why=refusal.why)
