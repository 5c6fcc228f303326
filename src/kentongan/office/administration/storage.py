"""How the installation is, for one calm page: what is kept, what works on it, and what to do about each thing that is not well.

Each finding is a title, whether it is well, a sentence, and where it is not the remedy. Figures are of this office alone; sizes on the disk
are the whole installation's and shown only where it serves one office (another's volume is nobody else's business).
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kentongan import __version__
from kentongan.config import Config, leads_nowhere
from kentongan.office import checkup
from kentongan.office.administration.models import Backup, ParkedJob
from kentongan.office.desk.answer_mail_models import AnswerMailbox
from kentongan.office.listening import presenting
from kentongan.office.newsroom import copying
from kentongan.office.people import scope
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Office, User

LOCK_LISTENER = 73002
ALIVE = timedelta(seconds=30)
LATE = timedelta(minutes=5)
BEHIND = 1_000
OLD_BACKUP = timedelta(hours=36)
OLD_COPY = timedelta(hours=50)
DAYS = 14
KINDS: tuple[tuple[str, presenting.Words, str], ...] = (
    ("articles", gettext_lazy("Articles with their vectors"), "listening_article"),
    ("stories", gettext_lazy("Stories, signals and briefings"), "listening_(story|story(mark|level|voice)|membership|signal|briefing)"),
    ("journal", gettext_lazy("The listener's journal and state"), "listening_(journalentry|listenerstate)"),
    ("visits", gettext_lazy("Records of visits"), "listening_visit"),
    ("ledger", gettext_lazy("The ledger"), "ledger_.*"),
    ("jobs", gettext_lazy("Background work"), "procrastinate_.*"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy` is empty where nothing is to be done."""

    title: str
    ok: bool
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """What one kind of thing takes on the disk."""

    title: str
    megabytes: float


@dataclass(frozen=True, slots=True)
class Day:
    """Articles that came on one day."""

    day: datetime
    articles: int


def look(office: Office, now: datetime, real: datetime) -> list[Finding]:
    """Everything, what is not well first. `now` is the office's time, `real` the machine's. A constant number of queries."""
    config: Config = settings.CONFIG
    found = [
        _disk(config), _workers(real), _listener(office), _queue(office, real), _parked(office), _backup(office, now),
        _copy(office, now, real), _clock(real), *_database(config), _contact(), _mail(config), *_answers(office),
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.ok)


def _disk(config: Config) -> Finding:
    check = checkup.disk(config.data)
    free = checkup.free_mb(config.data)
    said = _("%(gb)s GB are free for the data.") % {"gb": presenting.number(free / 1000, 1)}
    if check.ok and free >= checkup.ENOUGH_FREE_MB:
        return Finding(_("Disk"), True, said)
    remedy = _("Free some space or move the data folder. 200,000 articles take about 1.5 GB; a full disk stops the work, nothing is lost.")
    return Finding(_("Disk"), check.ok, said, remedy)


def _row(query: str, values: list[Any]) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone() or ()


def _workers(real: datetime) -> Finding:
    alive, last = _row("SELECT count(*) FILTER (WHERE last_heartbeat > %s), max(last_heartbeat) FROM procrastinate_workers", [real - ALIVE])
    if alive:
        n = int(str(alive))
        said = ngettext("%(n)s group of workers is at work.", "%(n)s groups of workers are at work.", n) % {"n": n}
        return Finding(_("Workers"), True, said)
    said = _("No worker gives a sign of life.")
    if isinstance(last, datetime):
        said = _("No worker has given a sign of life for %(span)s.") % {"span": presenting.span(max(timedelta(0), real - last))}
    return Finding(_("Workers"), False, said, _("Start Kentongan again (systemctl restart kentongan). Its log says why the workers ended."))


def _listener(office: Office) -> Finding:
    """Who holds the lock is visible to everybody in the database; only the own office's number is asked for."""
    held, last, read = _row(
        """SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted
                          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
                  (SELECT max(seq) FROM listening_journalentry WHERE office_id = %s),
                  (SELECT "offset" FROM listening_listenerstate WHERE office_id = %s)""",
        [LOCK_LISTENER, office.pk, office.pk, office.pk],
    )
    behind = max(0, int(str(last or 0)) - int(str(read or 0)))
    said = _("It has read everything.")
    if behind:
        said = ngettext("%(n)s entry waits to be read.", "%(n)s entries wait to be read.", behind) % {"n": presenting.number(behind)}
    if not held:
        remedy = _("Start Kentongan again (systemctl restart kentongan). Nothing is lost: it goes on where it stopped.")
        return Finding(_("Listener"), False, _("No listener works for this office.") + " " + said, remedy)
    remedy = _("It catches up by itself. If this number grows for an hour, look into its log.") if behind > BEHIND else ""
    return Finding(_("Listener"), behind <= BEHIND, said, remedy)


def _queue(office: Office, real: datetime) -> Finding:
    waiting, oldest = _row(
        """SELECT count(*), min(scheduled_at) FROM procrastinate_jobs
        WHERE status = 'todo' AND (args->>'office')::bigint = %s AND coalesce(scheduled_at, %s) <= %s""",
        [office.pk, real, real],
    )
    n = int(str(waiting or 0))
    said = ngettext("%(n)s job is due.", "%(n)s jobs are due.", n) % {"n": presenting.number(n)}
    if isinstance(oldest, datetime) and real - oldest > LATE:
        said += " " + _("The oldest is %(span)s late.") % {"span": presenting.span(real - oldest)}
        return Finding(_("Waiting work"), False, said, _("Let more workers work (the setting workers), or look why they stand still."))
    return Finding(_("Waiting work"), True, said)


def _parked(office: Office) -> Finding:
    n = ParkedJob.objects.filter(office=office, retried=None).count()
    if not n:
        return Finding(_("Parked work"), True, _("Nothing is parked."))
    said = ngettext("%(n)s job cannot succeed as it is.", "%(n)s jobs cannot succeed as they are.", n) % {"n": n}
    return Finding(
        _("Parked work"), False, said, _("Read the reasons under “Background work”, mend what they name, and let them try again.")
    )


def _backup(office: Office, now: datetime) -> Finding:
    last = Backup.objects.filter(office=office).exclude(digest="").order_by("-at").first()
    remedy = _("Make one now: kentongan backup FILE. Nightly backups are made where backup_hour is set, into backup_folder.")
    if last is None:
        return Finding(_("Backup"), False, _("There is no backup."), remedy)
    said = _("The last one was made %(ago)s.") % {"ago": presenting.ago(last.at, now)}
    said += " " + (_("It was restored on trial and is the same.") if last.verified else _("It has not been restored on trial."))
    ok = now - last.at <= OLD_BACKUP and last.verified is not None
    return Finding(_("Backup"), ok, said, "" if ok else remedy)


def _copy(office: Office, now: datetime, real: datetime) -> Finding:
    """The copy of the newsroom for when the office cannot be reached, tried every night. That there is none is well only until the nights
    in which it should have been made are over, counted from when the office's first person could sign in."""
    title, row = _("Copy of the newsroom"), copying.get_copy(office)
    if row is None:
        begun = User.objects.filter(office=office).aggregate(at=Min("date_joined"))["at"]
        if begun is None or real - begun <= OLD_COPY:
            return Finding(title, True, _("It has not been made yet; that is done every night."))
        said = _("No copy has been made yet, though that is done every night.")
        return Finding(title, False, said, _("Look under “Background work” why it was not made."))
    said = _("It was never whole.")
    if row.whole is not None:
        values = {"ago": presenting.ago(row.whole, now), "n": presenting.number(row.files), "folder": f"{copying.FOLDER}/{office.slug}"}
        said = _("It was last whole %(ago)s: %(n)s files in %(folder)s of the data folder.") % values
    ok = not row.why and row.whole is not None and now - row.whole <= OLD_COPY
    if ok:
        return Finding(title, True, said)
    said += (" " + _("The latest try failed: %(why)s") % {"why": row.why}) if row.why else ""
    remedy = _("Mend what the reason names, then let it try again under “Background work”. The former copy stays until then.")
    return Finding(title, False, said, remedy)


def _clock(real: datetime) -> Finding:
    if checkup.clock(real).ok:
        return Finding(_("Clock"), True, _("It runs and can be right."))
    return Finding(_("Clock"), False, _("The machine's clock is wrong."), _("Let it be kept by NTP: timedatectl set-ntp true."))


def _database(config: Config) -> list[Finding]:
    """PostgreSQL and its extensions; one finding where all is well."""
    wrong = [check for check in checkup.postgres.check(str(config["database_url"])) if not check.ok]
    if not wrong:
        version, size = _row("SELECT current_setting('server_version'), pg_database_size(current_database())", [])
        said = _("PostgreSQL %(version)s with all it needs.") % {"version": str(version).split()[0]}
        return [Finding(_("Database"), True, said if has_others() else f"{said} {_mb(int(str(size)))}")]
    return [Finding(f"{_('Database')}: {check.name}", False, check.found, check.remedy) for check in wrong]


def _mb(size: int) -> str:
    return _("It takes %(mb)s MB.") % {"mb": presenting.number(size / 1e6, 1)}


def _contact() -> Finding:
    said = office_settings.contact()
    if not leads_nowhere(said):
        return Finding(_("Contact"), True, _("Outlets are told: %(contact)s") % {"contact": said})
    remedy = _("Say under “Settings” whom an outlet may ask: an e-mail or web address.")
    return Finding(_("Contact"), False, _("Outlets that are visited are not told whom to ask."), remedy)


def _mail(config: Config) -> Finding:
    """Only whether a server is named: asking it may take long and is a button of its own."""
    if config["mail_url"]:
        return Finding(_("Mail"), True, _("A mail server is set. Send yourself a test to see whether it delivers."))
    return Finding(
        _("Mail"), True, _("No mail server is set: nothing is mailed."), _("Set mail_url on the machine to send briefings and invitations.")
    )


def _answers(office: Office) -> list[Finding]:
    """The mailbox for answers, where one is named: asked once a minute in the background, here only looked up."""
    box = AnswerMailbox.objects.filter(office=office).first()
    if box is None:
        return []
    if box.failing is None:
        return [Finding(_("Answers by e-mail"), True, _("The mailbox for answers of agencies is read."))]
    said = _("The mailbox for answers of agencies could not be read since %(when)s. %(what)s") % {
        "when": presenting.day_and_hour(box.failing), "what": presenting.outcome(box.outcome)
    }  # fmt: skip
    return [Finding(_("Answers by e-mail"), False, said, _("Look at it under Settings and test it. What waits there is read afterwards."))]


def has_others() -> bool:
    """Whether this installation serves more than one office."""
    with scope.everything():
        return Office.objects.count() > 1


def get_sizes() -> list[Size]:
    """What takes how much on the disk, the largest first; empty where other offices share it. Three queries."""
    if has_others():
        return []
    pattern: Callable[[str], str] = "^({})$".format
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT kinds.n, coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM unnest(%s::text[]) WITH ORDINALITY AS kinds(regex, n)
            LEFT JOIN pg_class c ON c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname ~ kinds.regex GROUP BY 1""",
            [[pattern(regex) for _key, _title, regex in KINDS]],
        )
        sizes = [Size(str(KINDS[int(n) - 1][1]), float(size) / 1e6) for n, size in cursor.fetchall()]
    return sorted(sizes, key=lambda one: -one.megabytes)


def get_days(office: Office, now: datetime) -> list[Day]:
    """Articles a day of the last two weeks by when they were published, in the office's time zone, the latest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT date_trunc('day', published AT TIME ZONE %s) AT TIME ZONE %s, count(*) FROM listening_article
            WHERE office_id = %s AND published > %s AND published <= %s GROUP BY 1 ORDER BY 1 DESC""",
            [office.time_zone, office.time_zone, office.pk, now - timedelta(days=DAYS), now],
        )
        return [Day(*row) for row in cursor.fetchall()]


def versions() -> list[tuple[str, str]]:
    """What runs here."""
    return [("Kentongan", __version__), ("Python", platform.python_version()), ("Django", django.get_version())]
