"""What the people room tells the rooms above it, which it may not know."""

from __future__ import annotations

from django.dispatch import Signal

person_left = Signal()
"""Sent with `person` and `now` inside the transaction in which a person leaves: whatever acts for them ends in the same moment."""
office_made = Signal()
"""Sent with `office` and `now` inside the transaction in which an office is made: the rooms above give it what it begins with."""
