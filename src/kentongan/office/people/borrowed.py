"""Sentences of django-allauth that people may meet here and that it does not say in Vietnamese (or only partly in Indonesian).

Our own catalogue comes before the catalogues of packages, so translating the same sentence here is enough. Nothing imports this list: the
extraction of sentences reads it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = (
    _("Current Password"),
    _("New Password"),
    _("New Password (again)"),
    _("Password (again)"),
    _("Email"),
    _("You must type the same password each time."),
    _("Please type your current password."),
    _("Incorrect password."),
    _("Too many failed login attempts. Try again later."),
    _("The username and/or password you specified are not correct."),
    _("The email address and/or password you specified are not correct."),
    _("The email address is not assigned to any user account."),
    _("The password reset token was invalid."),
    _("Be patient, you are sending too many requests."),
    _("This account is currently inactive."),
    _("Code"),
    _("Authenticator code"),
    _("Incorrect code."),
    _("Master key"),
    _("Backup key"),
)
