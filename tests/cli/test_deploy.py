"""Deployment: units that systemd accepts, a container file that names what is there, a PostgreSQL without the right to make roles."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kentongan.cli import deploy
from kentongan.cli.main import main
from kentongan.config import load
from kentongan.errors import KentonganError
from kentongan.office import checkup

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(sys.executable).parent / "kentongan")


def write(tmp_path, *words):
    ran = CliRunner().invoke(main, ["deploy", "systemd", "--out", str(tmp_path / "units"), *words])
    return ran, tmp_path / "units"


def test_it_writes_units_and_settings_and_says_how_to_put_them_in_place(tmp_path):
    ran, units = write(tmp_path, "--user", "humas", "--data", "/srv/kentongan", "--program", "/opt/kentongan/bin/kentongan",
                       "--set", "contact=humas@kota.example")  # fmt: skip
    assert ran.exit_code == 0, ran.output
    assert sorted(path.name for path in units.iterdir()) == ["kentongan-worker@.service", "kentongan.env", "kentongan.service"]
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(units / "kentongan.service")
    assert (unit["Service"]["User"], unit["Service"]["ExecStart"]) == ("humas", "/opt/kentongan/bin/kentongan run")
    assert unit["Service"]["ReadWritePaths"] == "/srv/kentongan"
    assert "systemctl enable --now kentongan" in ran.output
    assert stat.S_IMODE((units / "kentongan.env").stat().st_mode) == 0o600


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
def test_systemd_itself_finds_nothing_wrong_with_the_units(tmp_path):
    more = tmp_path / "backups"
    more.mkdir()
    ran, units = write(tmp_path, "--user", "daemon", "--data", str(tmp_path), "--program", PROGRAM, "--set", f"backup_folder={more}")
    assert ran.exit_code == 0, ran.output
    for name in ("kentongan.service", "kentongan-worker@.service"):
        checked = subprocess.run(["systemd-analyze", "verify", "--man=no", str(units / name)], capture_output=True, text=True, check=False)
        ours = [line for line in checked.stderr.splitlines() if "kentongan" in line]
        assert ours == []
        assert checked.returncode == 0, checked.stderr


def test_folders_it_writes_into_are_open_and_homes_are_closed_where_nothing_lies_there(tmp_path):
    at_home = deploy.units("humas", "/home/humas/data", "/opt/k/bin/kentongan", "", ["/mnt/backups"])["kentongan.service"]
    assert "ReadWritePaths=/home/humas/data /mnt/backups" in at_home
    assert "ProtectHome=no" in at_home
    assert "ProtectHome=yes" in deploy.units("humas", "/srv/k", "/opt/k/bin/kentongan", "")["kentongan.service"]
    assert deploy.written(("ledger_anchor_file=/mnt/outside/anchor", "backup_folder=/mnt/b")) == ["/mnt/b", "/mnt/outside"]


@pytest.mark.parametrize(
    "words",
    [
        ("--user", "root"), ("--user", "Ibu Sri"), ("--user", "a\nExecStart=/bin/sh"), ("--data", "relative"), ("--data", "/srv/a b"),
        ("--data", "/srv/../etc"), ("--program", "/bin/sh -c x"), ("--set", "no_such_setting=1"), ("--set", "web_port=ninety"),
        ("--set", "contact"), ("--set", "contact=a\nKENTONGAN_WEB_PORT=1"), ("--set", "data=/elsewhere"),
        ("--set", "backup_folder=/mnt/a b"),
    ],
)  # fmt: skip
def test_what_would_mean_something_else_to_systemd_is_refused_and_nothing_is_written(tmp_path, words):
    ran, units = write(tmp_path, "--program", "/opt/kentongan/bin/kentongan", *words)
    assert ran.exit_code == 1
    assert "Error:" in ran.output
    assert not units.exists()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="\x7f"), max_size=40))
def test_a_value_in_the_file_of_settings_is_read_back_as_it_was_given(value):
    text = deploy.environment_file((f"mail_from={value}",))
    line = next(line for line in text.split("\n") if line.startswith("KENTONGAN_MAIL_FROM="))
    (read,) = shlex.split(line.partition("=")[2].replace("\\$", "$").replace("\\`", "`"))
    assert read == value


def test_every_line_of_the_file_of_settings_that_is_a_comment_may_be_uncommented(tmp_path):
    lines = [line[1:] for line in deploy.environment_file(()).splitlines() if re.match(r"#KENTONGAN_", line)]
    config = load(environ=dict(line.split("=", 1) for line in lines))
    assert (config["workers"], config["https"], config["log_format"]) == (2, True, "json")


def test_the_container_file_copies_only_what_is_there_and_runs_only_what_we_have():
    text = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    copied = [shlex.split(line)[1:-1] for line in text.splitlines() if line.startswith("COPY ") and "--from=" not in line]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    assert "sh tools/setup.sh run" in text
    assert (ROOT / "tools/setup.sh").is_file()
    assert {line.split()[1] for line in text.splitlines() if line.startswith("FROM ")} == {"debian:12-slim"}
    assert re.search(r"^USER kentongan$", text, re.M)
    settings = re.findall(r"\b(KENTONGAN_\w+)=", text)
    load(environ=dict.fromkeys(settings, "") | {"KENTONGAN_DATA": "/data", "KENTONGAN_LOG_FORMAT": "json"})
    assert '"run"' in text.splitlines()[-1]


def need_roles(asked):
    rows = asked.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user") or asked
    if not rows.fetchone()[0]:
        pytest.skip("the user of DATABASE_URL may not make another one")


@pytest.fixture
def bounded(fresh_url):
    """The address of a fresh database as a user that may make neither roles nor databases; gone afterwards."""
    with psycopg.connect(fresh_url, autocommit=True) as admin:
        need_roles(admin)
        name = sql.Identifier("bounded_" + admin.info.dbname[-12:])
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x' NOCREATEROLE NOSUPERUSER").format(name))
        admin.execute(sql.SQL("GRANT ALL ON DATABASE {} TO {}").format(sql.Identifier(admin.info.dbname), name))
        admin.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(name))
        yield make_conninfo(fresh_url, user=name.as_string(admin).strip('"'), password="x")
        admin.execute(sql.SQL("DROP OWNED BY {}").format(name))
        admin.execute(sql.SQL("REVOKE kentongan_office FROM {}").format(name))
        admin.execute(sql.SQL("DROP ROLE {}").format(name))


def test_without_the_right_to_make_roles_the_doctor_names_the_lines_and_with_them_all_is_well(bounded, fresh_url):
    with psycopg.connect(fresh_url, autocommit=True) as admin:
        admin.execute("DO $$ BEGIN CREATE ROLE kentongan_office NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        told = checkup.walls(bounded)
        assert not told.ok
        line = re.search(r'GRANT kentongan_office TO "\w+";', told.remedy)
        assert line is not None
        admin.execute(line[0])
    assert checkup.walls(bounded).ok
    assert checkup.walls(fresh_url).ok


@pytest.mark.django_db(transaction=True)
def test_protecting_rows_needs_no_more_rights_than_the_two_lines_give():
    from django.db import connection

    from kentongan.office.people import scope

    with connection.cursor() as cursor:
        need_roles(cursor)
        cursor.execute("DROP ROLE IF EXISTS kentongan_bounded")
        cursor.execute("CREATE ROLE kentongan_bounded NOLOGIN NOCREATEROLE")
        try:
            cursor.execute("SET ROLE kentongan_bounded")
            with pytest.raises(KentonganError, match="GRANT kentongan_office TO"):
                scope._role(cursor)
            cursor.execute("RESET ROLE")
            cursor.execute("GRANT kentongan_office TO kentongan_bounded")
            cursor.execute("SET ROLE kentongan_bounded")
            scope._role(cursor)
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE kentongan_bounded")
