"""Telling addresses outside: deliveries are made from how things stand, posted with a signature, tried again with growing pauses.

A delivery is sent at least once: a worker that dies between the answer and the commit sends it again, with the same id. Whoever receives it
keeps the id. What is signed is `timestamp.id.body` (as in `adapters.push`, so that one Kentongan can hear another), with the real time, not
the office's clock: the other side compares it with its own.
"""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction
from django.db.models import F

from kentongan.adapters import push
from kentongan.errors import StateError
from kentongan.office import sealing
from kentongan.office.api import events
from kentongan.office.api.models import Delivery, Hook
from kentongan.office.retries import PAUSES_S, pause_s
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest

MOST_TRIES = 8
ANSWER_BYTES = 64 * 1024
DETAIL = 300


@transaction.atomic
def gather(hook: int, now: datetime) -> list[int]:
    """Make deliveries of what a hook does not know yet; gives their numbers. Nothing for one that is paused."""
    found = Hook.objects.select_for_update(skip_locked=True).filter(pk=hook, paused=False).first()
    if found is None:
        return []
    since = max(found.created, now - events.LATELY)
    told, known = events.news(found.told, events.look(found.office_id, found.events, now), found.events, since)
    if known != found.told:
        found.told = known
        found.save(update_fields=["told"])
    rows = [Delivery(office_id=found.office_id, hook=found, event=one.name, payload=one.payload, at=now) for one in told]
    return [row.pk for row in Delivery.objects.bulk_create(rows)]


def body_of(delivery: Delivery) -> bytes:
    """What is posted: the same bytes at every try."""
    said = {
        "id": delivery_id(delivery), "event": delivery.event, "at": delivery.at.isoformat(), "office": delivery.office_id,
        "data": delivery.payload,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def delivery_id(delivery: Delivery) -> str:
    """The same at every try, so that the receiver can tell a repetition."""
    return f"delivery-{delivery.pk}"


def request_for(delivery: Delivery, real_now: datetime) -> FetchRequest:
    """The signed POST of a delivery. Raises `StateError` where the secret cannot be opened."""
    body, stamp = body_of(delivery), int(real_now.timestamp())
    secret = sealing.opened(delivery.hook.sealed)["secret"].encode()
    named = {**push.signed_headers(secret, body, timestamp=stamp, push_id=delivery_id(delivery)), "X-Kentongan-Event": delivery.event}
    return FetchRequest(delivery.hook.url, max_bytes=ANSWER_BYTES, body=body, headers=named, robots=False)


def deliver(number: int, fetcher: Fetcher, real_now: datetime) -> float | None:
    """Try a delivery once; gives the seconds until the next try, None where there is none.

    Whatever the other side says besides 2xx is a failure of this delivery and of no other. Not in a transaction while it asks.
    """
    delivery = Delivery.objects.select_related("hook").filter(pk=number, state=Delivery.State.WAITING, hook__paused=False).first()
    if delivery is None:
        return None
    if events.withheld(delivery.office_id, delivery.payload):
        _keep(delivery, Delivery.State.GIVEN_UP, 0, "withheld")
        return None
    try:
        request = request_for(delivery, real_now)
    except StateError as error:
        _keep(delivery, Delivery.State.GIVEN_UP, 0, str(error))
        return None
    outcome = fetcher.fetch(request)
    if 200 <= outcome.status < 300:
        _keep(delivery, Delivery.State.DELIVERED, outcome.status, "")
        return None
    if outcome.kind == "busy":
        return outcome.retry_after_s or float(PAUSES_S[0])
    over = delivery.tries + 1 >= MOST_TRIES
    _keep(delivery, Delivery.State.GIVEN_UP if over else Delivery.State.WAITING, outcome.status, _words(outcome))
    return None if over else pause_s(delivery.tries + 1, outcome.retry_after_s)


def _words(outcome: FetchOutcome) -> str:
    """Why it failed: the outcome's name, which the screens say in words, and the detail."""
    return f"{outcome.kind}: {outcome.detail}" if outcome.detail else outcome.kind


@transaction.atomic
def _keep(delivery: Delivery, state: Delivery.State, status: int, detail: str) -> None:
    fine = state == Delivery.State.DELIVERED
    Delivery.objects.filter(pk=delivery.pk).update(state=state, status=status, detail=detail[:DETAIL], tries=F("tries") + 1)
    Hook.objects.filter(pk=delivery.hook_id).update(failures=0 if fine else F("failures") + 1)
