"""Letters that answer ours: which they are about, what they add, and which are no answer at all."""

from __future__ import annotations

import re
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters import replies
from kentongan.testing.fake_imap import bounce, letter

OURS = re.compile(r"\[KT-[a-z2-7]{16}\]")
LINE = "———— [KT-abcdefgh23456722] Answer above this line, by replying ————"


def read(raw: bytes) -> replies.Reply:
    found = replies.read(raw, OURS)
    assert found is not None
    return found


def html_letter(html: str, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Dinas <dinkes@kota.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(html, subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize(
    "below",
    [
        "> Kantor bertanya\n> apa hasilnya",
        "On Mon, 30 Nov 2026 at 08:00, Kantor <humas@kota.example> wrote:\n> Apa hasilnya?",
        "Pada Sen, 30 Nov 2026 pukul 08.00 Kantor Komunikasi\n<humas@kota.example> menulis:\n\nApa hasilnya?",
        "Vào 30 thg 11, 2026, Văn phòng <humas@kota.example> đã viết:\nKết quả thế nào?",
        "-----Original Message-----\nFrom: Kantor\nApa hasilnya?",
        "________________________________\nFrom: Kantor\nApa hasilnya?",
        "*Dari:* Kantor <humas@kota.example>\n*Dikirim:* Senin\n*Kepada:* Dinas\nApa hasilnya?",
        "Từ: Văn phòng\nĐã gửi: thứ hai\nTới: Sở Y tế\nKết quả?",
        f"{LINE}\nApa hasilnya?",
        "-- \nDr. Maya\nKepala Dinas",
        "Dikirim dari iPhone saya",
        "Sent from my phone\nwhatever",
    ],
)
def test_what_is_quoted_or_signed_is_no_part_of_the_answer(below):
    assert read(letter("Re: Tanya", f"Air memenuhi syarat.\n\n{below}")).text == "Air memenuhi syarat."
    assert read(letter("Re: Tanya", f"Air memenuhi syarat.\n\n{below}".replace("\n", "\r\n"))).text == "Air memenuhi syarat."


def test_answers_between_and_below_marked_lines_stay():
    said = "Pada Sen, 30 Nov 2026, Kantor <humas@kota.example> menulis:\n> Apa hasilnya?\nMemenuhi syarat.\n> Sejak kapan?\nSejak pagi."
    assert read(letter("Re: Tanya", said)).text == "Memenuhi syarat.\nSejak pagi."


@pytest.mark.parametrize(
    "said", ["Pada 2026 air aman", "Dari: sumur lama, bukan dari pipa", "Kepala dinas menulis:\nair aman", "suhu < 20 dan > 5 derajat"]
)
def test_ordinary_sentences_are_not_taken_for_quotations(said):
    assert read(letter("Re: Tanya", said)).text == said


def test_of_html_what_nobody_sees_and_older_letters_do_not_count():
    hidden = "".join(
        f"<span {attribute}>rahasia</span>"
        for attribute in ('style="display:none"', 'style="font-size:0"', "hidden", 'style="mso-hide: all"', 'style="opacity: 0"')
    )
    html = f"<html><head><title>x</title><style>p{{}}</style></head><body><p>Air <b>aman</b>{hidden}.</p><div>Sejak pagi</div>"
    older = '<div class="gmail_quote">Apa hasilnya?</div><blockquote>lama</blockquote>'
    assert read(html_letter(f"{html}{older}</body></html>")).text == "Air aman.\nSejak pagi"
    assert read(html_letter(f'{html}<div id="divRplyFwdMsg">Dari</div><p>Apa hasilnya?</p></body></html>')).text == "Air aman.\nSejak pagi"
    assert read(html_letter("<script>alert(1)</script><!-- x -->")).text == ""


def test_plain_text_goes_before_html_and_tags_in_it_are_taken_out():
    message = EmailMessage()
    message.set_content("Air <b>aman</b> <script>alert(1)</script>")
    message.add_alternative("<p>lain</p>", subtype="html")
    assert read(message.as_bytes()).text == "Air aman"


def test_attachments_are_counted_and_never_read():
    message = EmailMessage()
    message.set_content("Hasil terlampir")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="hasil.pdf")
    message.add_attachment("rahasia", filename="catatan.txt")
    inner = EmailMessage()
    inner.set_content("surat di dalam surat")
    message.add_attachment(inner)
    found = read(message.as_bytes())
    assert (found.text, found.attachments) == ("Hasil terlampir", 3)
    logo = EmailMessage()
    logo.set_content("Aman")
    logo.add_attachment(b"png", maintype="image", subtype="png", cid="<logo>", disposition="inline")
    assert read(logo.as_bytes()).attachments == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated (vacation)"}, {"Return_Path": "<>"},
        {"Precedence": "bulk"}, {"X_Autoreply": "yes"}, {"List_Id": "<warga.kota.example>"}, {"sender": "MAILER-DAEMON@kota.example"},
        {"sender": "Server <postmaster@kota.example>"},
    ],
)  # fmt: skip
def test_letters_of_programs_are_known(headers):
    assert read(letter("Di luar kantor", "Saya cuti", **headers)).automatic


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}, {"Return_Path": "<dinkes@kota.example>"}])
def test_letters_of_people_are_not(headers):
    found = read(letter("Re: Tanya", "Aman", **headers))
    assert (found.automatic, found.bounce) == (False, None)


@pytest.mark.parametrize("headers_only", [True, False])
@pytest.mark.parametrize(("status", "permanent"), [("5.1.1", True), ("4.2.2", False), ("", False)])
def test_a_delivery_report_says_what_was_not_delivered_and_whether_for_good(status, permanent, headers_only):
    found = read(bounce("letter-7-abc@kota.example", status, headers_only=headers_only))
    assert (found.automatic, found.bounce) == (True, replies.Bounce(status, "letter-7-abc@kota.example"))
    assert found.bounce.permanent is permanent
    assert found.named[0] == "letter-7-abc@kota.example"


def test_it_is_about_the_letters_it_names_the_nearest_first():
    found = read(
        letter("Re: Tanya", "Aman", In_Reply_To="<c@kota.example>", References="<a@kota.example> <b@kota.example> <c@kota.example>")
    )
    assert found.named == ("c@kota.example", "b@kota.example", "a@kota.example")


def test_the_same_letter_is_known_again_and_another_is_not():
    first, second = letter("Re", "Aman", number=1), letter("Re", "Lain", number=1)
    assert read(first).mark == read(second).mark
    assert read(letter("Re", "Aman")).mark != read(letter("Re", "Lain")).mark


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 1000,
        b"Content-Type: text/plain; charset=tidak-ada\r\n\r\nAman \xff",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\nContent-Type: text/plain\r\n\r\na\r\n" * 2_000,
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\n%%%%",
        b"Subject: =?utf-8?b?" + b"A" * 5_000 + b"?=\r\n\r\nAman",
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 30_000 + b"Aman",
        b"Content-Type: text/html\r\n\r\n" + b"<" * 100_000,
        b"\r\n\r\n" + b"On 1 wrote:" * 20_000,
        b"\r\n\r\n" + b"From: a\n" * 30_000,
    ],
)
def test_what_is_hostile_is_read_within_a_second_or_two(raw):
    started = time.monotonic()
    replies.read(raw, OURS)
    assert time.monotonic() - started < 5.0


def test_one_that_is_nested_beyond_sense_is_none():
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3_000))
    assert replies.read(deep, OURS) is None


@given(st.binary(max_size=2_000))
def test_no_bytes_break_it(raw):
    found = replies.read(raw, OURS)
    assert found is None or isinstance(found, replies.Reply)


@given(st.lists(st.text(alphabet="ab >|-_:@1\t", max_size=40)))
def test_marked_lines_never_come_through(lines):
    quoted = "\n".join(line if n % 2 else f"> {line}zzz" for n, line in enumerate(lines))
    assert "zzz" not in replies.own_words(quoted, OURS)
