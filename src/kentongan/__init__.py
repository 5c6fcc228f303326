"""Kentongan: a local government hears early, checks, speaks clearly with sources, answers on time, and remembers."""

__version__ = "0.1.0"
