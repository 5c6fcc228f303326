"""The only code that changes how an office is run: its settings, what it says of itself, and work that was parked."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from kentongan.config import Setting, Value, parse, setting
from kentongan.errors import InputError, RefusedError, SettingError
from kentongan.office.administration.models import ParkedJob
from kentongan.office.ledger import services as ledger
from kentongan.office.people import settings as office_settings
from kentongan.office.people import versions
from kentongan.office.people.models import Office, OfficeSetting, User
from kentongan.office.people.permissions import need
from kentongan.office.people.planning import defer_once
from kentongan.office.people.recording import record

ABOUT = ("name", "country", "time_zone", "language", "contact", "about")
"""What an office says of itself."""
COUNTRIES = (("ID", "Indonesia"), ("VN", "Việt Nam"))
NOT_BOTH = ("visit_min_s", "visit_max_s")
RISING = ("first_due_crisis_min", "first_due_high_min", "first_due_medium_min", "first_due_low_min", "first_due_watch_min")
"""Terms that may not be shorter for a lower level than for a higher one; 0 is none."""


@transaction.atomic
def change_setting(by: User, name: str, raw: str, version: int, now: datetime) -> OfficeSetting:
    """Give one of the office's settings another value; an empty one gives it back to the installation.

    Raises `ConflictError` where somebody else changed it since `version` was read, `InputError` for a value that is not allowed.
    """
    office = Office.objects.select_for_update().get(pk=by.office_id)
    need(by, "office.change", office)
    if name not in office_settings.CHANGEABLE:
        raise RefusedError(_("This setting belongs to the installation and is changed on its machine."), subject=name)
    row = OfficeSetting.objects.filter(office=office, name=name).first() or OfficeSetting(office=office, name=name, value="", version=0)
    versions.same(row, version, {"value": row.value})
    text = " ".join(raw.split())
    if text or name in RISING:
        _check(office, name, value_of(name, text) if text else django_settings.CONFIG[name])
    before, row.value, row.by, row.at, row.version = row.value, text, by, now, row.version + 1
    row.save()
    detail = {"name": name, "from": before, "to": text}
    ledger.write("setting.changed", office=office.pk, actor=by.pk, role=by.role, at=now, subject=f"setting:{name}", detail=detail)
    return row


def value_of(name: str, text: str) -> Value:
    """The value a text stands for, or an `InputError` in the person's language."""
    try:
        return parse(name, text)
    except SettingError as error:
        raise InputError(allowed(setting(name)), subject=name) from error


def allowed(one: Setting) -> str:
    """What may be given for a setting, as a sentence."""
    if one.low is not None and one.high is not None:
        bounds = {"low": f"{one.low:g}", "high": f"{one.high:.0f}"}
        if one.kind == "whole":
            return _("Give a whole number from %(low)s to %(high)s.") % bounds
        return _("Give a number from %(low)s to %(high)s.") % bounds
    return _("Give one of: %(values)s.") % {"values": ", ".join(one.allowed)}


def _check(office: Office, name: str, value: Value) -> None:
    """Settings that must fit each other."""
    if name in RISING:
        held = dict(office_settings.of(office.pk).values) | {name: value}
        terms = [minutes for one in RISING if (minutes := int(str(held[one])))]
        if terms != sorted(terms):
            said = _("A lower level may not be due earlier than a higher one. Change the other one first, or give 0 for no clock.")
            raise InputError(said, subject=name)
    if name not in NOT_BOTH:
        return
    held = dict(office_settings.of(office.pk).values) | {name: value}
    if float(str(held["visit_min_s"])) > float(str(held["visit_max_s"])):
        raise InputError(_("The shortest interval between visits may not be longer than the longest."), subject=name)


@transaction.atomic
def change_office(by: User | None, office: Office, changes: Mapping[str, str], version: int, now: datetime) -> Office:
    """What the office says of itself (`by` None: in the first run, before there is anybody)."""
    if by is not None:
        need(by, "office.change", office)
    found = Office.objects.select_for_update().get(pk=office.pk)
    versions.same(found, version, {name: getattr(found, name) for name in ABOUT})
    unknown = set(changes) - set(ABOUT)
    if unknown:
        raise ValueError(f"an office's {min(unknown)} is not changed here")
    new = {name: value.strip() for name, value in changes.items() if getattr(found, name) != value.strip()}
    if not new:
        return found
    _check_about(new)
    for name, value in new.items():
        setattr(found, name, value)
    found.version += 1
    found.save(update_fields=[*new, "version"])
    record(by, "office.changed", found, now, fields=sorted(new))
    return found


def _check_about(new: Mapping[str, str]) -> None:
    if "name" in new and not 2 <= len(new["name"]) <= 200:
        raise InputError(_("The office needs a name of 2 to 200 characters."), subject="name")
    if "country" in new and new["country"] not in dict(COUNTRIES):
        raise InputError(_("Choose a country of the list."), subject="country")
    if "time_zone" in new and new["time_zone"] not in zoneinfo.available_timezones():
        raise InputError(_("There is no time zone of that name. Write it like Asia/Jakarta."), subject="time_zone")
    if "language" in new and new["language"] not in dict(django_settings.LANGUAGES):
        raise InputError(_("Choose a language of the list."), subject="language")
    contact = new.get("contact", "")
    if contact and not (contact.isascii() and contact.isprintable() and len(contact) <= 200):
        raise InputError(
            _("Give an e-mail or web address in plain letters: it is sent to every outlet that is visited."), subject="contact"
        )


@transaction.atomic
def try_again(by: User, parked: ParkedJob, now: datetime) -> None:
    """Put parked work back into its queue, once."""
    need(by, "jobs.change", parked)
    found = ParkedJob.objects.select_for_update().filter(pk=parked.pk, office_id=by.office_id, retried=None).first()
    if found is None:
        raise RefusedError(_("This work was tried again already."), subject="job")
    app.perform_import_paths()
    task = app.tasks.get(found.task)
    if task is None:
        raise RefusedError(_("This version does not know this kind of work any more."), subject="job")
    args = dict(found.args)
    if "timestamp" in args:  # when it was due, which is now
        args["timestamp"] = int(datetime.now(UTC).timestamp())
    defer_once(task.configure(queueing_lock=_lock(found) or task.queueing_lock), **args)  # where it waits already, that is what was wanted
    found.retried = now
    found.save(update_fields=["retried"])
    record(by, "job.retried", found, now, task=found.task, tries=found.tries)


def _lock(parked: ParkedJob) -> str | None:
    """The lock that keeps the same work from waiting twice, as whoever plans that work names it."""
    plain = {
        "visit_source": ("visit", "source_id"),
        "read_pages": ("pages", "source_id"),
        "deliver": ("deliver", "number"),
        "ring": ("ring", "number"),
    }
    if parked.task not in plain:
        return None
    word, argument = plain[parked.task]
    return f"{word}:{parked.args.get(argument)}"
