"""The one error tree. Split by what the caller can do, not by where it happened.

    KentonganError
    ├── InputError            what was given cannot be read: names the field and the remedy
    │   ├── SettingError      a setting has a value that is not allowed
    │   └── FileError         a file or stream cannot be read; carries the line
    ├── StateError            saved state does not fit this version or is damaged
    ├── OutsideError          something outside did not answer as agreed; `permanent` says retry or park
    │   ├── FetchError        a host (only where a `FetchOutcome` cannot carry it)
    │   ├── DatabaseError     PostgreSQL is away, full or lacks an extension
    │   └── MailError         the mail server
    └── RefusedError          the act is understood and not allowed (a limit, a permission, a closed state)

Expected failure is a value (`FetchOutcome`, `FeedReading.problems`), not an exception.
"""

from __future__ import annotations


class KentonganError(Exception):
    """Root. `str(error)` is a sentence fit for a person; `subject` names the thing it is about."""

    def __init__(self, message: str, *, subject: str = "") -> None:
        super().__init__(message)
        self.subject = subject


class InputError(KentonganError):
    """What was given cannot be read. The message names the field and the remedy."""


class SettingError(InputError):
    """A setting has a value that is not allowed; `subject` is the variable's name."""


class FileError(InputError):
    """A file or stream cannot be read; `line` is 1-based, 0 where no line applies."""

    def __init__(self, message: str, *, subject: str = "", line: int = 0) -> None:
        super().__init__(message, subject=subject)
        self.line = line


class StateError(KentonganError):
    """Saved state does not fit this version or is damaged."""


class OutsideError(KentonganError):
    """Something outside did not answer as agreed."""

    def __init__(self, message: str, *, subject: str = "", permanent: bool = False) -> None:
        super().__init__(message, subject=subject)
        self.permanent = permanent


class FetchError(OutsideError):
    """A host could not be asked at all."""


class DatabaseError(OutsideError):
    """PostgreSQL is away, full or lacks an extension."""


class MailError(OutsideError):
    """The mail server refused or did not answer."""


class RefusedError(KentonganError):
    """The act is understood and not allowed."""
