"""People and their office: who may sign in, and as what. No table here or anywhere holds people of the public."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Office(models.Model):
    """One communication office. Everything that is heard, signed and sent belongs to one office."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    country = models.CharField(max_length=2, default="ID")
    time_zone = models.CharField(max_length=50, default="Asia/Jakarta")
    language = models.CharField(max_length=5, default="id")
    contact = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """Part 1 knows three roles; part 2 adds the others of the glossary."""

    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICER = "officer", _("Duty officer")
    READER = "reader", _("Reader")


class User(AbstractUser):
    """A person who works here. `office` is empty only for an account that has not been given one: it sees nothing."""

    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    role = models.CharField(max_length=20, choices=Role, default=Role.READER)
    language = models.CharField(max_length=5, blank=True)

    @property
    def may_decide(self) -> bool:
        """Officers and administrators change things; readers look."""
        return self.role in {Role.ADMINISTRATOR, Role.OFFICER}
