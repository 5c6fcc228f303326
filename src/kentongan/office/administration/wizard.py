"""The first run: from an empty installation to an office that hears, in the browser, by whoever started it.

`kentongan run` prints a link while nobody can sign in. Looking at it changes nothing (terminals and mail programs look at links, too); the
button behind it opens once: the word is used up and the browser that used it carries another (`key`), of which only the hash is kept. Every
step can be left and taken up again; a new start prints a new link, which then is the only one that opens. Sources are added at the end,
when outlets can be told who asks. Once finished, or once somebody was added at the terminal, the wizard is closed for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.errors import InputError, RefusedError
from kentongan.office.administration import services
from kentongan.office.administration.models import FirstRun
from kentongan.office.listening import lists, presenting
from kentongan.office.people import inviting, places, places_reading
from kentongan.office.people import services as people
from kentongan.office.people import settings as office_settings
from kentongan.office.people.inviting import digest_of
from kentongan.office.people.models import Office, Role, User
from kentongan.office.people.recording import record
from kentongan.packs import Pack, get_pack, get_packs

STEPS: tuple[tuple[str, presenting.Words], ...] = (
    ("office", gettext_lazy("Office")),
    ("account", gettext_lazy("Your account")),
    ("places", gettext_lazy("Places")),
    ("sources", gettext_lazy("Sources")),
    ("mail", gettext_lazy("Mail")),
    ("contact", gettext_lazy("Contact")),
    ("end", gettext_lazy("Begin")),
)
NAMES = tuple(name for name, _title in STEPS)
NEEDED = ("office", "account", "contact")
"""Steps without which an office cannot begin; the others may be left out."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who will administer the office."""

    email: str
    first_name: str
    last_name: str
    password: str
    factor: bool = False
    """Whether approvers of the office need a second factor."""


@transaction.atomic
def prepare(word: str, now: datetime) -> bool:
    """At start: open the door for `word` where nobody can sign in yet, and close it where somebody can. Gives whether it is open."""
    office = Office.objects.select_for_update().order_by("pk").first()
    if office is None:
        return False
    run = FirstRun.objects.filter(office=office).first()
    if _others(run):
        if run is not None and run.finished is None:
            _close(run, now)
        return False
    if run is None:
        run = FirstRun(office=office, made=now)
        Office.objects.filter(pk=office.pk).update(ready=False)
    if run.finished is not None:
        return False
    run.digest = digest_of(word)
    run.save()
    return True


def _others(run: FirstRun | None) -> bool:
    """Whether somebody can sign in who was not made in the wizard."""
    made = run.administrator_id if run is not None else None
    return User.objects.exclude(pk=made).exists()


def _close(run: FirstRun, now: datetime) -> None:
    run.finished, run.digest, run.key = now, "", ""
    run.save(update_fields=["finished", "digest", "key"])
    Office.objects.filter(pk=run.office_id).update(ready=True)
    record(run.administrator, "office.begun", run.office, now, steps=sorted(run.done))


def opens(word: str) -> bool:
    """Whether the link's word is still good. Uses nothing up."""
    run = FirstRun.objects.filter(digest=digest_of(word), finished=None).first()
    return run is not None and not _others(run)


@transaction.atomic
def enter(word: str, key: str) -> bool:
    """Use the link's word up; from now on the browser that carries `key` is inside, and no other."""
    run = FirstRun.objects.select_for_update().filter(digest=digest_of(word), finished=None).first()
    if run is None or _others(run):
        return False
    run.digest, run.key = "", digest_of(key)
    run.save(update_fields=["digest", "key"])
    return True


def find(key: str) -> FirstRun | None:
    """The first run this browser may go on with."""
    run = FirstRun.objects.select_related("office", "administrator").filter(key=digest_of(key), finished=None).first() if key else None
    return None if run is None or _others(run) else run


def next_step(run: FirstRun) -> str:
    """The first step that was neither done nor left out."""
    return next((name for name in NAMES if name not in run.done), "end")


def _did(run: FirstRun, step: str) -> None:
    if step not in run.done:
        run.done = [*run.done, step]
        run.save(update_fields=["done"])


@transaction.atomic
def leave_out(run: FirstRun, step: str) -> None:
    """Go on without a step that is not needed. What it chose before is taken back."""
    if step in NEEDED or step not in NAMES:
        raise RefusedError(_("This step is needed: an office cannot begin without it."), subject=step)
    if step == "sources":
        run.packs = []
        run.save(update_fields=["packs"])
    _did(run, step)


@transaction.atomic
def describe_office(run: FirstRun, said: Mapping[str, str], now: datetime) -> None:
    """Name, country, time zone and language of the office."""
    run.office = services.change_office(run.administrator, run.office, said, Office.objects.get(pk=run.office_id).version, now)
    _did(run, "office")


@transaction.atomic
def make_administrator(run: FirstRun, account: Account, chance: str, now: datetime) -> User:
    """The first account. It cannot be made twice; `chance` makes its name."""
    found = FirstRun.objects.select_for_update().get(pk=run.pk)
    if found.administrator_id is not None:
        raise RefusedError(_("The account was made already. Go on with the next step."), subject="account")
    _check_address(account.email)
    name = inviting.name_for(account.email, chance)
    person = people.create_user(name, account.password, office=run.office, role=Role.ADMINISTRATOR, email=account.email)
    person.first_name, person.last_name = account.first_name, account.last_name
    person.save(update_fields=["first_name", "last_name"])
    run.administrator = person
    run.save(update_fields=["administrator"])
    if account.factor:
        run.office = people.require_factor(person, {Role.APPROVER}, Office.objects.get(pk=run.office_id).version, now)
    _did(run, "account")
    return person


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        shown = " ".join(address.split())[:100]
        raise InputError(_("“%(address)s” is not an e-mail address.") % {"address": shown}, subject="email") from error


@transaction.atomic
def bring_places(run: FirstRun, data: bytes, name: str, now: datetime) -> int:
    """Take a list of places over, whole or not at all; gives how many. Raises `FileError` naming the line."""
    rows = places_reading.read(data, name, run.office.country)
    places.bring_in(run.administrator, run.office, rows, name, now)
    _did(run, "places")
    return len(rows)


def offered(run: FirstRun) -> list[Pack]:
    """The lists of sources that are shipped, those of the office's country first."""
    return sorted(get_packs(), key=lambda pack: (pack.country != run.office.country, bool(pack.country), pack.title))


@transaction.atomic
def choose_packs(run: FirstRun, chosen: Sequence[str]) -> None:
    """Remember which lists are wanted. Raises `InputError` for one that is not shipped."""
    for name in chosen:
        get_pack(name)
    run.packs = list(dict.fromkeys(chosen))
    run.save(update_fields=["packs"])
    _did(run, "sources")


def try_mail(run: FirstRun, address: str) -> None:
    """Really send a message. Raises `MailError` with what the server said."""
    send_test(run.office, address)
    _did(run, "mail")


def send_test(office: Office, address: str) -> None:
    """One message to one address, in the language that is active. Raises `MailError`, `InputError` for what is no address."""
    _check_address(address)
    if not inviting.may_mail():
        raise RefusedError(_("No mail server is set. Set KENTONGAN_MAIL_URL on the machine and start again."), subject="mail")
    words = {"office": office.name}
    text = _("This message shows that the mail of %(office)s arrives. Nothing needs to be done.") % words
    EmailMessage(" ".join((_("Test from %(office)s") % words).split()), text + "\n", to=[address]).send()


@transaction.atomic
def say_contact(run: FirstRun, contact: str, now: datetime) -> None:
    """Whom an outlet may ask about our visits."""
    if not contact.strip():
        raise InputError(_("Outlets have a right to know who visits them: give an e-mail or web address."), subject="contact")
    version = Office.objects.get(pk=run.office_id).version
    run.office = services.change_office(run.administrator, run.office, {"contact": contact}, version, now)
    _did(run, "contact")


def missing(run: FirstRun) -> list[str]:
    """Needed steps that are not done, in order."""
    return [name for name in NEEDED if name not in run.done]


@transaction.atomic
def finish(run: FirstRun, now: datetime) -> tuple[User, int]:
    """The office begins: chosen sources are added and visited from now on. Gives the administrator and how many sources."""
    found = FirstRun.objects.select_for_update().get(pk=run.pk)
    if found.finished is not None:
        raise RefusedError(_("The first run is over. Sign in."), subject="end")
    lacking = missing(found)
    if lacking or found.administrator is None:
        titles = ", ".join(str(dict(STEPS)[name]) for name in lacking)
        raise RefusedError(_("Still to be done: %(steps)s.") % {"steps": titles}, subject="end")
    count = sum(_add(found, get_pack(name), now) for name in found.packs)
    _did(found, "end")
    _close(found, now)
    return found.administrator, count


def _add(run: FirstRun, pack: Pack, now: datetime) -> int:
    assert run.administrator is not None
    sources = [lists.of_pack(run.office, entry) for entry in pack.entries]
    return lists.add(run.administrator, sources, None, now, f"pack:{pack.name}").added


def address_told() -> str:
    """What outlets are told at present; empty where it is only our own address."""
    said = office_settings.contact()
    return "" if said == settings.CONFIG.public_url else said
