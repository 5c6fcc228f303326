"""What the people room tells the rooms above it, which it may not know."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.dispatch import Signal

person_left = Signal()
"""Sent with `person` and `now` inside the transaction in which a person leaves: whatever acts for them ends in the same moment."""
office_made = Signal()
"""Sent with `office` and `now` inside the transaction in which an office is made: the rooms above give it what it begins with."""


def later(module: str, name: str) -> Callable[..., None]:
    """A receiver whose module is loaded when there is something to follow: most commands never get there. Connect it with `weak=False`."""

    def follow(**said: Any) -> None:
        getattr(import_module(module), name)(**said)

    return follow
