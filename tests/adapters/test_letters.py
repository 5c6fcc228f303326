"""Letters as they really come: every encoding, none that is true, and nothing that makes the reader stumble."""

from datetime import UTC, datetime
from email import charset
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters import letters
from kentongan.adapters.letters import Letter


def read(raw: bytes) -> Letter:
    found = letters.read(raw, default_offset=420)
    assert found is not None
    return found


def mail(body: bytes, *headers: str, kind: str = "text/plain; charset=utf-8") -> bytes:
    lines = ["From: Warga <warga@surat.example>", "Subject: Aduan", f"Content-Type: {kind}", *headers]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1258", "utf-16"])
@pytest.mark.parametrize("transfer", [charset.BASE64, charset.QP])
def test_a_letter_says_the_same_in_every_encoding(encoding, transfer):
    message = EmailMessage()
    message["From"], message["Subject"] = "Warga <warga@surat.example>", "Aduan é"
    words = "Kampung kami é banjir."
    message.set_content(words.encode(encoding), "text", "plain", cte={charset.BASE64: "base64", charset.QP: "quoted-printable"}[transfer])
    message.set_param("charset", encoding)
    found = read(message.as_bytes())
    assert (found.subject, found.text) == ("Aduan é", words)


def test_vietnamese_words_and_subject_come_through():
    raw = mail("Nước ngập đến mái nhà.".encode()).replace(b"Subject: Aduan", b"Subject: =?utf-8?q?Ph=E1=BA=A3n_=C3=A1nh?=")
    found = read(raw)
    assert (found.subject, found.text) == ("Phản ánh", "Nước ngập đến mái nhà.")


def test_of_two_forms_the_plain_one_is_read_and_of_html_alone_the_words():
    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.example", "Dua"
    message.set_content("Bentuk polos.")
    message.add_alternative("<p>Bentuk <b>HTML</b></p>", subtype="html")
    assert read(message.as_bytes()).text == "Bentuk polos."
    html = b"<html><head><style>p{color:red}</style></head><body><p>Air&nbsp;mati</p><script>x()</script><br>Sejak pagi</body></html>"
    assert read(mail(html, kind="text/html")).text == "Air mati Sejak pagi"


def test_attachments_are_not_read():
    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.example", "Lampiran"
    message.set_content("Lihat lampiran.")
    message.add_attachment(b"NIK 3171234567890123", maintype="text", subtype="plain", filename="ktp.txt")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    assert read(message.as_bytes()).text == "Lihat lampiran."


def test_what_it_answers_and_what_stands_below_the_signature_line_is_left_out():
    body = "Air mati lagi.\r\n\r\nPada 20 Nov, Budi Santoso menulis:\r\n> dari saya\r\n> juga\r\n-- \r\nSiti\r\n0812-1111-2222\r\n"
    assert read(mail(body.encode())).text == "Air mati lagi."


def test_the_senders_own_name_and_address_become_marks_wherever_they_stand():
    raw = mail(b"Saya warga, WARGA@surat.example. Kewargaan bukan nama.")
    assert read(raw).text == "Saya ⟦name⟧, ⟦email⟧. Kewargaan bukan nama."


def test_times_are_read_with_their_zone_and_never_guessed():
    assert read(mail(b"x", "Date: Sat, 21 Nov 2026 08:00:00 +0700")).sent == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert read(mail(b"x", "Date: kemarin")).sent is None
    assert read(mail(b"x")).sent is None


@pytest.mark.parametrize(
    "raw",
    [
        mail(b"Air mati", kind="text/plain; charset=tidak-ada"),
        mail(b"Air mati \xff\xfe", kind="text/plain; charset=utf-8"),
        mail(b"Air mati", "Content-Transfer-Encoding: base64"),
        mail(b"Air mati", "Content-Transfer-Encoding: apa-ini"),
        mail(b"Air mati=ZZ=", "Content-Transfer-Encoding: quoted-printable"),
        mail(b"Air mati", kind="multipart/mixed; boundary=x"),
        mail(b"--x\r\n\r\nAir mati", kind="multipart/mixed; boundary=x"),
        mail(b"Air mati", kind="multipart/mixed"),
        mail(b"Air mati", kind='text/plain; charset="\xc3\x28"'),
        mail(b"Air mati", "From: =?utf-8?b?????=", "Subject: =?utf-8?b?/w=?= =?tidak-ada?q?x?="),
        mail(b"Air mati", "From: <<<>>>,;:@", "Date: \udcff", "Message-ID: \udcff"),
        mail(b"Air mati", "X: " + "a" * 200_000),
        b"Subject: Aduan\r\nFrom: " + b"(" * 20_000 + b"\r\n\r\nAir mati",
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nAir mati",
    ],
)
def test_what_is_broken_in_a_letter_costs_only_what_is_broken(raw):
    found = letters.read(raw, default_offset=0)
    assert found is not None
    assert found.subject or found.text


def test_a_letter_of_a_thousand_parts_within_parts_ends():
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    assert letters.read(b"Subject: Dalam\r\n" + deep + b"\r\nAir mati", default_offset=0) is None
    wide = b"".join(b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" for _ in range(5000))
    raw = b"Subject: Lebar\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + wide + b"--b\r\n\r\nAir mati\r\n--b--"
    assert read(raw).text == ""


def test_bytes_that_say_nothing_are_no_letter():
    assert letters.read(b"", default_offset=0) is None
    assert letters.read(b"\r\n\r\n   \r\n", default_offset=0) is None
    assert letters.read(mail(b"").replace(b"Subject: Aduan\r\n", b""), default_offset=0) is None


def test_newsletters_and_automatic_answers_are_known_by_their_headers():
    assert read(mail(b"x", "List-Id: <a.example>")).newsletter
    assert read(mail(b"x", "List-Unsubscribe: <https://a.example/x>")).newsletter
    assert not read(mail(b"x")).newsletter
    assert read(mail(b"x", "Auto-Submitted: auto-generated")).automatic
    assert not read(mail(b"x", "Auto-Submitted: no")).automatic


HEADERS = st.sampled_from([b"From: ", b"Subject: ", b"Date: ", b"Content-Type: ", b"Content-Transfer-Encoding: ", b"Message-ID: "])
TYPES = """multipart/mixed; boundary=b|text/plain|text/html; charset=utf-7|base64|=?utf-8?q?=|message/rfc822|uuencode|8bit
multipart/alternative; boundary*=utf-8''b|text/plain; charset=rot13|text/plain; charset=unicode_escape|message/delivery-status
text/plain; charset=undefined|text/plain; charset=idna|text/plain; charset=hex|=?utf-8?b?w?="""
VALUES = st.sampled_from([b"", *(value.encode() for line in TYPES.splitlines() for value in line.split("|"))])
PIECES = st.one_of(
    st.tuples(HEADERS, VALUES | st.binary(max_size=30)).map(lambda both: both[0] + both[1] + b"\r\n"),
    st.sampled_from([b"\r\n", b"--b\r\n", b"--b--\r\n", b"begin 644 x\r\n", b"aGFsbw==\r\n", b"Air mati\r\n", b"\n\n", b"> x\r\n"]),
    st.binary(max_size=30),
)


@given(st.lists(PIECES, max_size=12))
def test_no_bytes_make_the_reader_stumble(pieces):
    found = letters.read(b"".join(pieces), default_offset=420)
    if found is not None:
        assert found.subject or found.text
        found.text.encode()
        found.subject.encode()
