"""How the office is run: settings, background work, condition, backups, what is kept for how long. As on the screens."""

from __future__ import annotations

from datetime import UTC, datetime

from ninja import Router

from kentongan.office.administration import jobs, queries, services, storage
from kentongan.office.administration.models import Backup, ParkedJob
from kentongan.office.api import running_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import ADMINISTER, OFFICE, READ
from kentongan.office.api.shapes import DONE, Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import retention
from kentongan.office.people.requests import OfficeRequest

router = Router()
_SETTING = ("name", "value", "origin", "sentence", "changeable", "own", "version", "by", "at")
_JOB = ("task", "status", "scheduled", "attempts")
_PARKED = ("task", "reason", "tries", "at")
_BACKUP = ("at", "size", "verified", "outcome")


def setting(row: queries.Shown) -> Shape:
    """A setting; a secret says only that it is set."""
    return {name: getattr(row, name) for name in _SETTING}


@router.get("/settings", **door("list_settings", OFFICE, "office.change", running_schemas.SettingList))
def list_settings(request: OfficeRequest) -> Shape:
    """Every setting as it holds, whence, and what it is for; a secret says only that it is set."""
    return {"rows": [setting(row) for row in queries.get_settings(office_of(request))]}


@router.post("/settings/change", **door("change_setting", ADMINISTER, "office.change", running_schemas.Setting, 404, 409, 422))
def change_setting(request: OfficeRequest, change: running_schemas.SettingIn) -> Shape:
    """Give a setting of the office another value, at the version that was read; an empty one gives it back to the installation."""
    found(queries.get_setting(office_of(request), change.name))
    services.change_setting(request.user, change.name, change.value, change.version, request.now)
    return setting(found(queries.get_setting(office_of(request), change.name)))


@router.get("/jobs", **door("get_jobs", OFFICE, "jobs.change", running_schemas.Work))
def get_jobs(request: OfficeRequest) -> Shape:
    """Background work that waits or runs: how much, and the first fifty."""
    work = jobs.get_work(office_of(request), datetime.now(UTC))
    rows = [{"id": row.number, "what": row.word, **{name: getattr(row, name) for name in _JOB}} for row in work.jobs]
    return {"waiting": work.waiting, "due": work.due, "running": work.running, "jobs": rows}


def parked(row: ParkedJob) -> Shape:
    """Parked work."""
    return {"id": row.pk, "what": jobs.word_of(row.task), **{name: getattr(row, name) for name in _PARKED}}


@router.get("/parked-jobs", **door("list_parked_jobs", OFFICE, "jobs.change", running_schemas.ParkedPage, 422))
def list_parked_jobs(request: OfficeRequest, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """Work that cannot succeed as it is, with the reason, the latest first."""
    return shapes.page(jobs.get_parked(office_of(request)), "at", after, size, parked)


@router.post("/parked-jobs/{pk}/retry", **door("retry_job", ADMINISTER, "jobs.change", schemas.Done, 404, 409, 422))
def retry_job(request: OfficeRequest, pk: Pk) -> Shape:
    """Put parked work back into its queue; if it fails once more it comes back with the reason."""
    services.try_again(request.user, found(jobs.get_parked_one(office_of(request), pk)), request.now)
    return DONE


@router.get("/condition", **door("get_condition", OFFICE, "office.change", running_schemas.Condition))
def get_condition(request: OfficeRequest) -> Shape:
    """How everything is, what is not well first, with what to do about it; and what takes how much on the disk."""
    office = office_of(request)
    findings = storage.look(office, request.now, datetime.now(UTC))
    return {
        "findings": [{name: str(getattr(one, name)) for name in ("title", "said", "remedy")} | {"ok": one.ok} for one in findings],
        "wrong": sum(not one.ok for one in findings),
        "sizes": [{"title": one.title, "megabytes": round(one.megabytes, 1)} for one in storage.get_sizes()],
        "days": [{"day": one.day, "articles": one.articles} for one in storage.get_days(office, request.now)],
        "versions": dict(storage.versions()),
    }


@router.get("/backups", **door("list_backups", OFFICE, "jobs.change", running_schemas.BackupPage, 422))
def list_backups(request: OfficeRequest, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """Backups, the latest first, and whether restoring them on trial gave the same."""
    rows = Backup.objects.filter(office=office_of(request))
    return shapes.page(rows, "at", after, size, lambda row: {"id": row.pk, **{name: getattr(row, name) for name in _BACKUP}})


@router.get("/retention", **door("list_retention", READ, "purposes.read", running_schemas.KeptList))
def list_retention(request: OfficeRequest) -> Shape:
    """What is kept for how long, the oldest of each kind at this moment, and the last run of forgetting."""
    office = office_of(request)
    proofs = retention.get_proofs(office, request.now, retention.keep_for(office))
    return {
        "rows": [
            {
                "kind": one.kind.name, "what": str(one.kind.title), "days": one.days, "oldest": one.oldest, "kept": one.kept,
                "last_run": one.last.at if one.last is not None else None,
                "deleted": one.last.deleted if one.last is not None else None,
            }
            for one in proofs
        ]
    }  # fmt: skip
