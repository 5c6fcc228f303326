"""Bytes and marked-up text to plain text: what feeds and pages both need before they read anything.

Does not sanitise HTML for showing: what comes out here is text, and templates escape text.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from html import unescape

from kentongan.engine.reasons import remark

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_META = re.compile(rb"""<meta[^<>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^<>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^<>]*\?>")
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b[^>]{0,500}>.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|table|blockquote|figure|figcaption)\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,4000}>|<!--(?:(?!-->).)*+(?:-->|$)|<!\[CDATA\[|\]\]>", re.DOTALL)
_WIDE = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
         "gb2312": "gb18030",
         "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949"}  # fmt: skip
"""Names that the web uses for a wider table than the one they name (WHATWG Encoding, §4.2)."""


def decoded(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of a body and a problem in words ("" for none). Never raises.

    In order: byte order mark, UTF-8 when all bytes agree, the charset of the document, the charset of the header,
    Windows-1252. UTF-8 goes before the declared names because bytes that are valid UTF-8 by accident are rare and wrong
    declarations are not.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff"), ""
    try:
        return body.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    head = body[:4096]
    inside = _XML.search(head) or _META.search(head)
    header = _HEADER.search(content_type)
    names = [match.decode("ascii") for match in ([inside[1]] if inside else [])] + ([header[1]] if header else [])
    for name in [*names, "cp1252"]:
        text = _decode(body, name)
        if text is not None:
            return text, ""
    return body.decode("utf-8", "replace"), remark("page.bytes")


def as_utf8(body: bytes) -> bytes:
    """XML in UTF-16, UTF-32 or in UTF-8 under another name as UTF-8 without declaration; anything else as it is."""
    marked = next((name for mark, name in _BOMS[1:] if body.startswith(mark)), "")
    guessed = {b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    name = marked or next((name for start, name in guessed.items() if body.startswith(start)), "")
    if name:
        text = body.decode(name, "replace").lstrip("\ufeff \t\r\n")
        return _DECLARATION.sub("", text).encode("utf-8", "replace")
    if _XML.search(body[:4096]) and not body.isascii() and is_utf8(body):
        return _DECLARATION.sub("", body.decode()).encode()
    return body


def is_utf8(body: bytes) -> bool:
    """Whether all bytes agree with UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode(body: bytes, name: str) -> str | None:
    try:
        return body.decode(_WIDE.get(name.lower(), name))
    except (UnicodeError, LookupError, ValueError):
        return None


def plain(text: str, *, limit: int = 20_000) -> str:
    """Plain text of a fragment that may be HTML, escaped HTML or text: tags gone, entities read, white space single.

    A lone `<` or `&` that belongs to the sentence stays ("suhu < 20"). At most `limit` characters.
    """
    text = text[: 8 * limit]
    for _ in range(2):  # a title is often escaped twice: once for HTML, once for XML
        if "<" in text:
            text = _TAG.sub("", _BLOCK.sub(" ", _HIDDEN.sub(" ", text)))
        if "&" not in text:
            break
        text = unescape(text)
    return squeezed(text)[:limit].rstrip()


def squeezed(text: str) -> str:
    """White space single, control and invisible formatting characters gone, Unicode composed (NFC)."""
    text = "".join(c for c in text if c.isspace() or c in "\u200c\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return unicodedata.normalize("NFC", " ".join(text.split()))
