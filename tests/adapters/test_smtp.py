"""Mail through a real SMTP server on this machine."""

from __future__ import annotations

import email
import email.policy

import pytest

from kentongan.adapters.smtp import SmtpMailer
from kentongan.errors import MailError


class Sink:
    """Keeps what it is given; says no to some."""

    def __init__(self):
        self.got = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 no such person"
        if address.startswith("later@"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"


@pytest.fixture
def sink(serve_mail):
    kept = Sink()
    kept.url = serve_mail(kept)
    return kept


def test_a_message_arrives_with_its_letters_and_its_attachment(sink):
    SmtpMailer(sink.url, "kentongan@kota.example").send(
        ["ani@kota.example", "budi@kota.example"],
        "Ringkasan\npagi: địa phương",
        "Halo địa phương",
        "<p>Halo</p>",
        {"briefing.pdf": b"%PDF-1"},
    )
    [(to, message)] = sink.got
    assert to == ["ani@kota.example", "budi@kota.example"]
    assert message["Subject"] == "Ringkasan pagi: địa phương"
    assert message["Message-ID"].endswith("@kota.example>")
    assert message.get_body(("plain",)).get_content().strip() == "Halo địa phương"
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type(), attached.get_content()) == ("briefing.pdf", "application/pdf", b"%PDF-1")


@pytest.mark.parametrize(("who", "permanent"), [("nobody@kota.example", True), ("later@kota.example", False)])
def test_a_refusal_says_whether_trying_again_can_help(sink, who, permanent):
    with pytest.raises(MailError) as caught:
        SmtpMailer(sink.url, "kentongan@kota.example").send([who], "a", "b", "", {})
    assert caught.value.permanent is permanent
    assert who in str(caught.value)


def test_a_server_that_is_away_can_be_tried_again():
    with pytest.raises(MailError, match="did not answer") as caught:
        SmtpMailer("smtp://127.0.0.1:1", "a@b.example").send(["c@d.example"], "a", "b", "", {})
    assert not caught.value.permanent


def test_without_a_server_it_says_which_setting_to_make():
    with pytest.raises(MailError, match="KENTONGAN_MAIL_URL"):
        SmtpMailer("", "a@b.example")


def test_the_check_greets_and_sends_nothing(sink):
    assert "no TLS" in SmtpMailer(sink.url, "a@b.example").check()
    assert sink.got == []


def test_a_password_does_not_leave_the_machine_without_tls(sink):
    """To this very machine it may; aiosmtpd then refuses a sign-in it never offered."""
    with pytest.raises(MailError, match=r"did not answer|refused"):
        SmtpMailer(sink.url.replace("smtp://", "smtp://a:b@"), "a@b.example").send(["c@d.example"], "a", "b", "", {})
