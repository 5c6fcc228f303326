"""What a letter to a reader says, in the reader's language and the office's time, and the headers by which mailboxes let readers leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from kentongan.office.desk.models import Statement
from kentongan.office.listening import presenting
from kentongan.office.newsroom import queries
from kentongan.office.newsroom.models import Letter, Mailing, Subscription
from kentongan.office.people.models import Office

LONGEST_SUBJECT = 150
KNOWN_BY = 12
"""Signs of the reader's number in a Message-ID: 48 bits that nobody guesses."""


@dataclass(frozen=True, slots=True)
class Text:
    """A letter without what differs from reader to reader."""

    subject: str
    body: str


def link(office: Office, name: str, *words: str) -> str:
    """A full address of the newsroom."""
    return f"{settings.CONFIG.public_url}{reverse(name, args=[office.slug, *words])}"


def text_of(mailing: Mailing, speech: str) -> Text:
    """What a mailing tells. The mailing is read with its publication, version and statement."""
    office, one = mailing.office, mailing.publication
    with translation.override(speech), timezone.override(ZoneInfo(office.time_zone)):
        item = queries.item_of(one)
        lines: list[str] = []
        subject = item.title
        if mailing.act == Mailing.Act.WITHDRAWN:
            subject = gettext("Withdrawn: %(title)s") % {"title": item.title}
            lines += [gettext("We withdraw what we sent you on %(when)s. It does not hold any more:") % {"when": _when(item.at)}, ""]
        elif item.wrong:
            subject = gettext("Correction: %(title)s") % {"title": item.title}
            lines += [item.heading, "", gettext("What was wrong before:"), item.wrong, "", gettext("The text that holds now:"), ""]
        lines += [one.version.text, ""]
        if item.next_update and mailing.act == Mailing.Act.PUBLISHED and one.statement.state == Statement.State.PUBLISHED:
            lines += [gettext("Next update: %(when)s") % {"when": _when(item.next_update)}, ""]
        lines += [f"{office.name}, {_when(item.at)}", link(office, "news_item", one.slug)]
        return Text(" ".join(subject.split())[:LONGEST_SUBJECT], "\n".join(lines))


def _when(at: datetime) -> str:
    return f"{presenting.day_and_hour(at)} {presenting.zone()}"


def parcel_of(letter: Letter, to: Subscription, words: Mapping[str, str], text: Text | None, real_now: datetime) -> bytes:
    """The message as it goes over the wire. The same letter has the same Message-ID at every try."""
    office = letter.office
    message = EmailMessage(policy=SMTP)
    name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    user, _, domain = sender.rpartition("@")
    message["From"] = Address(" ".join((office.name or name).split()), user, domain)
    message["To"] = words["email"]
    message["Date"] = format_datetime(real_now)
    message["Message-ID"] = f"<letter-{letter.pk}-{letter.reader[:KNOWN_BY]}@{domain or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    with translation.override(to.speech):
        if text is None:
            body = _question(office, words)
        else:
            leave = link(office, "news_leave", words["leave"])
            body = Text(text.subject, f"{text.body}\n\n-- \n{_why(office)}\n{leave}\n")
            message["List-Id"] = f"<news.{office.slug}.{urlsplit(settings.CONFIG.public_url).hostname or 'localhost'}>"
            message["List-Unsubscribe"] = f"<{leave}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Subject"] = body.subject
    message.set_content(body.body)
    return message.as_bytes()


def _why(office: Office) -> str:
    said = gettext("You get this because you asked for news of %(office)s. Here you leave; your address is then deleted:")
    return said % {"office": office.name}


def _question(office: Office, words: Mapping[str, str]) -> Text:
    subject = gettext("Do you want news of %(office)s?") % {"office": office.name}
    said = gettext(
        "Somebody, probably you, asked that news of %(office)s be sent to this address.\n\n"
        "If you want that, open this page within two days and confirm it:\n%(link)s\n\n"
        "If you do not, do nothing. You get no further letter, and the address is deleted."
    )
    return Text(" ".join(subject.split()), said % {"office": office.name, "link": link(office, "news_confirm", words["confirm"])} + "\n")
