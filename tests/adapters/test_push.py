"""Webhook pushes: only what was signed, lately, by who knows the secret; and a body that can hurt nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters.push import ID, MAX_BYTES, MAX_ITEMS, SIGNATURE, TIMESTAMP, TOLERANCE, read_push, sign, verify
from kentongan.errors import InputError

NOW = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
SECRET = b"sixteen bytes or more"
ITEM = {"url": "https://kabar.example/1?utm_source=x", "title": "Banjir", "time": "2026-11-21T08:00:00+07:00", "outlet": "Kabar"}


def headers(body, *, at=NOW, push_id="push-0001", secret=SECRET):
    stamp = int(at.timestamp())
    return {TIMESTAMP: str(stamp), ID: push_id, SIGNATURE: sign(secret, body, timestamp=stamp, push_id=push_id)}


def body_of(*items):
    return json.dumps({"items": list(items)}).encode()


def test_a_signed_push_is_genuine_and_names_its_id():
    body = body_of(ITEM)
    said = verify(SECRET, headers(body), body, NOW)
    assert (said.verdict, said.id) == ("ok", "push-0001")
    assert verify(SECRET, {name.upper(): value for name, value in headers(body).items()}, body, NOW).verdict == "ok"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({SIGNATURE: ""}, "no_signature"),
        ({TIMESTAMP: ""}, "no_signature"),
        ({SIGNATURE: "sha256=" + "0" * 64}, "bad_signature"),
        ({SIGNATURE: "sha1=x"}, "bad_signature"),
        ({SIGNATURE: "é"}, "bad_signature"),
        ({ID: "push-0002"}, "bad_signature"),
        ({ID: ""}, "bad_id"),
        ({ID: "x" * 200}, "bad_id"),
        ({ID: "a b\r\nc: d"}, "bad_id"),
        ({TIMESTAMP: "now"}, "bad_time"),
        ({TIMESTAMP: "-5"}, "bad_time"),
        ({TIMESTAMP: "9" * 30}, "bad_time"),
        ({TIMESTAMP: "٣"}, "bad_time"),
        ({TIMESTAMP: str(int(NOW.timestamp()) + 1)}, "bad_signature"),
        ({TIMESTAMP: "0" + str(int(NOW.timestamp()))}, "bad_signature"),
    ],
)
def test_a_push_that_was_changed_or_never_signed_is_refused(change, verdict):
    body = body_of(ITEM)
    said = verify(SECRET, headers(body) | change, body, NOW)
    assert (said.verdict, said.id) == (verdict, "")


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_another_body_never_fits_a_signature(body, other):
    assert verify(SECRET, headers(body), other, NOW).verdict == ("ok" if other == body else "bad_signature")


def test_another_secret_or_one_too_short_is_refused():
    body = body_of()
    assert verify(b"another secret of length", headers(body), body, NOW).verdict == "bad_signature"
    assert verify(b"", headers(body), body, NOW).verdict == "no_signature"
    with pytest.raises(ValueError, match="16 bytes"):
        sign(b"short", body, timestamp=0, push_id="push-0001")


@pytest.mark.parametrize(("late", "verdict"), [(TOLERANCE, "ok"), (-TOLERANCE, "ok"), (TOLERANCE + timedelta(seconds=1), "stale"),
                                               (-TOLERANCE - timedelta(seconds=1), "stale")])  # fmt: skip
def test_a_push_is_new_enough_or_refused(late, verdict):
    body = body_of(ITEM)
    assert verify(SECRET, headers(body, at=NOW - late), body, NOW).verdict == verdict


def test_a_huge_body_is_not_even_hashed():
    assert verify(SECRET, {}, b" " * (MAX_BYTES + 1), NOW).verdict == "too_large"
    with pytest.raises(InputError, match="longer"):
        read_push(b" " * (MAX_BYTES + 1))


def test_items_are_read_with_canonical_addresses_and_their_outlets():
    push = read_push(body_of(ITEM | {"text": "Air masuk rumah.", "language": "id"}))
    (one,) = push.items
    assert (one.item.link, one.outlet, one.item.language) == ("https://kabar.example/1", "Kabar", "id")
    assert one.item.published == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert one.item.content == "Air masuk rumah."
    assert push.problems == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": ""}, "url"), ({"url": "javascript:alert(1)"}, "url"), ({"url": 7}, "url"), ({"title": None}, "title"),
        ({"title": ["x"]}, "title"), ({"time": "kemarin"}, "time"), ({"text": {}}, "text"), ({"outlet": True}, "outlet"),
    ],
)  # fmt: skip
def test_an_item_that_cannot_be_read_is_named_with_its_field_and_the_rest_is_taken(change, field):
    push = read_push(body_of(ITEM | change, ITEM | {"url": "https://kabar.example/2"}))
    assert [one.item.link for one in push.items] == ["https://kabar.example/2"]
    assert [(one.code, one.values) for one in push.problems] == [("push.item", {"n": 1, "field": field})]


def test_an_address_sent_twice_is_taken_once():
    push = read_push(body_of(ITEM, ITEM))
    assert len(push.items) == 1
    assert push.problems[0].code == "push.again"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"items": {}}', b"\xff\xfe", b"[" * 100_000, b'{"items": null}', b"7"])
def test_a_body_without_the_form_is_refused_by_name(body):
    with pytest.raises(InputError, match=r"JSON|items"):
        read_push(body)


def test_too_many_items_are_refused():
    with pytest.raises(InputError, match="fewer"):
        read_push(body_of(*([ITEM] * (MAX_ITEMS + 1))))


def test_no_name_of_an_author_is_read():
    (one,) = read_push(body_of(ITEM | {"author": "Warga Biasa", "by": "Warga Biasa"})).items
    assert "Warga" not in repr(one)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=12)
)
def test_any_json_gives_items_or_a_refusal(value):
    for whole in (value, {"items": value}, {"items": [value]}):
        try:
            read = read_push(json.dumps(whole).encode())
        except InputError as error:
            assert str(error)
            continue
        assert all(one.item.link and one.item.title for one in read.items)
