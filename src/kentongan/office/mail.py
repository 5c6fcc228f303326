"""Django's mail (password resets) through the same door as everything else."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from kentongan.adapters.smtp import SmtpMailer


def mailer() -> SmtpMailer:
    """The mailer the settings name. Raises `MailError` where none is named."""
    return SmtpMailer(str(settings.CONFIG["mail_url"]), settings.DEFAULT_FROM_EMAIL)


class PortBackend(BaseEmailBackend):
    """Hands Django's messages to the mailer."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Gives how many were sent. Raises `MailError`."""
        for message in email_messages:
            html = ""
            if isinstance(message, EmailMultiAlternatives):
                html = next((str(part[0]) for part in message.alternatives if part[1] == "text/html"), "")
            mailer().send(message.recipients(), str(message.subject), str(message.body), html, {})
        return len(email_messages)
