"""Mail out over SMTP, with or without TLS, by the standard library."""

from __future__ import annotations

import mimetypes
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from kentongan.errors import MailError

TIMEOUT_S = 30.0


class SmtpMailer:
    """`kentongan.ports.Mailer`. `url` is smtp://user:password@host:port, smtps:// for TLS from the first byte.

    With smtp:// TLS is used where the server offers it; a password is never sent without TLS, except to this very machine.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise MailError("No mail server is set. Set KENTONGAN_MAIL_URL to smtp://user:password@host:port.", permanent=True)
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender

    def send(
        self, to: Sequence[str], subject: str, text: str, html: str, attachments: Mapping[str, bytes], key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """One message to all of `to`; sent again with the same `key` it has the same id. `headers` stand besides the usual ones. Raises
        `MailError`, permanent where the server will not take it later either."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = ", ".join(to)
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate()
        domain = self._sender.rpartition("@")[2].rstrip(">") or "localhost"
        message["Message-ID"] = f"<{key}@{domain}>" if key else make_msgid(domain=domain)
        for name, value in (headers or {}).items():
            message[name] = value
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        for name, content in attachments.items():
            main, _, sub = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        try:
            with self.session() as session:
                session.send_message(message)
        except smtplib.SMTPResponseException as error:
            said = str(error.smtp_error, "utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
            raise MailError(
                f"The mail server refused: {error.smtp_code} {said}", subject=self._host, permanent=error.smtp_code >= 500
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailError(
                f"The mail server takes no mail for {', '.join(error.recipients)}.", subject=self._host, permanent=min(codes) >= 500
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(f"The mail server {self._host} did not answer: {error}", subject=self._host) from error

    def check(self) -> str:
        """Greet the server and sign in; gives what it calls itself. Raises `MailError`."""
        try:
            with self.session() as session:
                return f"{self._host}:{self._port}, {'TLS' if session.sock and _is_tls(session) else 'no TLS'}"
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(f"The mail server {self._host}:{self._port} did not answer: {error}", subject=self._host) from error

    def session(self) -> smtplib.SMTP:
        """An open connection, greeted and signed in. Raises `OSError`, `smtplib.SMTPException`, and `MailError` where a password would
        go without TLS."""
        context = ssl.create_default_context()
        if self._tls:
            session: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        else:
            session = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        try:
            session.ehlo()
            if not self._tls and session.has_extn("starttls"):
                session.starttls(context=context)
                session.ehlo()
            if self._user:
                if not _is_tls(session) and self._host not in {"127.0.0.1", "localhost", "::1"}:
                    raise MailError(
                        f"{self._host} offers no TLS; the password was not sent. Use smtps:// or a server with STARTTLS.",
                        subject=self._host,
                        permanent=True,
                    )
                session.login(self._user, self._password)
        except BaseException:
            session.close()
            raise
        return session


def _is_tls(session: smtplib.SMTP) -> bool:
    return isinstance(session.sock, ssl.SSLSocket)
