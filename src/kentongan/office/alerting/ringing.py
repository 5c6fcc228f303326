"""One message on its way, by one channel, tried again with growing pauses and then parked with its reason.

Whether a try arrived is not always known: the other side may have taken it and the answer was lost, or the worker died before it could
write. It is then sent again with the same key: mailboxes know the same Message-ID, programs `X-Kentongan-Id`, ntfy the sequence, browsers
the tag. Nothing is sent while a transaction is open. What is signed bears the real time, not the office's clock.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import F

from kentongan.adapters import push, webpush
from kentongan.errors import FetchError, KentonganError, MailError
from kentongan.office import mail, sealing
from kentongan.office.alerting import messages, writers
from kentongan.office.alerting.deciding import rank
from kentongan.office.alerting.messages import Message
from kentongan.office.alerting.models import Address, AlertDelivery, Browser, PushKey
from kentongan.office.retries import pause_s
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest

MOST_TRIES = 7
PAUSES_S = (10, 30, 120, 600, 1_800, 3_600)
"""Seconds before each further try: an alert that could not be told within two hours is parked, and said so."""
ANSWER_BYTES = 64 * 1024
DETAIL = 300
NTFY_PRIORITY = {"watch": 1, "low": 2, "medium": 3, "high": 4, "crisis": 5}
NTFY_TAGS = {"watch": "eyes", "low": "information_source", "medium": "warning", "high": "rotating_light", "crisis": "sos"}
URGENCY = {"watch": "low", "low": "low", "medium": "normal", "high": "high", "crisis": "high"}
KEPT_S = 12 * 3600
"""How long a push service keeps a message for a browser that is away."""


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one try. `hopeless`: it would fail the same way again. `wished`: seconds the other side asks us to wait."""

    fine: bool
    status: int = 0
    detail: str = ""
    hopeless: bool = False
    wished: float | None = None
    busy: bool = False


def ring(number: int, fetcher: Fetcher, real_now: datetime) -> float | None:
    """Try a delivery once; gives the seconds until the next try, None where there is none.

    Raises `FetchError` (permanent) when it is given up. One that was parked may be tried again from the beginning.
    """
    row = AlertDelivery.objects.select_related("office", "person", "agency", "address", "browser").filter(pk=number).first()
    if row is None or row.state not in {AlertDelivery.State.WAITING, AlertDelivery.State.PARKED}:
        return None
    if row.state == AlertDelivery.State.PARKED:
        row.tries = 0
    if row.person is not None and not row.person.is_active:
        _keep(row, Try(False, detail="person_left"), row.tries, True, real_now)
        return None
    if "of" in row.payload:
        message = writers.write(row)
    else:
        message = messages.write(row.payload, row.language, row.office.time_zone, settings.CONFIG.public_url)
    try:
        came = SENDERS[row.channel](row, message, fetcher, real_now)
    except MailError as error:
        came = Try(False, detail=str(error), hopeless=error.permanent)
    except KentonganError as error:
        came = Try(False, detail=str(error), hopeless=True)
    if came.busy:
        return came.wished or float(PAUSES_S[0])
    tries = row.tries + 1
    parked = not came.fine and (came.hopeless or tries >= MOST_TRIES)
    _keep(row, came, tries, parked, real_now)
    if parked:
        raise FetchError(came.detail or str(came.status), subject=row.key, permanent=True)
    return None if came.fine else pause_s(tries, came.wished, PAUSES_S)


@transaction.atomic
def _keep(row: AlertDelivery, came: Try, tries: int, parked: bool, real_now: datetime) -> None:
    states = AlertDelivery.State
    state = states.DELIVERED if came.fine else states.PARKED if parked else states.WAITING
    AlertDelivery.objects.filter(pk=row.pk).update(
        state=state, status=came.status, detail=came.detail[:DETAIL], tries=tries, delivered=real_now if came.fine else None
    )
    if row.address_id is not None:
        Address.objects.filter(pk=row.address_id).update(failures=0 if came.fine else F("failures") + 1)
    if row.browser_id is not None and came.fine:
        Browser.objects.filter(pk=row.browser_id).update(reached=real_now)
    elif row.browser_id is not None and came.status in {404, 410}:
        Browser.objects.filter(pk=row.browser_id).delete()


def _judged(outcome: FetchOutcome, hopeless: bool = False) -> Try:
    """What a host's answer means."""
    if 200 <= outcome.status < 300:
        return Try(True, outcome.status)
    if outcome.kind == "busy":
        return Try(False, busy=True, wished=outcome.retry_after_s)
    detail = f"{outcome.kind}: {outcome.detail}" if outcome.detail else outcome.kind
    hopeless = hopeless or outcome.kind in {"private_address", "bad_address"}
    return Try(False, outcome.status, detail, hopeless, outcome.retry_after_s)


def _mail(row: AlertDelivery, message: Message, fetcher: Fetcher, real_now: datetime) -> Try:
    to = row.person.email if row.person is not None else row.agency.email if row.agency is not None else ""
    if not to:
        return Try(False, detail="no_mail_address", hopeless=True)
    headers, key, subject = {"Auto-Submitted": "auto-generated"}, row.key, message.title
    if message.reply_to:
        headers["Reply-To"] = message.reply_to
        key, subject = f"{row.key}.{message.reply_word}", f"{message.title} {message.reply_tag}"
    mail.mailer().send([to], subject, message.text, "", {}, key=key, headers=headers)
    return Try(True, 250)


def _secrets(row: AlertDelivery) -> Mapping[str, str]:
    if row.address is None:
        raise FetchError("gone", permanent=True)
    return sealing.opened(row.address.sealed)


def _webhook(row: AlertDelivery, message: Message, fetcher: Fetcher, real_now: datetime) -> Try:
    """Signed as all webhooks are (`adapters.push`); `text` is what a chat room shows."""
    secrets = _secrets(row)
    body = json.dumps(webhook_body(row, message), ensure_ascii=False, sort_keys=True).encode()
    signed = push.signed_headers(secrets["secret"].encode(), body, timestamp=int(real_now.timestamp()), push_id=row.key)
    headers = {**signed, "X-Kentongan-Event": f"alert.{row.news}"}
    return _judged(fetcher.fetch(FetchRequest(secrets["url"], max_bytes=ANSWER_BYTES, body=body, headers=headers, robots=False)))


def webhook_body(row: AlertDelivery, message: Message) -> dict[str, Any]:
    """What a program is told: words for a chat room, and the facts they were written from. The same at every try."""
    told = row.payload.get("alerts") or [row.payload]
    return {
        "id": row.key,
        "event": f"alert.{row.news}",
        "at": row.at.isoformat(),
        "office": row.office_id,
        "text": "\n".join([*message.lines, message.link]),
        "title": message.title,
        "link": message.link,
        "alerts": [{"alert": one.get("alert"), "news": one.get("news"), **_facts(one.get("said", {}))} for one in told],
    }


def _facts(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said.get(name) for name in ("kind", "silence", "subject", "level", "since", "outlets", "story")}


def _level(row: AlertDelivery) -> str:
    """The most serious level of a message."""
    told = row.payload.get("alerts") or [row.payload]
    return max((str(one.get("said", {}).get("level", "watch")) for one in told), key=rank)


def _ntfy(row: AlertDelivery, message: Message, fetcher: Fetcher, real_now: datetime) -> Try:
    """ntfy.sh and what speaks like it: the text as body, the rest in headers; a title beyond ASCII goes as RFC 2047 says."""
    secrets, level = _secrets(row), _level(row)
    title = message.title if message.title.isascii() else f"=?utf-8?b?{base64.b64encode(message.title.encode()).decode()}?="
    headers = {
        "Title": title, "Priority": str(NTFY_PRIORITY[level]), "Tags": f"{NTFY_TAGS[level]},{level}", "Click": message.link,
        "X-Sequence-ID": row.key[:64], "X-Kentongan-Id": row.key, "Content-Type": "text/plain; charset=utf-8",
    }  # fmt: skip
    token = f"Bearer {secrets['token']}" if secrets.get("token") else ""
    body = "\n".join(message.lines[1:] or message.lines).encode()
    asked = FetchRequest(secrets["url"], max_bytes=ANSWER_BYTES, body=body, headers=headers, authorization=token, robots=False)
    return _judged(fetcher.fetch(asked))


def _push(row: AlertDelivery, message: Message, fetcher: Fetcher, real_now: datetime) -> Try:
    """To a browser by its push service, readable to the browser alone. One that a service does not know any more is gone for good."""
    key = PushKey.objects.filter(office=row.office_id).first()
    if row.browser is None or key is None:
        return Try(False, detail="browser_gone", hopeless=True)
    there, level = sealing.opened(row.browser.sealed), _level(row)
    told = {"title": message.title, "body": message.lead, "url": message.link, "tag": _tag(row), "key": row.key, "level": level}
    body = webpush.encrypt(
        json.dumps(told, ensure_ascii=False).encode(), p256dh=webpush.unb64(there["p256dh"]), auth=webpush.unb64(there["auth"]),
        key=ec.generate_private_key(ec.SECP256R1()), salt=os.urandom(webpush.SALT),
    )  # fmt: skip
    headers = {
        "Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm", "TTL": str(KEPT_S), "Urgency": URGENCY[level],
        "Topic": _tag(row)[:32],
    }  # fmt: skip
    private = webpush.private_key(sealing.opened(key.sealed)["key"])
    mark = webpush.authorization(there["endpoint"], private, _contact(), int(real_now.timestamp()))
    asked = FetchRequest(there["endpoint"], max_bytes=ANSWER_BYTES, body=body, headers=headers, authorization=mark, robots=False)
    outcome = fetcher.fetch(asked)
    return _judged(outcome, hopeless=outcome.status in {400, 401, 403, 404, 410, 413})


def _tag(row: AlertDelivery) -> str:
    """Messages with the same tag take each other's place on the screen: one event is one notification."""
    return f"alert-{row.alert_id}" if row.alert_id is not None and "alerts" not in row.payload else f"alerts-{row.pk}"


def _contact() -> str:
    said = str(settings.CONFIG["contact"] or settings.CONFIG.public_url)
    return said if said.startswith("https:") else f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


Sender = Callable[[AlertDelivery, Message, Fetcher, datetime], Try]
SENDERS: Mapping[str, Sender] = {"mail": _mail, "push": _push, "ntfy": _ntfy, "webhook": _webhook}
"""A channel to add is a function and a row here."""
