"""Invitations by e-mail: a one-time word, stored only as its hash, good once and for a week."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kentongan.errors import InputError, RefusedError
from kentongan.office.people.models import Agency, Invitation, Place, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record
from kentongan.office.people.services import check_address, check_roles, set_password

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 200
"""Invitations an office may have open at once: nobody sends mail to the world through us."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered to whom."""

    email: str
    role: str
    more_roles: tuple[str, ...] = ()
    agency: Agency | None = None
    place: Place | None = None


def digest_of(word: str) -> str:
    """What is stored of a word."""
    return hashlib.sha256(word.encode()).hexdigest()


@transaction.atomic
def invite(by: User, offer: Offer, word: str, now: datetime) -> Invitation:
    """Offer somebody a place in one's office; `word` is 256 bits of chance. The mail is sent afterwards (`mail`)."""
    need(by, "people.change")
    try:
        validate_email(offer.email)
    except ValidationError as error:
        shown = " ".join(offer.email.split())[:100]
        raise InputError(_("“%(address)s” is not an e-mail address.") % {"address": shown}, subject="email") from error
    check_address(by.office_id, offer.email)
    check_roles(by, None, {offer.role, *offer.more_roles})
    for thing in (offer.agency, offer.place):
        if thing is not None and thing.office_id != by.office_id:
            raise RefusedError(_("This belongs to another office."), subject="agency")
    still = Invitation.objects.filter(office_id=by.office_id, taken=None, withdrawn=None, expires__gt=now)
    if still.filter(email__iexact=offer.email).exists():
        raise InputError(_("This address has an open invitation. Withdraw it before you send another."), subject="email")
    if still.count() >= MOST_OPEN:
        raise RefusedError(_("There are too many open invitations. Withdraw some first."), subject="email")
    made = Invitation.objects.create(
        office_id=by.office_id,
        email=offer.email,
        role=offer.role,
        more_roles=list(offer.more_roles),
        agency=offer.agency,
        place=offer.place,
        digest=digest_of(word),
        by=by,
        at=now,
        expires=now + GOOD_FOR,
    )
    record(by, "person.invited", made, now, roles=sorted({offer.role, *offer.more_roles}))
    return made


def link_for(word: str) -> str:
    """The full link, at the address people type: never at the host a request happens to name."""
    return settings.CONFIG.public_url + reverse("invitation", args=[word])


def may_mail() -> bool:
    """Whether there is a mail server to send through."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def mail(invitation: Invitation, word: str) -> None:
    """Send it, in the office's language. Raises `MailError`."""
    with translation.override(invitation.office.language):
        words = {"office": invitation.office.name, "link": link_for(word), "role": invitation.get_role_display(), "by": invitation.by}
        subject = _("Your account at Kentongan: %(office)s") % words
        text = render_to_string("people/email/invitation.txt", {**words, "expires": invitation.expires})
    EmailMessage(" ".join(subject.split()), text, to=[invitation.email]).send()


@transaction.atomic
def withdraw(by: User, invitation: Invitation, now: datetime) -> None:
    """Take an offer back. Its word opens nothing from now on."""
    need(by, "people.change", invitation)
    found = Invitation.objects.select_for_update().get(pk=invitation.pk, office_id=by.office_id)
    if found.taken is not None:
        raise RefusedError(_("This invitation has been taken up already."), subject="invitation")
    if found.withdrawn is None:
        found.withdrawn = now
        found.save(update_fields=["withdrawn"])
        record(by, "invitation.withdrawn", found, now)


def find(word: str) -> Invitation | None:
    """The invitation a word belongs to, whatever became of it. Only for whoever holds the word."""
    return Invitation.objects.select_related("office").filter(digest=digest_of(word)).first()


def refusal(invitation: Invitation | None, now: datetime) -> str:
    """Why an invitation cannot be taken up; empty where it can."""
    if invitation is None:
        return _("This link is not complete or not ours. Copy it whole from the mail.")
    if invitation.taken is not None:
        return _("This invitation was used before. Sign in with your name and password.")
    if invitation.withdrawn is not None:
        return _("This invitation was withdrawn. Ask the administrator of the office.")
    if invitation.expires <= now:
        return _("This invitation is older than a week. Ask the administrator for a new one.")
    return ""


def name_for(email: str, chance: str) -> str:
    """A name for signing in that nobody has: always with a piece of chance, so that it tells nothing of who else is here."""
    stem = re.sub(r"[^a-z0-9.]+", "", email.partition("@")[0].lower())[:30].strip(".") or "orang"
    return f"{stem}-{chance}"


@transaction.atomic
def take(word: str, name: str, first_name: str, last_name: str, password: str, now: datetime) -> User:
    """Take up an invitation: the person is made. Of two at the same moment one gets the account, the other a clear refusal."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("office", "by").filter(digest=digest_of(word)).first()
    why = refusal(invitation, now)
    if why or invitation is None:
        raise RefusedError(why, subject="invitation")
    check_address(invitation.office_id, invitation.email)
    if not invitation.by.is_active:
        raise RefusedError(_("Whoever invited you has left the office. Ask its administrator for a new invitation."), subject="invitation")
    person = User(
        username=name,
        email=invitation.email,
        first_name=first_name,
        last_name=last_name,
        office=invitation.office,
        role=invitation.role,
        more_roles=invitation.more_roles,
        agency=invitation.agency,
        place=invitation.place,
    )
    set_password(person, password)
    person.save()
    invitation.taken, invitation.taken_by = now, person
    invitation.save(update_fields=["taken", "taken_by"])
    record(person, "invitation.taken", invitation, now)
    record(person, "person.made", person, now, roles=sorted(person.roles))
    return person
