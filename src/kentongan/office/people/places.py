"""The places of an office: brought in from a file, whole or not at all, and found again by their old names.

A place is known by its code. A file that names it otherwise renames it, and the name it had stays as an old name; `replaces` says which
old places became this one, and their names lead here. Nothing is deleted: a place ends on a day (`until`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from kentongan.errors import InputError
from kentongan.office.ledger import services as ledger
from kentongan.office.people.models import Office, Place, PlaceChange, PlaceName, User
from kentongan.office.people.permissions import need
from kentongan.office.people.places_reading import DEPTH, Row, wrong

BATCH = 2_000
SHOWN = 500
FIELDS = ("level", "name", "names", "since", "until", "shape", "latitude", "longitude", "population")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change; `rows` are its places, parents first."""

    rows: Sequence[Row]
    known: Mapping[str, Place]
    touched: frozenset[str]
    """Codes of known places that change."""
    new: int
    changed: int
    renamed: int
    unchanged: int
    replaced: int

    def counts(self) -> dict[str, int]:
        """For the ledger and the screen."""
        return {name: getattr(self, name) for name in ("new", "changed", "renamed", "unchanged", "replaced")}


def plan(office: Office, rows: Sequence[Row], name: str) -> Plan:
    """Compare a file with what the office has. Raises `FileError` for a parent or an old place nobody knows, and for a loop."""
    codes = {row.code for row in rows} | {row.parent for row in rows} | {code for row in rows for code in row.replaces}
    known = {place.code: place for place in Place.objects.filter(office=office, code__in=codes - {""})}
    here = {row.code: row for row in rows}
    for row in rows:
        if row.parent and row.parent not in here and row.parent not in known:
            said = {"code": row.code, "parent": row.parent}
            why = gettext("%(code)s stands below %(parent)s, which is in neither the file nor the office. Add it.") % said
            raise wrong(name, row.line, why)
        for old in row.replaces:
            if old == row.code or (old not in here and old not in known):
                raise wrong(name, row.line, gettext("%(code)s replaces %(old)s, which nobody knows.") % {"code": row.code, "old": old})
    _no_loops(office, rows, known, name)
    new = [row for row in rows if row.code not in known]
    old = [row for row in rows if row.code in known]
    ids = {place.pk: place.code for place in known.values()}
    changed = [row for row in old if _differs(row, known[row.code], ids)]
    renamed = sum(row.name != known[row.code].name for row in changed)
    replaced = sum(len(row.replaces) for row in rows)
    return Plan(rows, known, frozenset(row.code for row in changed), len(new), len(changed), renamed, len(old) - len(changed), replaced)


def _differs(row: Row, place: Place, codes: Mapping[int, str]) -> bool:
    said = {field: getattr(row, field) for field in FIELDS if field not in {"names"} and getattr(row, field) is not None}
    parent = codes.get(place.parent_id or 0, "?" if place.parent_id else "")
    more = bool(set(row.names) - set(place.names.items()))
    return more or row.parent != parent or any(getattr(place, field) != value for field, value in said.items())


def _no_loops(office: Office, rows: Sequence[Row], known: Mapping[str, Place], name: str) -> None:
    """A place stands below one of a higher level, so a circle is impossible; also where a known place changes its level."""
    levels = {**{code: place.level for code, place in known.items()}, **{row.code: row.level for row in rows}}
    lines = {row.code: row.line for row in rows}
    below = {row.code: row.parent for row in rows if row.parent}
    moved = [code for code, place in known.items() if code in lines and place.level != levels[code]]
    if moved:
        for code, level, parent in Place.objects.filter(office=office, parent__code__in=moved).values_list("code", "level", "parent__code"):
            if code not in lines:
                below[code], levels[code], lines[code] = parent, level, lines[parent]
    for code, parent in below.items():
        if DEPTH[levels[parent]] >= DEPTH[levels[code]]:
            said = {"code": code, "level": levels[code], "parent": parent, "above": levels[parent]}
            raise wrong(name, lines[code], gettext("%(code)s (%(level)s) cannot stand below %(parent)s (%(above)s).") % said)


@transaction.atomic
def bring_in(user: User | None, office: Office, rows: Sequence[Row], name: str, now: datetime) -> Plan:
    """Take a file over, whole; `user` is None for the command line. Gives what was changed."""
    if user is not None:
        need(user, "places.change", office)
    Office.objects.select_for_update().get(pk=office.pk)
    made = plan(office, rows, name)
    places = dict(made.known)
    before = {place.code: place.name for place in places.values()}
    _store(office, [row for row in rows if row.code not in places or row.code in made.touched], places)
    _keep_names(office, rows, places, before, now.date())
    _replace(office, rows, places, now.date())
    actor, role = (user.pk, user.role) if user is not None else (None, "")
    ledger.write("places.imported", office=office.pk, actor=actor, role=role, at=now, subject="places", detail=made.counts())
    return made


def _store(office: Office, rows: Sequence[Row], places: dict[str, Place]) -> None:
    """New and changed places, level by level, so that a parent has its number before its children need it."""
    by_depth: dict[int, list[Row]] = {}
    for row in rows:
        by_depth.setdefault(DEPTH[row.level], []).append(row)
    for depth in sorted(by_depth):
        new, old = [], []
        for row in by_depth[depth]:
            place = places.get(row.code)
            if place is None:
                place = places[row.code] = Place(office=office, code=row.code)
                new.append(place)
            else:
                old.append(place)
            _fill(place, row, places)
        Place.objects.bulk_create(new, batch_size=BATCH)
        Place.objects.bulk_update(old, ["parent", *FIELDS], batch_size=500)


def _fill(place: Place, row: Row, places: Mapping[str, Place]) -> None:
    """What the file says; what it leaves out stays."""
    place.parent = places[row.parent] if row.parent else None
    place.level, place.name = row.level, row.name
    place.names = {**place.names, **dict(row.names)}
    for field in ("since", "until", "shape", "latitude", "longitude", "population"):
        value = getattr(row, field)
        if value is not None:
            setattr(place, field, value)


def _keep_names(office: Office, rows: Sequence[Row], places: Mapping[str, Place], before: Mapping[str, str], today: date) -> None:
    """Old names: those the file gives, and the one a place had until it was renamed."""
    kept = [PlaceName(office=office, place=places[row.code], name=old, until=row.since) for row in rows for old in row.old_names]
    for row in rows:
        if row.code in before and before[row.code] != row.name:
            kept.append(PlaceName(office=office, place=places[row.code], name=before[row.code], until=row.since or today))
    PlaceName.objects.bulk_create(kept, batch_size=BATCH, ignore_conflicts=True)


def _replace(office: Office, rows: Sequence[Row], places: Mapping[str, Place], today: date) -> None:
    """Old places that became new ones end the day before, and their names lead on."""
    changes, names = [], []
    for row in rows:
        for code in row.replaces:
            old, on = places[code], row.since or today
            changes.append(PlaceChange(office=office, old=old, new=places[row.code], on=on))
            names.append(PlaceName(office=office, place=places[row.code], name=old.name, until=on))
            if old.until is None:
                old.until = on
    PlaceChange.objects.bulk_create(changes, batch_size=BATCH, ignore_conflicts=True)
    PlaceName.objects.bulk_create(names, batch_size=BATCH, ignore_conflicts=True)
    Place.objects.bulk_update({change.old_id: change.old for change in changes}.values(), ["until"], batch_size=500)


# ---- reads ----------------------------------------------------------------------------------------------------------------------
def _with_children(office: Office) -> QuerySet[Place]:
    return Place.objects.filter(office=office).annotate(below=Count("children")).defer("shape")


def get_below(office: Office, parent: Place | None) -> list[Place]:
    """The places right below another, or the highest ones."""
    return list(_with_children(office).filter(parent=parent).order_by("until", "name", "pk")[:SHOWN])


def get_found(office: Office, words: str) -> list[Place]:
    """Places of this name or code, in any language, now or before. Accents do not matter."""
    matched = Q(name__unaccent__icontains=words) | Q(code__iexact=words) | Q(names__icontains=words)
    matched |= Q(pk__in=PlaceName.objects.filter(office=office, name__unaccent__icontains=words).values("place_id"))
    return list(_with_children(office).filter(matched).select_related("parent").order_by("until", "name", "pk")[:SHOWN])


def get_place(office: Office, pk: int) -> Place | None:
    """One place with what stands above it, its other names and what it came from or became."""
    rows = Place.objects.filter(office=office, pk=pk).select_related("parent__parent__parent")
    return rows.prefetch_related("other_names", "became__new", "came_from__old").first()


def get_path(place: Place) -> list[Place]:
    """What stands above a place, highest first."""
    path: list[Place] = []
    above = place.parent
    while above is not None:
        path.append(above)
        above = above.parent
    return path[::-1]


def get_count(office: Office) -> int:
    """All places of the office."""
    return Place.objects.filter(office=office).count()


def get_spellings(office: Office) -> dict[str, str]:
    """Every name with the code it leads to: living places first, then old names, then places that ended. Two queries.

    A name that two places share is left out: nobody can say which is meant.
    """
    living: dict[str, set[str]] = {}
    older: dict[str, set[str]] = {}
    ended: dict[str, set[str]] = {}
    for code, name, names, until in Place.objects.filter(office=office).values_list("code", "name", "names", "until"):
        for one in {name, *names.values()}:
            (living if until is None else ended).setdefault(one, set()).add(code)
    for code, name in PlaceName.objects.filter(office=office).values_list("place__code", "name"):
        older.setdefault(name, set()).add(code)
    return {name: next(iter(codes)) for name, codes in {**ended, **older, **living}.items() if len(codes) == 1}


def get_paths(office: Office) -> dict[str, tuple[str, ...]]:
    """The way from the highest place to each, as codes, by code. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH RECURSIVE way(id, path) AS (
                SELECT id, ARRAY[code]::text[] FROM people_place WHERE office_id = %s AND parent_id IS NULL
                UNION ALL SELECT p.id, w.path || p.code::text FROM people_place p JOIN way w ON p.parent_id = w.id
                WHERE cardinality(w.path) < 8
            ) SELECT path FROM way""",
            [office.pk],
        )
        return {row[0][-1]: tuple(row[0]) for row in cursor.fetchall()}


def office_called(slug: str, offices: Iterable[Office]) -> Office:
    """The office the command line names; the only one where none is named. Raises `InputError`."""
    rows = list(offices)
    if not slug and len(rows) == 1:
        return rows[0]
    for row in rows:
        if row.slug == slug:
            return row
    raise InputError(f"Name the office with --office: {', '.join(row.slug for row in rows) or 'there is none yet'}.", subject="office")
