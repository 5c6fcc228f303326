"""Messages to browsers: the worked example of RFC 8291, what a browser reads, what nobody else can, and the sender's mark of RFC 8292."""

from __future__ import annotations

import hashlib
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.adapters import webpush
from kentongan.adapters.webpush import unb64
from kentongan.errors import InputError

# RFC 8291, section 5 and appendix A
AUTH = unb64("BTBZMqHH6r4Tts7J_aSIgg")
BROWSER = webpush.private_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SENDER = webpush.private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
SALT = unb64("DGv6ra1nlYgDCS1FRnbzlw")
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4M"
    "qgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
PUBLIC = webpush.public_bytes(BROWSER)


def sealed(message, **other):
    return webpush.encrypt(message, **({"p256dh": PUBLIC, "auth": AUTH, "key": SENDER, "salt": SALT} | other))


def test_the_worked_example_of_the_standard_comes_out_byte_for_byte():
    assert webpush.b64(PUBLIC) == BROWSER_PUBLIC
    assert webpush.b64(sealed(b"When I grow up, I want to be a watermelon")) == BODY


def test_the_browser_reads_the_worked_example():
    assert webpush.decrypt(unb64(BODY), key=BROWSER, auth=AUTH) == b"When I grow up, I want to be a watermelon"


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=webpush.MOST), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_whatever_is_sealed_the_browser_reads_and_the_body_is_small_enough_for_every_service(message, auth, salt):
    body = sealed(message, auth=auth, salt=salt)
    assert len(body) <= webpush.RECORD
    assert webpush.decrypt(body, key=BROWSER, auth=auth) == message


def test_another_browser_or_a_changed_message_opens_nothing():
    body = sealed(b"rahasia")
    for key, auth, what in ((SENDER, AUTH, body), (BROWSER, b"0" * 16, body), (BROWSER, AUTH, body[:-1] + bytes([body[-1] ^ 1]))):
        with pytest.raises(InputError):
            webpush.decrypt(what, key=key, auth=auth)


@pytest.mark.parametrize(
    ("other", "subject"),
    [
        ({"p256dh": b"\x04" + b"0" * 64}, "p256dh"),
        ({"p256dh": PUBLIC[:-1]}, "p256dh"),
        ({"auth": b"short"}, "auth"),
        ({"message": b"x" * (webpush.MOST + 1)}, "message"),
    ],
)
def test_what_is_no_key_no_secret_or_too_long_is_refused_by_its_name(other, subject):
    message = other.pop("message", b"x")
    with pytest.raises(InputError) as refused:
        sealed(message, **other)
    assert refused.value.subject == subject


@pytest.mark.parametrize("text", ["=", "ä", "a*b", "abcde"])
def test_what_is_no_base64url_is_refused(text):
    with pytest.raises(InputError):
        unb64(text, "auth")


def test_a_key_is_the_same_after_it_was_written_down():
    assert webpush.public_bytes(webpush.private_key(webpush.private_text(SENDER))) == webpush.public_bytes(SENDER)


def test_the_senders_mark_is_for_one_service_for_half_a_day_and_verifies():
    header = webpush.authorization("https://push.example:8443/abc", SENDER, "mailto:kota@kota.example", 1_000_000)
    token, key = (part.partition("=")[2] for part in header.removeprefix("vapid ").split(", "))
    first, claims, mark = token.split(".")
    assert json.loads(unb64(first)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(unb64(claims)) == {"aud": "https://push.example:8443", "exp": 1_000_000 + 43_200, "sub": "mailto:kota@kota.example"}
    raw = unb64(mark)
    signature = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = webpush.public_key(unb64(key))
    public.verify(signature, f"{first}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(signature, hashlib.sha256(b"x").digest(), ec.ECDSA(hashes.SHA256()))
