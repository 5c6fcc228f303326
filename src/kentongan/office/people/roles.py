"""What a person can be."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in the office (domain.md §5). One person may hold several; rights stand in `permissions.RIGHTS`."""

    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICER = "officer", _("Duty officer")
    ANALYST = "analyst", _("Analyst")
    OWNER = "owner", _("Issue owner")
    DRAFTER = "drafter", _("Drafter")
    LEGAL = "legal", _("Legal and information officer")
    APPROVER = "approver", _("Approver")
    SPOKESPERSON = "spokesperson", _("Spokesperson")
    PRESS = "press", _("Press officer")
    REPORTER = "reporter", _("Ward reporter")
    LEADER = "leader", _("Leader")
    AUDITOR = "auditor", _("Auditor")
    READER = "reader", _("Reader")
