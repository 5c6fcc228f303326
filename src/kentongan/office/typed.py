"""What people type into an address or a hidden field, read once."""

from __future__ import annotations


def whole(typed: str, digits: int = 18) -> int | None:
    """A whole number of at most so many digits; None for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= digits else None
