"""Run by test_upgrade in a process of its own: makes the tables of an earlier version and puts rows into every one of them.

    python old_rows.py people.0001_initial listening.0002_search

The rows are made from the fields of that version's own models: three of each, one an office, every reference set, texts in the scripts
people write. What the tables of later versions refuse is said otherwise in `OTHERWISE`.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta

from kentongan.config import load
from kentongan.office.database import open_office

BESIDE = ("contenttypes", "auth", "sessions", "account", "procrastinate")
ROOMS = ("people", "listening", "administration", "api", "alerting")
AT = datetime(2026, 8, 1, 3, 4, 5, 6, tzinfo=UTC)


ROWS = {"listening.Purpose": 6}
"""Three for sources, then three for watches."""
OTHERWISE = {
    "people.Deputy.deputy": lambda number, made: made["people.User"][(number + 1) % 3],
    "people.Duty.end": lambda number, made: AT + timedelta(days=1, hours=number),
    "people.OfficeSetting.name": lambda number, made: "keep_item_days",
    "people.OfficeSetting.value": lambda number, made: "400",
    "listening.Purpose.kind": lambda number, made: "sources" if number < 3 else "watch",
    "listening.Purpose.ends": lambda number, made: date(2027, 8, 1 + number),
    "listening.Purpose.ended": lambda number, made: None,
    "listening.Watch.purpose": lambda number, made: made["listening.Purpose"][3 + number],
    "listening.VoiceKey.destroyed": lambda number, made: None,
    "listening.Label.signal": lambda number, made: made["listening.Signal"][number] if number == 2 else None,
    "listening.Label.article": lambda number, made: made["listening.Article"][number] if number != 2 else None,
    "listening.Label.sample": lambda number, made: made["listening.SampleItem"][number] if number == 1 else None,
    "alerting.Alert.state": lambda number, made: "sent",
    "alerting.Alert.why": lambda number, made: "",
}


def value(field, number, made):
    """What stands in the field of the row with this number."""
    otherwise = OTHERWISE.get(f"{field.model._meta.label}.{field.name}")
    if otherwise is not None:
        return otherwise(number, made)
    kind = field.get_internal_type()
    if field.is_relation:
        rows = made.get(field.related_model._meta.label, [])
        return rows[number % len(rows)] if rows else None
    if field.choices:
        return field.choices[number % len(field.choices)][0]
    if kind in {"CharField", "TextField", "SlugField", "EmailField", "URLField"}:
        words = {"SlugField": f"kota-{number}", "EmailField": f"a{number}@kota.example"}.get(
            kind, f"Đường {field.name} {number} – «banjir»"
        )
        return words[: field.max_length or 200]
    numbers = {"DateTimeField": AT + timedelta(hours=number), "DateField": date(2026, 8, 1 + number), "BooleanField": number % 2 == 0}
    if kind in numbers:
        return numbers[kind]
    others = {
        "JSONField": {"n": number, "ü": ["⟦phone⟧"]},
        "ArrayField": [number] if "Integer" in getattr(field, "base_field", field).get_internal_type() else ["id"],
        "BinaryField": bytes([number]) * 32,
        "FloatField": number / 3,
    }
    if kind in others:
        return others[kind]
    if "Integer" in kind:
        return number + 1
    return [0.5] * 384 if type(field).__name__ == "HalfVectorField" else None


def in_order(models):
    """Models after those they need."""
    left, done = list(models), []
    while left:
        ready = [m for m in left if not any(needs(m, other) for other in left if other is not m)]
        assert ready, [m.__name__ for m in left]
        done += ready
        left = [m for m in left if m not in ready]
    return done


def needs(model, other):
    """What may be empty is needed only where `OTHERWISE` says what stands there."""
    related = [f for f in model._meta.local_fields if f.is_relation and f.many_to_one | bool(f.one_to_one) and f.related_model is other]
    return any(not f.null or f"{model._meta.label}.{f.name}" in OTHERWISE for f in related)


def fill(models, *, with_staff):
    """`with_staff`: until part 2 a person could be a superuser of Django's."""
    made = {}
    for model in in_order(models):
        fields = [f for f in model._meta.local_concrete_fields if not (f.primary_key and f.get_internal_type().endswith("AutoField"))]
        # a table with few combinations of unique references takes as many rows as it can
        for number in range(ROWS.get(model._meta.label, 3)):
            row = model(**{f.name: value(f, number, made) for f in fields if f.column != "search"})
            if model._meta.label == "people.User" and not with_staff:
                row.is_superuser = row.is_staff = False
            row.save(force_insert=True)
            made.setdefault(model._meta.label, []).append(row)


def write_lines(cursor):
    """The ledger's tables are made in SQL, and what binds a line to the one before is theirs to write."""
    for office in (1, 2, 3):
        cursor.execute("INSERT INTO ledger_line (office, at, act, subject) VALUES (%s, %s, 'source.added', 'source:1')", [office, AT])


def main(targets):
    with open_office(load(), migrate=False):
        from django.db import connection
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(connection)
        leaves = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in BESIDE]
        executor.migrate([*leaves, *targets])
        executor = MigrationExecutor(connection)
        state = executor.loader.project_state([*leaves, *targets])
        before_part_2 = ("people", "0001_initial") in targets
        fill([m for m in state.apps.get_models() if m._meta.app_label in ROOMS], with_staff=before_part_2)
        if not before_part_2:
            with connection.cursor() as cursor:
                write_lines(cursor)


if __name__ == "__main__":
    main([tuple(word.split(".")) for word in sys.argv[1:]])
