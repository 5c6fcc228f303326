"""Settings as one table: name, kind, default, sentence. One definition for file, environment and flags.

A setting `web_port` is read, first found wins, from the flag `--set web_port=…`, the environment `KENTONGAN_WEB_PORT` (or, for secrets,
the file named by `KENTONGAN_WEB_PORT_FILE`), the settings file (`kentongan.yaml`, or the one named by `KENTONGAN_CONFIG`), the default.
Nothing is read at import: `load()` reads, and what it returns is passed on.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml

from kentongan.errors import SettingError

Kind = Literal["text", "secret", "path", "whole", "number", "switch", "words"]
Value = str | Path | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `words` is a comma-separated list; `low` and `high` bound numbers; `allowed` lists the only values.

    `office` marks what an administrator may change for one office on the screen; the running parts read it anew at each turn of work.
    """

    name: str
    kind: Kind
    default: Value
    sentence: str
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    office: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("data", "path", Path("~/.local/share/kentongan"), "The one folder that holds database, keys and logs."),
    Setting("database_url", "secret", "", "A served PostgreSQL (15 or newer, pgvector); empty: the embedded one. DATABASE_URL counts too."),
    Setting("web_host", "text", "127.0.0.1", "The address the web server listens on."),
    Setting("web_port", "whole", 8600, "The port the web server listens on; 0 takes a free one.", 0, 65535),
    Setting("public_url", "text", "", "The address people type, for links in mail; empty: made from host and port."),
    Setting("allowed_hosts", "words", (), "Host names the web server answers to besides its own."),
    Setting("https", "switch", False, "On where a proxy in front speaks HTTPS: cookies are then sent over HTTPS only."),
    Setting("web_threads", "whole", 4, "Requests one web process answers at the same time.", 1, 64),
    Setting("web_processes", "whole", 3, "Processes that answer requests; each takes about 90 MB beside the first.", 1, 64),
    Setting("workers", "whole", 1, "Worker processes for background work.", 1, 64),
    Setting("worker_threads", "whole", 8, "Jobs one worker does at the same time.", 1, 64),
    Setting("contact", "text", "", "Who answers for this installation: an address or e-mail sent in the User-Agent to every outlet."),
    Setting("allow_hosts", "words", (), "Private hosts (name or name:port) that may be fetched, each by name."),
    Setting("visit_min_s", "whole", 60, "The shortest interval between two visits to a source, in seconds.", 1, 86400, office=True),
    Setting("visit_max_s", "whole", 86400, "The longest interval between two visits to a source, in seconds.", 60, 604800, office=True),
    Setting("fetch_timeout_s", "number", 30.0, "The longest one fetch may take, in seconds.", 1, 300),
    Setting("fetch_max_mb", "number", 8.0, "The largest answer read, in megabytes, after decompression.", 0.1, 100),
    Setting("fetch_proxy_env", "switch", False, "On where outlets are reached through the proxy named in the environment."),
    Setting("ca_file", "text", "", "A file of certificates to trust besides the usual ones, for the office's own mail server."),
    Setting("embedder", "text", "e5", "What makes vectors of texts; hashed is for tests, blind to meaning.", allowed=("e5", "hashed")),
    Setting(
        "hold_first_s",
        "whole",
        60,
        "The longest the first pile of a new source waits for the other sources, in seconds.",
        0,
        3600,
        office=True,
    ),
    Setting(
        "tick_minutes",
        "whole",
        5,
        "Minutes between two looks at the clock by the listener, so that signals can fall back.",
        1,
        1440,
        office=True,
    ),
    Setting(
        "alert_budget",
        "whole",
        8,
        "Signals the office is told of in 24 hours at most, crises apart; 0 for no limit.",
        0,
        200,
        office=True,
    ),
    Setting("snapshot_entries", "whole", 2000, "Journal entries after which the listener saves its state.", 1, 1000000),
    Setting(
        "alert_crisis_min", "whole", 5, "Minutes until an alert of the level crisis that nobody answers is passed on.", 1, 1440, office=True
    ),
    Setting(
        "alert_high_min", "whole", 15, "Minutes until an alert of the level high that nobody answers is passed on.", 1, 1440, office=True
    ),
    Setting("alert_other_min", "whole", 60, "Minutes until any other alert that nobody answers is passed on.", 1, 1440, office=True),
    Setting(
        "first_due_crisis_min",
        "whole",
        60,
        "Minutes until the first answer is due after an issue has the level crisis.",
        5,
        10080,
        office=True,
    ),
    Setting(
        "first_due_high_min",
        "whole",
        240,
        "Minutes until the first answer is due after an issue has the level high; 0 for no clock.",
        0,
        10080,
        office=True,
    ),
    Setting(
        "first_due_medium_min",
        "whole",
        480,
        "Minutes until the first answer is due after an issue has the level medium; 0 for no clock.",
        0,
        10080,
        office=True,
    ),
    Setting(
        "first_due_low_min",
        "whole",
        0,
        "Minutes until the first answer is due after an issue has the level low; 0 for no clock.",
        0,
        10080,
        office=True,
    ),
    Setting(
        "first_due_watch_min",
        "whole",
        0,
        "Minutes until the first answer is due after an issue has the level watch; 0 for no clock.",
        0,
        10080,
        office=True,
    ),
    Setting("keep_raw_days", "whole", 30, "Days a visit's record is kept.", 1, 365, office=True),
    Setting("keep_item_days", "whole", 180, "Days a cleaned item is kept.", 1, 3650, office=True),
    Setting("api_rate", "whole", 120, "Requests a minute that one API token may make.", 1, 100000),
    Setting("keep_count_days", "whole", 1825, "Days counts of complaints, silences and deletion runs are kept.", 30, 36500, office=True),
    Setting("ledger_anchor_mail", "words", (), "Addresses outside that are mailed the end of the ledger's chains once a day."),
    Setting("ledger_anchor_file", "text", "", "A file on another machine's disk to which the end of the ledger's chains is appended."),
    Setting("backup_folder", "text", "", "Where the nightly backups go; empty: the folder backups in the data folder."),
    Setting("backup_hour", "whole", 2, "The hour of the nightly backup, in the installation's time zone; 24 makes none.", 0, 24),
    Setting("backup_keep", "whole", 3, "Nightly backups that are kept.", 1, 365),
    Setting("mail_url", "secret", "", "The mail server, smtp://user:password@host:port (smtps:// for TLS); empty: no mail is sent."),
    Setting("mail_from", "text", "", "The sender of mail; empty: kentongan@ and the host of the public address."),
    Setting(
        "mail_per_second", "number", 100.0, "Letters to readers of the newsroom handed to the mail server a second, at most.", 0.1, 1000
    ),
    Setting("oidc_url", "text", "", "The office's own sign-in (OpenID Connect): the issuer's address, https://…; empty: none."),
    Setting("oidc_client_id", "text", "", "The name under which the provider of oidc_url knows this installation."),
    Setting("oidc_secret", "secret", "", "The secret the provider of oidc_url gave for that name."),
    Setting("time_zone", "text", "Asia/Jakarta", "The local time of the office when none is set for it."),
    Setting("clock_origin", "text", "", "Demo only: the moment the demo's clock starts at, ISO 8601."),
    Setting("clock_started", "text", "", "Demo only: the real moment at which the demo's clock started, ISO 8601."),
    Setting("clock_speed", "number", 1.0, "Demo only: how many times faster than real time the clock runs.", 0.0, 100000.0),
    Setting("clock_until", "text", "", "Demo only: the moment after which the clock runs at natural speed, ISO 8601."),
    Setting(
        "metrics_token", "secret", "", "The word with which /metrics may be read; empty: only this machine, while public_url is empty."
    ),
    Setting("log_format", "text", "text", "How the log is written: lines for people, or one JSON object a line.", allowed=("text", "json")),
    Setting("log_level", "text", "info", "How much is written to the log.", allowed=("debug", "info", "warning", "error")),
)
_BY_NAME: dict[str, Setting] = {s.name: s for s in SETTINGS}
_SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its value and where it came from (`flag`, `environment`, `file`, `default`)."""

    values: Mapping[str, Value]
    origins: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def data(self) -> Path:
        """The data folder, absolute."""
        return Path(str(self.values["data"])).expanduser().resolve()

    @property
    def public_url(self) -> str:
        """The address people type, without a slash at the end."""
        return str(self["public_url"] or f"http://{self['web_host']}:{self['web_port']}").rstrip("/")

    @property
    def hosts(self) -> list[str]:
        """Host names the web server answers to."""
        named = urlsplit(self.public_url).hostname or ""
        return sorted({str(self["web_host"]), named, "127.0.0.1", "localhost", *self["allowed_hosts"]} - {""})

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, to hand to a child process."""
        out: dict[str, str] = {}
        for setting in SETTINGS:
            value = self.values[setting.name]
            out[variable(setting.name)] = ",".join(value) if isinstance(value, tuple) else str(value)
        return out


def leads_nowhere(contact: str) -> bool:
    """Whether a contact is none: empty, or an address (web or e-mail) of this machine to itself, which nobody outside can write to."""
    said = contact.strip()
    try:
        host = urlsplit(said if "://" in said else f"//{said}").hostname or ""
    except ValueError:
        return False
    if host.strip(".") in {"", "localhost", "localhost.localdomain"} or host.rstrip(".").endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def setting(name: str) -> Setting:
    """One row of the table. Raises `SettingError` for a name that is none."""
    if name not in _BY_NAME:
        raise SettingError(f"There is no setting “{name[:60]}”. `kentongan settings` lists them all.", subject=name[:60])
    return _BY_NAME[name]


def parse(name: str, raw: str) -> Value:
    """The value a text stands for. Raises `SettingError` naming the variable and what is allowed."""
    return _parsed(setting(name), raw)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"KENTONGAN_{name.upper()}"


def load(flags: Mapping[str, str] | None = None, environ: Mapping[str, str] | None = None, file: Path | None = None) -> Config:
    """Read every setting once. Raises `SettingError` naming the variable and what is allowed."""
    env = os.environ if environ is None else environ
    unknown = sorted(set(flags or ()) - set(_BY_NAME))
    if unknown:
        raise SettingError(f"There is no setting “{unknown[0]}”. `kentongan settings` lists them all.", subject=unknown[0])
    from_file = _read_file(file or _named_file(env))
    values: dict[str, Value] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        raw, origin = _find(setting, flags or {}, env, from_file)
        origins[setting.name] = origin
        values[setting.name] = setting.default if raw is None else _parsed(setting, raw)
    return Config(values, origins)


def _named_file(env: Mapping[str, str]) -> Path | None:
    named = env.get("KENTONGAN_CONFIG")
    if named:
        return Path(named)
    here = Path("kentongan.yaml")
    return here if here.is_file() else None


def _read_file(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        found: object = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingError(f"The settings file {file} cannot be read: {error}", subject=str(file)) from error
    if not isinstance(found, dict):
        raise SettingError(f"The settings file {file} must be lines of `name: value`.", subject=str(file))
    out: dict[str, str] = {}
    for key, value in found.items():
        if key not in _BY_NAME:
            raise SettingError(f"{file}: there is no setting “{key}”. `kentongan settings` lists them all.", subject=str(key))
        out[str(key)] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return out


def _find(setting: Setting, flags: Mapping[str, str], env: Mapping[str, str], from_file: Mapping[str, str]) -> tuple[str | None, str]:
    name = variable(setting.name)
    if setting.name in flags:
        return flags[setting.name], "flag"
    if name in env:
        return env[name], "environment"
    if setting.kind == "secret" and f"{name}_FILE" in env:
        path = Path(env[f"{name}_FILE"])
        try:
            return path.read_text(encoding="utf-8").strip(), "environment"
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{name}_FILE names {path}, which cannot be read: {error}", subject=f"{name}_FILE") from error
    if setting.name == "database_url" and env.get("DATABASE_URL"):
        return env["DATABASE_URL"], "environment"
    if setting.name in from_file:
        return from_file[setting.name], "file"
    return None, "default"


def _parsed(setting: Setting, raw: str) -> Value:
    name = variable(setting.name)
    text = raw.strip()
    match setting.kind:
        case "switch":
            if text.lower() not in _SWITCH:
                raise SettingError(f"{name} must be one of {', '.join(_SWITCH)}, not “{text}”.", subject=name)
            return _SWITCH[text.lower()]
        case "whole" | "number":
            return _number(setting, name, text)
        case "words":
            return tuple(part.strip() for part in text.split(",") if part.strip())
        case "path":
            return Path(text)
        case "text" | "secret":
            if setting.allowed and text not in setting.allowed:
                raise SettingError(f"{name} must be one of {', '.join(setting.allowed)}, not “{text}”.", subject=name)
            return text


def _number(setting: Setting, name: str, text: str) -> int | float:
    word = "a whole number" if setting.kind == "whole" else "a number"
    bounds = f" from {setting.low:g} to {setting.high:g}" if setting.low is not None and setting.high is not None else ""
    try:
        value = int(text) if setting.kind == "whole" else float(text)
    except ValueError:
        raise SettingError(f"{name} must be {word}{bounds}, not “{text}”.", subject=name) from None
    if (setting.low is not None and value < setting.low) or (setting.high is not None and not value <= setting.high):
        raise SettingError(f"{name} must be {word}{bounds}, not {text}.", subject=name)
    return value
