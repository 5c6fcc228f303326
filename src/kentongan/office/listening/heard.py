"""What the listening room tells the rooms above it, which it may not know. Sent inside the transaction of the change."""

from __future__ import annotations

from django.dispatch import Signal as Notice

signals_moved = Notice()
"""Sent with `office` and `now` where signals of an office were raised, rose, fell or went on."""
signal_decided = Notice()
"""Sent with `about` (the signal), `user` and `now` where somebody took a signal over, dismissed it or reopened it."""
