"""The settings as the screen shows them: value, where it comes from, what it is for, and whether it may be changed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.config import SETTINGS, Config, Setting
from kentongan.office.administration.sentences import SENTENCES
from kentongan.office.listening.presenting import Words
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Office, OfficeSetting

ORIGINS: dict[str, Words] = {
    "office": gettext_lazy("changed here"),
    "flag": gettext_lazy("from the command line"),
    "environment": gettext_lazy("from the environment"),
    "file": gettext_lazy("from the settings file"),
    "default": gettext_lazy("as shipped"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One row. `version` counts changes of the office's own value; 0 where there was none. Secrets only say that they are there."""

    name: str
    value: str
    origin: str
    sentence: str
    changeable: bool
    version: int = 0
    own: str = ""
    by: str = ""
    at: datetime | None = None


def get_settings(office: Office) -> list[Shown]:
    """Every setting, those of the office first. Two queries."""
    config = office_settings.of(office.pk)
    rows = {row.name: row for row in OfficeSetting.objects.filter(office=office).select_related("by")}
    shown = [_shown(one, config, rows.get(one.name)) for one in SETTINGS]
    return sorted(shown, key=lambda one: not one.changeable)


def get_setting(office: Office, name: str) -> Shown | None:
    """One of the settings the office may change."""
    return next((one for one in get_settings(office) if one.name == name and one.changeable), None)


def _shown(one: Setting, config: Config, row: OfficeSetting | None) -> Shown:
    made = Shown(one.name, value_text(one, config), str(ORIGINS[config.origins[one.name]]), str(SENTENCES[one.name]), one.office)
    if row is None:
        return made
    by = row.by.shown if row.by is not None else ""
    return Shown(made.name, made.value, made.origin, made.sentence, made.changeable, row.version, row.value, by, row.at)


def value_text(one: Setting, config: Config) -> str:
    """A value as text; of a secret only whether it is there."""
    value = config[one.name]
    if one.kind == "secret":
        return _("set, not shown") if value else ""
    if one.kind == "switch":
        return _("on") if value else _("off")
    return ", ".join(value) if isinstance(value, tuple) else str(value)
