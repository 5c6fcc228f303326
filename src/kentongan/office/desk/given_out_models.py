"""Where a publication was given out besides the newsroom: through which channel, noted by whom. Only added to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

OFFICE, USER = "people.Office", "people.User"
LONGEST_NAME = 100


class GivenOut(models.Model):
    """That somebody gave a publication out through a channel. Of a correction it says that those who heard the wrong version were told."""

    class Channel(models.TextChoices):
        PRESS = "press", pgettext_lazy("channel", "Press list")
        RADIO = "radio", pgettext_lazy("channel", "Radio")
        TELEVISION = "television", pgettext_lazy("channel", "Television")
        WARDS = "wards", pgettext_lazy("channel", "Wards")
        CHAT = "chat", pgettext_lazy("channel", "Chat group")
        SOCIAL = "social", pgettext_lazy("channel", "Social accounts of the office")
        SMS = "sms", pgettext_lazy("channel", "SMS")
        SPEAKERS = "speakers", pgettext_lazy("channel", "Loudspeakers")
        PAPER = "paper", pgettext_lazy("channel", "Notice boards, leaflets")
        OTHER = "other", pgettext_lazy("channel", "Another way")

    office = models.ForeignKey(OFFICE, on_delete=models.PROTECT, related_name="+")
    publication = models.ForeignKey("desk.Publication", on_delete=models.PROTECT, related_name="given_out")
    channel = models.CharField(max_length=15, choices=Channel)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    """What another way is called."""
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "channel", "name"], name="given_out_once_each_way"),
            models.CheckConstraint(condition=Q(channel="other") ^ Q(name=""), name="another_way_has_a_name"),
        ]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.name or str(self.get_channel_display())

    @property
    def way(self) -> tuple[str, str]:
        """By which it is the same as one of another publication."""
        return self.channel, self.name
