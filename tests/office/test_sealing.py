"""Secrets at rest: what was sealed comes back, with this folder's key or one it had before, and with no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as checks
from hypothesis import strategies as st

from kentongan.errors import StateError
from kentongan.office import sealing

NEW, OLD, OLDER = ("kunci-baru-" + "a" * 40, "kunci-lama-" + "b" * 40, "kunci-tua-" + "c" * 40)
SECRETS = {"user": "kota", "password": "Rahasia Đắk 7"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
shared = checks(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def folder(settings, tmp_path):
    """A data folder of one's own."""
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, "data": tmp_path})
    settings.SECRET_KEY = NEW
    assert settings.CONFIG.data == tmp_path
    return tmp_path


@shared
@given(st.dictionaries(TEXTS, TEXTS, max_size=5))
def test_whatever_is_sealed_comes_back_as_it_was(folder, secrets):
    assert sealing.opened(sealing.seal(secrets)) == secrets


def test_what_is_sealed_shows_nothing_and_is_never_twice_the_same(folder):
    first, second = sealing.seal(SECRETS), sealing.seal(SECRETS)
    assert first != second, "equal passwords would be seen to be equal"
    for sealed in (first, second):
        assert not any(word.encode() in sealed for word in (*SECRETS, *SECRETS.values()))
    assert sealing.opened(memoryview(first)) == SECRETS, "as the database driver gives it"


def test_another_folders_key_opens_nothing_and_the_sentence_says_what_to_do(folder, settings):
    sealed = sealing.seal(SECRETS)
    settings.SECRET_KEY = OLD
    with pytest.raises(StateError, match="restore the folder's secret_key, or type the secret again") as refused:
        sealing.opened(sealed)
    assert not any(value in str(refused.value) for value in (*SECRETS.values(), OLD, NEW))


@shared
@given(place=st.integers(0, 119), flip=st.integers(1, 255))
def test_one_changed_byte_is_noticed(folder, place, flip):
    sealed = bytearray(sealing.seal(SECRETS))
    sealed[place] ^= flip
    with pytest.raises(StateError):
        sealing.opened(bytes(sealed))


@pytest.mark.parametrize("junk", [b"", b"gAAAA", b"\x00\xff", b'{"user": "kota"}'])
def test_what_was_never_sealed_is_refused_like_a_wrong_key(folder, junk):
    with pytest.raises(StateError):
        sealing.opened(junk)


def test_keys_of_before_open_what_they_sealed_and_the_newest_seals(folder, settings):
    sealed = {}
    for key in (OLDER, OLD, NEW):
        settings.SECRET_KEY = key
        sealed[key] = sealing.seal({"by": key[:10]})
    (folder / sealing.OLD_KEYS).write_text(f"{OLD}\n{OLDER}\n", encoding="ascii")
    assert {key: sealing.opened(one) for key, one in sealed.items()} == {key: {"by": key[:10]} for key in sealed}
    again = sealing.seal(SECRETS)
    (folder / sealing.OLD_KEYS).unlink()
    assert sealing.opened(again) == SECRETS, "sealed with the newest, not with one of before"
    for key in (OLD, OLDER):
        with pytest.raises(StateError):
            sealing.opened(sealed[key])


def test_the_key_that_seals_is_not_the_one_that_signs_cookies(folder):
    assert sealing._key(NEW) != sealing._key(OLD)
    assert NEW.encode() not in sealing._key(NEW)
    assert len(sealing._key("")) == len(sealing._key(NEW)) == 44
