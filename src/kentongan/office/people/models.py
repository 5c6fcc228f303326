"""People and their office: who may sign in, as what, for which agency and place. No table here or anywhere holds people of the public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kentongan.office.people import permissions
from kentongan.office.people.roles import Role as Role


class Office(models.Model):
    """One communication office. Everything that is heard, signed and sent belongs to one office."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    country = models.CharField(max_length=2, default="ID")
    time_zone = models.CharField(max_length=50, default="Asia/Jakarta")
    language = models.CharField(max_length=5, default="id")
    contact = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    """What the office says of itself on its public page."""
    area = models.ForeignKey("people.Place", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    second_factor_roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    ready = models.BooleanField(default=True)
    """False until the first-run wizard has been gone through."""
    version = models.PositiveIntegerField(default=0)
    """Counts changes, so that two administrators do not overwrite each other."""

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A department of the office's government (OPD, sở): it leads or supports issues and answers questions."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="agencies")
    name = models.CharField(max_length=200)
    short = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    ended = models.DateField(null=True, blank=True)
    """The day on which it ceased to be; its work stays its own."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="agency_once_per_office")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OfficeHolder(models.Model):
    """Who holds a public office, until when: the only people a watch may name, beside the word for their office."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="holders")
    name = models.CharField(max_length=200)
    post = models.CharField(max_length=200)
    until = models.DateTimeField()
    """The end of the last day of the term."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name", "post"], name="holder_once_per_post")]
        ordering = ["post", "name"]


class Place(models.Model):
    """A unit of local government in the time it existed. `code` is the official one (Kemendagri, GSO) or the office's own.

    `names` holds the name in each language that differs from `name`; `shape` is a GeoJSON geometry, simplified to what a map of the office
    needs; `since` and `until` are the first day and the first day no more (empty: not known, not ended).
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        REGENCY = "regency", _("Regency")
        CITY = "city", _("City")
        DISTRICT = "district", _("District")
        WARD = "ward", _("Ward")
        VILLAGE = "village", _("Village")
        COMMUNE = "commune", _("Commune")
        SPECIAL_ZONE = "special_zone", _("Special zone")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="places")
    code = models.CharField(max_length=30)
    level = models.CharField(max_length=15, choices=Level)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    shape = models.JSONField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "code"], name="place_once_per_office")]
        indexes = [models.Index(fields=["office", "parent"], name="place_children")]
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class PlaceName(models.Model):
    """A name by which a place was or is also known: old names lead to the new place."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=5, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="name_once_per_place")]
        indexes = [models.Index(fields=["office", "name"], name="place_by_name")]


class PlaceChange(models.Model):
    """A place that became (part of) another on a day: merged, split, renamed."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    old = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="became")
    new = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="came_from")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="change_once")]


class User(AbstractUser):
    """A person who works here. `office` is empty only for an account that has not been given one: it sees nothing.

    `role` is what they mainly are, `more_roles` what they are besides. Whoever leaves can no longer sign in (`is_active`); their work
    stays theirs.
    """

    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    role = models.CharField(max_length=20, choices=Role, default=Role.READER)
    more_roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    language = models.CharField(max_length=5, blank=True)
    left = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    standing_in: frozenset[str] = frozenset()
    """Roles held only while standing in for somebody; like the next two filled for whoever is signed in (`standing.fill`)."""
    stands_for: Sequence[Mapping[str, Any]] = ()
    has_factor: bool = False

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined]
        indexes = [models.Index(fields=["office", "is_active"], name="person_of_office")]

    @property
    def roles(self) -> frozenset[str]:
        """Everything the person is."""
        return frozenset({self.role, *self.more_roles})

    @property
    def shown(self) -> str:
        """The name colleagues read."""
        return self.get_full_name() or self.username

    @property
    def other_roles(self) -> list[str]:
        """What the person is besides the first role, in words."""
        return [str(Role(role).label) for role in self.more_roles]

    def may(self, right: str, thing: Any = None) -> bool:
        """Whether the person has a right (`permissions.RIGHTS`), for the thing where one is given."""
        return permissions.may(self, right, thing)

    @property
    def may_read(self) -> bool:
        """Whether the person reads what is heard; for templates."""
        return self.may("listening.read")

    @property
    def may_decide(self) -> bool:
        """Whether the person changes what is heard; for templates."""
        return self.may("listening.decide")

    @property
    def may_open(self) -> bool:
        """Whether the person opens issues; for templates."""
        return self.may("issues.change")

    @property
    def may_write(self) -> bool:
        """Whether the person writes statements; for templates."""
        return self.may("statements.write")

    @property
    def may_approve(self) -> bool:
        """Whether the person decides steps of approval; for templates."""
        return self.may("statements.approve")


class Invitation(models.Model):
    """A place in the office offered by e-mail. Only the hash of its word is stored; it is good once, for a week."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    more_roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires = models.DateTimeField()
    taken = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]


class Deputy(models.Model):
    """Who stands in for whom, from when to when: the deputy has the person's rights in that time."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stands_in")
    since = models.DateTimeField()
    until = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(person=models.F("deputy")), name="nobody_deputises_themselves")]
        indexes = [models.Index(fields=["office", "until"], name="deputy_now")]
        ordering = ["-since"]


class Duty(models.Model):
    """Who is on duty as what, from when to when. Gaps in the roster are shown, never filled silently."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    role = models.CharField(max_length=20, choices=Role, default=Role.OFFICER)
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="duty_ends_after_it_starts")]
        indexes = [models.Index(fields=["office", "start"], name="duty_by_start")]
        ordering = ["start"]


class OfficeSetting(models.Model):
    """A setting an administrator changed for the office; the table of `config.SETTINGS` says which may be. `version` counts changes.

    An empty value gives it back to the installation; the row stays, so that its version goes on counting.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="settings")
    name = models.CharField(max_length=40)
    value = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="setting_once")]
