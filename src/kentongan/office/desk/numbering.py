"""Numbers of what few may see: drawn by chance, so that they say nothing of how many there are and none can be guessed."""

from __future__ import annotations

import secrets

SMALLEST, NUMBERS = 100_000_000_000, 900_000_000_000
"""Numbers have twelve digits."""


def new_number() -> int:
    """A number for something new."""
    return SMALLEST + secrets.randbelow(NUMBERS)
