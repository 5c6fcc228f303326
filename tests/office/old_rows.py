"""Run by test_upgrade in a process of its own: makes the tables of an earlier version and puts rows into every one of them.

    python old_rows.py people.0001_initial listening.0002_search

The rows are made from the fields of that version's own models: three of each, every reference set, texts in the scripts people write.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta

from kentongan.config import load
from kentongan.office.database import open_office

BESIDE = ("contenttypes", "auth", "sessions", "account", "procrastinate")
ROOMS = ("people", "listening", "administration", "api")
AT = datetime(2026, 8, 1, 3, 4, 5, 6, tzinfo=UTC)


def value(field, number, made):
    """What stands in the field of the row with this number."""
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
        "ArrayField": ["id"],
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
    return any(
        f.is_relation and f.many_to_one | bool(f.one_to_one) and f.related_model is other and not f.null for f in model._meta.local_fields
    )


def fill(models):
    made = {}
    for model in in_order(models):
        fields = [f for f in model._meta.local_concrete_fields if not (f.primary_key and f.get_internal_type().endswith("AutoField"))]
        # a table with few combinations of unique references takes as many rows as it can
        for number in range(3):
            row = model(**{f.name: value(f, number, made) for f in fields if f.column != "search"})
            row.save(force_insert=True)
            made.setdefault(model._meta.label, []).append(row)


def main(targets):
    with open_office(load(), migrate=False):
        from django.db import connection
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(connection)
        leaves = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in BESIDE]
        executor.migrate([*leaves, *targets])
        executor = MigrationExecutor(connection)
        state = executor.loader.project_state([*leaves, *targets])
        fill([m for m in state.apps.get_models() if m._meta.app_label in ROOMS])


if __name__ == "__main__":
    main([tuple(word.split(".")) for word in sys.argv[1:]])
