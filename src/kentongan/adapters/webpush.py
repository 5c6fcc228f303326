"""Messages to browsers: the encryption of RFC 8291 (over RFC 8188, `aes128gcm`) and the sender's own mark of RFC 8292 (VAPID). Pure.

A browser gives its address at a push service, a public key (P-256) and a secret of sixteen bytes. What is sent is readable to that browser
alone: the push service carries it sealed. A fresh key and salt belong to every message; both are arguments, so that nothing here is chance.
"""

from __future__ import annotations

import base64
import json
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kentongan.errors import InputError

RECORD = 4096
MOST = 3993
"""Bytes of a message: what push services must take (RFC 8030) without header, padding and tag."""
SALT, SECRET, POINT = 16, 16, 65
LIFE_S = 12 * 3600
"""How long a mark is good; push services refuse more than a day."""


def b64(raw: bytes) -> str:
    """URL-safe base64 without padding, as browsers and push services write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str, what: str = "text") -> bytes:
    """What `b64` wrote. Raises `InputError` naming `what`."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, TypeError) as error:
        raise InputError(f"{what} is no base64url.", subject=what) from error


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A key's public part as 65 bytes."""
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def public_key(raw: bytes) -> ec.EllipticCurvePublicKey:
    """A public key from its 65 bytes. Raises `InputError` where they are no point of P-256."""
    if len(raw) != POINT:
        raise InputError("The browser's key has not 65 bytes.", subject="p256dh")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError as error:
        raise InputError("The browser's key is no point of P-256.", subject="p256dh") from error


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """A private key from its number in base64url."""
    return ec.derive_private_key(int.from_bytes(unb64(text, "key"), "big"), ec.SECP256R1())


def private_text(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key as its number in base64url."""
    return b64(key.private_numbers().private_value.to_bytes(32, "big"))


def encrypt(message: bytes, *, p256dh: bytes, auth: bytes, key: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body for a push service. `key` and `salt` (16 bytes) are used for this message only. Raises `InputError`."""
    if len(message) > MOST:
        raise InputError(f"A message to a browser has at most {MOST} bytes.", subject="message")
    if len(auth) != SECRET:
        raise InputError("The browser's secret has not 16 bytes.", subject="auth")
    mine = public_bytes(key)
    content_key, nonce = _keys(key.exchange(ec.ECDH(), public_key(p256dh)), auth, p256dh, mine, salt)
    sealed = AESGCM(content_key).encrypt(nonce, message + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine + sealed


def decrypt(body: bytes, *, key: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a browser reads of a body: the other end of `encrypt`, for receivers of our own and for tests. Raises `InputError`."""
    salt, size = body[:SALT], body[SALT + 4] if len(body) > SALT + 4 else 0
    theirs, sealed = body[SALT + 5 : SALT + 5 + size], body[SALT + 5 + size :]
    content_key, nonce = _keys(key.exchange(ec.ECDH(), public_key(theirs)), auth, public_bytes(key), theirs, salt)
    try:
        padded = AESGCM(content_key).decrypt(nonce, sealed, None)
    except (InvalidTag, ValueError) as error:
        raise InputError("The message is not for this browser, or was changed.", subject="body") from error
    return padded.rstrip(b"\x00")[:-1]


def _keys(shared: bytes, auth: bytes, browser: bytes, sender: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Content key and nonce (RFC 8291, section 3.4)."""
    ikm = HKDF(algorithm=hashes.SHA256(), length=32, salt=auth, info=b"WebPush: info\x00" + browser + sender).derive(shared)
    content = HKDF(algorithm=hashes.SHA256(), length=16, salt=salt, info=b"Content-Encoding: aes128gcm\x00").derive(ikm)
    nonce = HKDF(algorithm=hashes.SHA256(), length=12, salt=salt, info=b"Content-Encoding: nonce\x00").derive(ikm)
    return content, nonce


def authorization(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str, now_s: int) -> str:
    """The header by which a push service knows who sends: good for this service only, and for LIFE_S. `contact` is a mailto: or https:
    address."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + LIFE_S, "sub": contact}
    signed = ".".join(b64(json.dumps(part, separators=(",", ":")).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    mark = b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{mark}, k={b64(public_bytes(key))}"
