"""Settings: one table for file, environment and command line; a wrong value is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kentongan import config
from kentongan.cli.settings import HIDDEN, shown, table
from kentongan.errors import SettingError

ROOT = Path(__file__).parents[1]


def load(flags=None, environ=None, file=None):
    return config.load(flags, environ or {}, file)


def test_the_first_place_that_names_a_setting_wins(tmp_path):
    file = tmp_path / "kentongan.yaml"
    file.write_text("web_port: 1\nweb_threads: 2\nworkers: 3\n")
    found = load({"web_port": "9"}, {"KENTONGAN_WEB_PORT": "8", "KENTONGAN_WEB_THREADS": "7"}, file)
    assert [found[name] for name in ("web_port", "web_threads", "workers", "worker_threads")] == [9, 7, 3, 8]
    assert [found.origins[name] for name in ("web_port", "web_threads", "workers", "worker_threads")] == [
        "flag", "environment", "file", "default",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "contact",
    ["", " ", "http://127.0.0.1:8600", "http://127.1.2.3/", "https://localhost/x", "http://a.localhost.", "http://[::1]:8600", "http://0.0.0.0:80",
     "root@localhost", "me@localhost.localdomain", "mailto:me@127.0.0.1", "localhost:8600"],
)  # fmt: skip
def test_a_contact_that_leads_to_this_machine_only_is_none(contact):
    assert config.leads_nowhere(contact)


@pytest.mark.parametrize(
    "contact",
    ["humas@kota.example", "https://kota.example/kontak", "mailto:humas@kota.example", "http://10.0.0.5", "kota.example", "Humas 021 555",
     "http://[broken", "localhost@kota.example", "http://localhost.kota.example"],
)  # fmt: skip
def test_any_other_contact_leads_to_somebody(contact):
    assert not config.leads_nowhere(contact)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("web_port", "x", "KENTONGAN_WEB_PORT must be a whole number from 0 to 65535, not “x”"),
        ("web_port", "70000", "from 0 to 65535"),
        ("https", "maybe", "KENTONGAN_HTTPS must be one of 1, true, yes, on"),
        ("log_level", "loud", "must be one of debug, info, warning, error"),
        ("fetch_max_mb", "nan", "must be a number"),
    ],
)
def test_a_wrong_value_names_the_variable_and_what_is_allowed(name, value, said):
    with pytest.raises(SettingError, match=said) as caught:
        load({name: value})
    assert caught.value.subject == config.variable(name)


def test_an_unknown_setting_is_not_passed_over(tmp_path):
    with pytest.raises(SettingError, match="no setting “webport”"):
        load({"webport": "1"})
    file = tmp_path / "k.yaml"
    file.write_text("webport: 1\n")
    with pytest.raises(SettingError, match="webport"):
        load(file=file)


def test_a_secret_may_be_the_content_of_a_file(tmp_path):
    secret = tmp_path / "mail"
    secret.write_text("smtp://a:b@mail.example\n")
    found = load(environ={"KENTONGAN_MAIL_URL_FILE": str(secret)})
    assert found["mail_url"] == "smtp://a:b@mail.example"
    with pytest.raises(SettingError, match="KENTONGAN_MAIL_URL_FILE"):
        load(environ={"KENTONGAN_MAIL_URL_FILE": str(tmp_path / "missing")})


def test_database_url_is_read_in_its_usual_name_too():
    assert load(environ={"DATABASE_URL": "postgresql://a/b"})["database_url"] == "postgresql://a/b"
    both = {"DATABASE_URL": "postgresql://a/b", "KENTONGAN_DATABASE_URL": "postgresql://c/d"}
    assert load(environ=both)["database_url"] == "postgresql://c/d"


def test_a_settings_file_that_cannot_be_read_is_said(tmp_path):
    file = tmp_path / "k.yaml"
    file.write_bytes(b"\xff\xfe{")
    with pytest.raises(SettingError, match="cannot be read"):
        load(file=file)
    file.write_text("- a list\n")
    with pytest.raises(SettingError, match="name: value"):
        load(file=file)


def test_what_a_child_is_given_gives_the_same_settings():
    found = load({"web_port": "9", "allow_hosts": "a, b:81", "https": "on", "fetch_max_mb": "0.5"})
    assert load(environ=found.environment()).values == found.values


def test_secrets_are_not_shown():
    found = load({"mail_url": "smtp://a:geheim@mail.example"})
    said = [shown(setting, found) for setting in config.SETTINGS]
    assert HIDDEN in said
    assert not any("geheim" in one for one in said)


def test_the_manual_has_the_table_as_it_is():
    assert table() in (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
