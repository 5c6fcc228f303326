"""`kentongan deploy`: the files with which a machine keeps Kentongan running. Writes files, starts nothing, needs no rights."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from kentongan.config import load, variable
from kentongan.errors import InputError, SettingError

_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_PLAIN = re.compile(r"/[A-Za-z0-9_./@+-]*")
LEFT_OUT = frozenset({"data", "database_url", "workers"})

SERVICE = """\
[Unit]
Description=Kentongan: hear early, check, speak with sources, answer on time
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
User={user}
EnvironmentFile=-/etc/kentongan/kentongan.env
Environment=KENTONGAN_DATA={data}
Environment=PYTHONUNBUFFERED=1
ExecStart={program} run
Restart=on-failure
RestartSec=5
TimeoutStopSec=60
KillMode=mixed
{limits}
[Install]
WantedBy=multi-user.target
"""
WORKER = """\
[Unit]
Description=Kentongan: worker %i on another machine (served PostgreSQL, see the manual)
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
User={user}
EnvironmentFile=/etc/kentongan/kentongan.env
Environment=KENTONGAN_DATA={data}
Environment=PYTHONUNBUFFERED=1
ExecStart={program} part worker
Restart=always
RestartSec=5
TimeoutStopSec=60
KillMode=mixed
{limits}
[Install]
WantedBy=multi-user.target
"""
LIMITS = """\
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome={home}
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
ReadWritePaths={places}
"""
NEXT = """\
Written to {out}. As root, on the machine:
  useradd --system --home-dir {data} --create-home {user}      # where the account is not there yet
  install -d -o {user} -m 0700 {data}
  install -D -m 0600 -o {user} {out}/kentongan.env /etc/kentongan/kentongan.env    # read it and fill it in first
  install -m 0644 {out}/kentongan.service {out}/kentongan-worker@.service /etc/systemd/system/
  systemctl daemon-reload && systemctl enable --now kentongan
  journalctl -u kentongan                                      # the link of the first run stands there
"""


@click.group()
def command() -> None:
    """Make the files with which a machine keeps Kentongan running."""


@command.command()
@click.option("--user", default="kentongan", show_default=True, help="The account of the machine that runs it; never root.")
@click.option("--data", default="/var/lib/kentongan", show_default=True, metavar="DIR", help="The folder that holds everything.")
@click.option("--program", default="", metavar="FILE", help="The command to start; this one when not given.")
@click.option("--set", "chosen", multiple=True, metavar="NAME=VALUE", help="A setting for the environment file.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where the files go.")
def systemd(user: str, data: str, program: str, chosen: tuple[str, ...], out: Path) -> None:
    """Units for systemd: the installation, workers for other machines, and the file of settings."""
    environment = environment_file(chosen)
    files = units(user, data, program or own_program(), environment, written(chosen))
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = out / name
        path.touch(mode=0o600 if name.endswith(".env") else 0o644)
        path.write_text(text, encoding="utf-8")
    click.echo(NEXT.format(out=out, user=user, data=data), nl=False)


def written(chosen: tuple[str, ...]) -> list[str]:
    """Folders besides the data folder into which the chosen settings let Kentongan write."""
    given = dict(one.split("=", 1) for one in chosen)
    anchor = given.get("ledger_anchor_file", "")
    return [folder for folder in (given.get("backup_folder", ""), str(Path(anchor).parent) if anchor else "") if folder]


def units(user: str, data: str, program: str, environment: str, more: Sequence[str] = ()) -> dict[str, str]:
    """The files by name. `more` are further folders it writes into.

    Raises `InputError` for a name or path that would mean something else to systemd.
    """
    if not _USER.fullmatch(user) or user == "root":
        raise InputError(f"“{user[:40]}” is no account for a service: small letters, digits, - and _, and not root.", subject="user")
    for name, path in (("data", data), ("program", program), *(("set", one) for one in more)):
        if not _PLAIN.fullmatch(path) or ".." in path.split("/"):
            raise InputError(f"--{name} must be a full path of plain letters without spaces, not “{path[:80]}”.", subject=name)
    home = "no" if any(path.startswith(("/home/", "/root/")) for path in (data, program, *more)) else "yes"
    limits = LIMITS.format(places=" ".join(dict.fromkeys((data, *more))), home=home)
    return {
        "kentongan.service": SERVICE.format(user=user, data=data, program=program, limits=limits),
        "kentongan-worker@.service": WORKER.format(user=user, data=data, program=program, limits=limits),
        "kentongan.env": environment,
    }


def environment_file(chosen: tuple[str, ...]) -> str:
    """The settings as systemd reads them: those chosen, the most wanted others as comments. Raises `SettingError` for a wrong value."""
    given: dict[str, str] = {}
    for one in chosen:
        name, found, value = one.partition("=")
        if not found:
            raise InputError(f"“{one[:60]}” must be NAME=VALUE.", subject="set")
        if name in LEFT_OUT - {"workers", "database_url"}:
            raise SettingError("The data folder is given by --data.", subject=name)
        if any(ord(sign) < 32 for sign in value):
            raise SettingError(f"{variable(name)} may not hold line breaks.", subject=name)
        given[name] = value
    load(given, environ={}, file=None)
    lines = ["# Settings of Kentongan: `kentongan settings` lists them all. Readable by its account only: it may hold passwords."]
    lines += [f"{variable(name)}={_quoted(value)}" for name, value in given.items()]
    wanted = (
        ("contact", "humas@kota.example", "whom an outlet may ask"),
        ("public_url", "https://kentongan.kota.example", "the address people type"),
        ("https", "on", "where a proxy in front speaks HTTPS"),
        ("mail_url", "smtps://user:password@mail.kota.example", "the mail server"),
        ("database_url", "postgresql://kentongan:password@db.kota.example/kentongan", "a PostgreSQL of your own"),
        ("workers", "2", "at least 2 where other machines work, too"),
        ("log_format", "json", "one JSON object a line"),
        ("metrics_token", "a-long-word", "lets Prometheus read /metrics"),
    )
    lines += [f"# {sentence}\n#{variable(name)}={example}" for name, example, sentence in wanted if name not in given]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    """A value as an EnvironmentFile holds it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`") + '"'


def own_program() -> str:
    """The `kentongan` that runs now. Raises `InputError` where it is not an installed command."""
    beside = Path(sys.executable).parent / "kentongan"
    found = str(beside) if beside.is_file() else shutil.which("kentongan") or ""
    if not found:
        raise InputError("The command kentongan was not found. Name it: --program /opt/kentongan/bin/kentongan", subject="program")
    return found
