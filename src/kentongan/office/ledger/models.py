"""The record of what was done: append-only, one hash chain for each office. The lowest room: it knows nobody's names, only their numbers.

A *line* says what happened and is written in the same transaction as the act, at any moment of it. Its place in the chain (a *link*) is
given by the database itself when that transaction commits (a deferred trigger): so only the last instant of a transaction waits for
others, long acts stall nobody, and a line that was rolled back never had a place. Triggers refuse UPDATE, DELETE and TRUNCATE to every
role. The tables are made in SQL (migration 0001), not managed by Django. Why so: docs/decisions/0007-ledger.md.
"""

from __future__ import annotations

from django.db import models

NOBODY = 0
"""The actor of what the system does by itself; and the office of what concerns the whole installation."""


class Line(models.Model):
    """One act. `detail` is JSON in one agreed form (sorted keys, no blanks) and holds no personal data."""

    office = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.BigIntegerField(default=NOBODY)
    role = models.CharField(max_length=20, blank=True)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=100, blank=True)
    detail = models.TextField(default="{}")

    class Meta:
        managed = False
        db_table = "ledger_line"
        ordering = ["-id"]


class Link(models.Model):
    """A line's place in its office's chain: `hash` is SHA-256 over `previous` and the line (see `chain.digest`)."""

    line = models.OneToOneField(Line, on_delete=models.PROTECT, primary_key=True, related_name="link")
    office = models.BigIntegerField()
    seq = models.BigIntegerField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        managed = False
        db_table = "ledger_link"


class Anchor(models.Model):
    """The chain's last hash as it was told to a place outside, so that rewriting the whole chain is seen too."""

    office = models.BigIntegerField()
    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    way = models.CharField(max_length=10)
    place = models.CharField(max_length=300)
    told = models.BooleanField(default=False)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        managed = False
        db_table = "ledger_anchor"
        ordering = ["-at"]
