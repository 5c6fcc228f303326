"""What a person says of a story's level, beside what the engine says of it."""

from __future__ import annotations

from django.db import models


class StoryLevel(models.Model):
    """A level that an officer set for a story, and why. One for each story; taken back it is gone, and its line in the ledger stays.

    `engine` is what the engine said when it was set: by it is decided how long it holds (`engine.severity.in_force`). Setting it anew makes
    a new row, so that its number says which of them a person had before them.
    """

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    story = models.OneToOneField("listening.Story", on_delete=models.CASCADE, related_name="by_hand")
    level = models.CharField(max_length=10)
    engine = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=["watch", "low", "medium", "high", "crisis"]), name="level_by_hand_is_a_level"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="level_by_hand_says_why"),
        ]
