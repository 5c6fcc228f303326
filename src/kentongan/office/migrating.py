"""Migrations, without drawing every model anew for each.

Django keeps the models as classes while it migrates, and for every new table, index and constraint it makes the classes of all related
models again; here everything is related to the office, so that a new database cost 15 s of processor time. A table that is new and an
index or constraint change no class but their own. The others see the old one, which has the same columns; a change of a relation and a
migration that moves rows find all classes new.
"""

from __future__ import annotations

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class _State(ProjectState):
    """The models at one point of their history."""

    def clone(self) -> _State:
        copy = _State({key: model.clone() for key, model in self.models.items()}, self.real_apps)
        if "apps" in self.__dict__:
            copy.apps = self.apps.clone()
        copy.is_delayed = self.is_delayed
        return copy

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """Make the class of a model again; `delay`: nothing that others refer to has changed."""
        if "apps" not in self.__dict__:
            return
        new = model_name not in self.apps.all_models[app_label]
        if new or delay:
            self.is_delayed = self.is_delayed or not new
            self._reload({(app_label, model_name)})
        else:
            del self.apps
            self.is_delayed = False


class Executor(MigrationExecutor):
    """Applies migrations on states that make few classes."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> _State:
        state = super()._create_project_state(with_applied_migrations)
        return _State(state.models, state.real_apps)


def is_pending() -> bool:
    """Whether a migration of this version is not in the database yet."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Bring every table to this version, as `manage.py migrate` does; one process at a time."""
    executor = Executor(connection)
    executor.loader.check_consistent_history(connection)
    targets = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(targets)
    state = executor._create_project_state(with_applied_migrations=True)
    emit_pre_migrate_signal(0, False, DEFAULT_DB_ALIAS, apps=state.apps, plan=plan)
    state = executor.migrate(targets, plan=plan, state=state)
    state.clear_delayed_apps_cache()
    emit_post_migrate_signal(0, False, DEFAULT_DB_ALIAS, apps=state.apps, plan=plan)
