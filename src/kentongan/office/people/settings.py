"""The settings as they hold for one office: what its administrator changed, on top of file and environment.

Every part asks at each turn of its work (a visit, a look of the listener, a run of the timers), so a change needs no restart.
"""

from __future__ import annotations

from django.conf import settings

from kentongan.config import SETTINGS, Config, parse
from kentongan.errors import SettingError
from kentongan.office.people.models import Office, OfficeSetting

CHANGEABLE = frozenset(one.name for one in SETTINGS if one.office)
OFFICE = "office"
"""What `Config.origins` says of a value the office's administrator gave."""


def of(office: int) -> Config:
    """Every setting as it holds for an office. One query. A stored value that is allowed no more counts as none."""
    config: Config = settings.CONFIG
    values, origins = dict(config.values), dict(config.origins)
    for name, raw in OfficeSetting.objects.filter(office_id=office, name__in=CHANGEABLE).exclude(value="").values_list("name", "value"):
        try:
            values[name] = parse(name, raw)
        except SettingError:
            continue
        origins[name] = OFFICE
    return Config(values, origins)


def contact() -> str:
    """Whom an outlet may ask about our visits: the setting, else what the first office says of itself, else our own address."""
    config: Config = settings.CONFIG
    said = str(config["contact"]) or Office.objects.order_by("pk").exclude(contact="").values_list("contact", flat=True).first() or ""
    return said if said.isascii() and said.isprintable() and said else config.public_url
