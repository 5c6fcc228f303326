"""Migrations on classes that are made anew only where that matters: the tables are those of Django's own way."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest
from django.db import models
from django.db.migrations.state import ModelState

from kentongan.office import migrating

TABLES = (
    """SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, character_maximum_length
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 3""",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2, 3",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
    "SELECT relname, relkind, relacl::text, relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT app, name FROM django_migrations ORDER BY 1, 2",
    "SELECT app_label, model FROM django_content_type ORDER BY 1, 2",
    "SELECT codename FROM auth_permission ORDER BY 1",
)


def model(name, **fields):
    return ModelState("listening", name, [("id", models.BigAutoField(primary_key=True)), *fields.items()], {"indexes": []})


def to(name):
    return models.ForeignKey(f"listening.{name}", models.CASCADE)


@pytest.fixture
def state():
    one = migrating._State()
    for each in (model("River"), model("Gauge", river=to("River"))):
        one.add_model(each)
    return one


def classes(state):
    return {name: state.apps.get_model("listening", name) for name in ("River", "Gauge")}


def test_a_new_table_makes_no_other_class_again(state):
    before = classes(state)
    state.add_model(model("Reading", gauge=to("Gauge")))
    assert classes(state) == before
    assert state.apps.get_model("listening", "Reading")._meta.get_field("gauge").related_model is before["Gauge"]


def test_an_index_makes_one_class_again_and_moved_rows_find_all_new(state):
    before = classes(state)
    state.add_index("listening", "river", models.Index(fields=["id"], name="river_order"))
    after = classes(state)
    assert after["River"] is not before["River"]
    assert after["Gauge"] is before["Gauge"]
    copy = state.clone()
    copy.clear_delayed_apps_cache()
    whole = classes(copy)
    assert whole["Gauge"]._meta.get_field("river").related_model is whole["River"]
    assert classes(state) == after


def test_a_relation_makes_every_class_again(state):
    before = classes(state)
    state.add_index("listening", "river", models.Index(fields=["id"], name="river_order"))
    state.add_field("listening", "river", "mouth", to("River"), True)
    after = classes(state)
    assert not set(before.values()) & set(after.values())
    assert after["Gauge"]._meta.get_field("river").related_model is after["River"]
    assert {one.name for one in after["River"]._meta.related_objects} == {"gauge", "river"}


@pytest.mark.soak
def test_the_tables_are_those_of_djangos_own_way(installation, fresh_url, ready_url):
    code = (
        "from kentongan.office.database import set_up; set_up(); from django.core.management import call_command; call_command('migrate')"
    )
    subprocess.run([sys.executable, "-c", code], env=installation(url=fresh_url).env, check=True)
    with psycopg.connect(fresh_url) as django, psycopg.connect(ready_url) as ours:
        for query in TABLES:
            assert ours.execute(query).fetchall() == django.execute(query).fetchall()
