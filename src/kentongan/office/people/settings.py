"""The settings as they hold for one office: what its administrator changed, on top of file and environment.

Every part asks at each turn of its work (a visit, a look of the listener, a run of the timers), so a change needs no restart.
"""

from __future__ import annotations

from django.conf import settings

from kentongan.config import SETTINGS, Config, leads_nowhere, parse
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
    """Whom an outlet may ask about our visits: the setting, else what the first office says of itself, else our own address.

    What leads to this machine alone is passed over; where nothing else is left it is our own address that does (see `nobody_to_ask`).
    """
    config: Config = settings.CONFIG
    if may_be_sent(str(config["contact"])):
        return str(config["contact"])
    said = Office.objects.order_by("pk").exclude(contact="").values_list("contact", flat=True).first() or ""
    return said if may_be_sent(said) else config.public_url


def may_be_sent(contact: str) -> bool:
    """Whether a contact can stand in a request and leads to somebody."""
    return contact.isascii() and contact.isprintable() and not leads_nowhere(contact)


def nobody_to_ask() -> bool:
    """Whether outlets are visited and told nobody whom they could ask. One query at most."""
    return leads_nowhere(contact())
