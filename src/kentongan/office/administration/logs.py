"""What the log may hold: no e-mail address, no number of a person, no query, no token. As lines for people, or one JSON object a line.

Everything passes `cleaned` after it was put together, whoever wrote it: the message, the values in it, the trace of an error. A reader of
the log needs which part failed where, never about whom. Names of people cannot be told from other words in a log and are therefore never
written by our own code (the ledger has numbers for them).
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from kentongan.engine.identifiers import find_identifiers

LONGEST = 8_000
"""Characters of one entry; an endless one fills the disk."""
_EXTRA = ("route", "status", "ms", "method")
"""Values that a request's entry carries by name."""
_QUERY = re.compile(r"(\?)[^\s\"'<>)\]]+=[^\s\"'<>)\]]*")
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@]+@", re.I)
_PASSWORD = re.compile(
    r"""(\b\w*(?:password|passwd|secret|token|authorization|cookie|sessionid|csrftoken|api[_-]?key)\b['"]?\s*[=:]\s*)"""
    r"""(?:(?:bearer|basic)\s+)?(?:'[^']*'|"[^"]*"|[^\s,;'"&)]+)""",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}", re.I)
_DOOR = re.compile(r"/(enter|invitation|begin|key|answer)/[^\s/\"'?]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORD = re.compile(r"\b(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{32,}\b")
"""A long word of letters and digits is a key, a token or a digest."""


def cleaned(text: str) -> str:
    """The text with everything hidden that could name or let in a person."""
    text = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    text = _QUERY.sub(r"\1⟦query⟧", text)
    text = _USERINFO.sub(r"\1⟦password⟧@", text)
    text = _PASSWORD.sub(r"\1⟦secret⟧", text)
    text = _BEARER.sub(r"\1 ⟦secret⟧", text)
    text = _DOOR.sub(r"/\1/⟦secret⟧", text)
    text = _EMAIL.sub("⟦email⟧", text)
    text = _WORD.sub("⟦word⟧", text)
    for one in reversed(list(find_identifiers(text))):
        text = f"{text[: one.start]}⟦{one.kind}⟧{text[one.end :]}"
    return text


class CleanLines(logging.Formatter):
    """Lines for people, cleaned."""

    def format(self, record: logging.LogRecord) -> str:
        """One entry; an error's trace follows on lines of its own."""
        return cleaned(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and where there is one the error's kind and trace. Cleaned."""

    def format(self, record: logging.LogRecord) -> str:
        """One line whatever the message holds."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": cleaned(record.getMessage()),
        }
        for name in _EXTRA:
            value = getattr(record, name, None)
            if isinstance(value, int | float):
                entry[name] = value
            elif isinstance(value, str):
                entry[name] = cleaned(value)
        if record.exc_info and record.exc_info[0] is not None:
            entry["error"] = record.exc_info[0].__name__
            entry["trace"] = cleaned(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def described(log_format: str, log_level: str) -> dict[str, Any]:
    """How every process of an installation logs, as `logging.config` takes it: cleaned, to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"()": CleanLines, "format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"},
            "json": {"()": JsonLines},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": log_format}},
        "root": {"handlers": ["stderr"], "level": log_level.upper()},
        "loggers": {
            "procrastinate": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},
            "django.request": {"level": "ERROR"},
            "waitress": {"level": "WARNING"},
        },
    }
