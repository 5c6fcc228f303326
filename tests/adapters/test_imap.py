"""The office's mailbox: read without a trace, in bounded time and size, whatever the server does."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from kentongan.adapters.addresses_guard import AddressGuard
from kentongan.adapters.imap import MOST, ImapLimits, ImapReader, Mailbox, mailbox, refusal
from kentongan.engine.reasons import SENTENCES, Remark
from kentongan.ports import Fetcher, FetchOutcome, FetchRequest, ReadRequest
from kentongan.testing.fake_imap import FakeImap, letter, tls_context

SECRETS = {"user": "kota", "password": "rahasia"}
HASTE = ImapLimits(step_s=1.0, total_s=2.5, most_bytes=3_000_000)


class Nobody:
    """A mailbox is not read over HTTP."""

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        raise AssertionError(f"{request.url} was asked")

    def close(self) -> None:
        """Nothing is open."""


NOBODY: Fetcher = Nobody()


@pytest.fixture
def server(mail_certificate: Path) -> Iterator[FakeImap]:
    with FakeImap(tls_context(mail_certificate, mail_certificate), pause_s=0.05) as running:
        yield running


@pytest.fixture
def reader(mail_certificate: Path) -> ImapReader:
    return ImapReader(AddressGuard(["mail.localhost"]), ca_file=str(mail_certificate))


@pytest.fixture
def hasty(mail_certificate: Path) -> ImapReader:
    """For faults: the patience of a real visit would take minutes."""
    return ImapReader(AddressGuard(["mail.localhost"]), ca_file=str(mail_certificate), limits=HASTE)


def read(server: FakeImap, reader: ImapReader, cursor: str = "", folder: str = "/INBOX", **more):
    return reader.read(ReadRequest(f"{server.url}{folder}", cursor=cursor, **({"credentials": SECRETS} | more)), NOBODY)


def fill(server: FakeImap, first: int, last: int) -> None:
    server.folders["INBOX"] |= {uid: letter(f"Surat {uid}", "Jalan rusak di depan pasar.", number=uid) for uid in range(first, last + 1)}


@pytest.mark.parametrize(
    ("address", "box"),
    [
        ("imaps://mail.kota.example/INBOX", Mailbox("mail.kota.example", 993, "INBOX", False)),
        ("imaps://mail.kota.example", Mailbox("mail.kota.example", 993, "INBOX", False)),
        ("imaps://mail.kota.example:1993/Arsip/Aduan%202026", Mailbox("mail.kota.example", 1993, "Arsip/Aduan 2026", False)),
        ("imaps://mail.kota.example/Berita?newsletters", Mailbox("mail.kota.example", 993, "Berita", True)),
    ],
)
def test_an_address_names_host_folder_and_what_is_in_it(address, box):
    assert mailbox(address) == box
    assert refusal(address) == ""


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("imap://mail.kota.example/INBOX", "mail.plain"), ("", "mail.address"), ("mail.kota.example", "mail.address"),
        ("imaps://", "mail.address"), ("imaps:///INBOX", "mail.address"), ("imaps://kota:rahasia@mail.kota.example/INBOX", "mail.address"),
        ("imaps://mail.kota.example:99999/INBOX", "mail.address"), ("imaps://mail.kota.example/a%0d%0aA1%20LOGOUT", "mail.address"),
        ("imaps://mail.kota.example/INBOX?all", "mail.address"), ("imaps://ma il/INBOX", "mail.address"),
        ("https://mail.kota.example/", "mail.address"),
    ],
)  # fmt: skip
def test_other_addresses_are_refused_with_the_way_to_write_them(reader, address, code):
    said = refusal(address)
    assert isinstance(said, Remark)
    assert said.code == code
    assert reader.read(ReadRequest(address, credentials=SECRETS), NOBODY).outcome.kind == "bad_address"


def test_letters_are_read_without_marking_moving_or_deleting_any(server, reader):
    fill(server, 1, 3)
    before = dict(server.folders["INBOX"])
    result = read(server, reader)
    assert [item.title for item in result.reading.items] == ["Surat 1", "Surat 2", "Surat 3"]
    assert server.folders["INBOX"] == before
    assert server.flagged == set()
    words = {command.split(" ")[0] for command in server.seen} | {" ".join(command.split(" ")[:2]) for command in server.seen}
    assert not words & {"SELECT", "STORE", "EXPUNGE", "COPY", "UID STORE", "UID COPY", "UID MOVE", "APPEND", "DELETE"}
    assert all("PEEK" in command for command in server.seen if "FETCH" in command)


def test_the_next_visit_reads_on_from_the_last_letter(server, reader):
    fill(server, 1, 3)
    first = read(server, reader)
    assert first.cursor == "7:3"
    assert read(server, reader, first.cursor).reading.items == ()
    fill(server, 4, 5)
    assert [item.title for item in read(server, reader, first.cursor).reading.items] == ["Surat 4", "Surat 5"]


def test_a_mailbox_that_was_renumbered_is_read_anew_and_its_letters_are_known_again(server, reader):
    fill(server, 1, 3)
    first = read(server, reader)
    server.validity = 8
    again = read(server, reader, first.cursor)
    assert again.cursor == "8:3"
    assert [item.entry_id for item in again.reading.items] == [item.entry_id for item in first.reading.items]


def test_an_old_mailbox_is_begun_with_its_newest_letters_and_then_none_is_passed_over(server, reader):
    fill(server, 1, MOST + 30)
    first = read(server, reader)
    assert [item.title for item in first.reading.items] == [f"Surat {uid}" for uid in range(31, MOST + 31)]
    assert first.reading.problems == ("Older letters that were there before the first visit, left out: 30.",)
    fill(server, MOST + 31, 2 * MOST + 40)
    second = read(server, reader, first.cursor)
    assert len(second.reading.items) == MOST
    assert second.reading.problems == (SENTENCES["mail.more"],)
    assert len(read(server, reader, second.cursor).reading.items) == 10


def test_the_same_letter_in_the_box_twice_is_one(server, reader):
    server.folders["INBOX"] = {uid: letter("Sama", "Isi", number=5) for uid in (1, 2)}
    result = read(server, reader)
    assert len(result.reading.items) == 1
    assert result.cursor == "7:2"


def test_of_the_sender_only_the_voice_is_given_on(server, reader):
    heard: list[str] = []

    def voice(name: str) -> str:
        heard.append(name)
        return "suara"

    server.folders["INBOX"][1] = letter(
        "Aduan dari Zulkarnaen Putra", "Saya Zulkarnaen Putra (Zul@Surat.Example).", sender='"Zulkarnaen Putra" <zul@surat.example>'
    )
    result = read(server, reader, voice=voice)
    (item,) = result.reading.items
    assert (item.voice, item.outlet) == ("suara", "")
    assert heard == ["zul@surat.example"]
    assert (item.title, item.summary) == ("Aduan dari ⟦name⟧", "Saya ⟦name⟧ (⟦email⟧).")
    assert "zul" not in repr(result).casefold()


def test_a_letter_has_a_link_that_leads_nowhere_and_says_nothing(server, reader):
    fill(server, 1, 2)
    links = [item.link for item in read(server, reader).reading.items]
    assert len(set(links)) == 2
    assert all(link.startswith("https://mail.invalid/") and len(link) == 53 for link in links)


def test_of_newsletters_the_domain_of_the_sender_is_the_outlet_and_other_letters_are_left_alone(server, reader):
    server.folders["INBOX"] = {
        1: letter("Berita pagi", "Pintu air dibuka.", sender="Redaksi <pagi@kabar.example>", List_Id="<pagi.kabar.example>"),
        2: letter("Berita sore", "Banjir surut.", sender="sore@warta.example", List_Unsubscribe="<mailto:x@warta.example>"),
        3: letter("Halo", "Ini surat pribadi."),
    }
    result = read(server, reader, folder="/INBOX?newsletters", voice=lambda name: "suara")
    assert [(item.title, item.outlet, item.voice) for item in result.reading.items] == [
        ("Berita pagi", "kabar.example", ""),
        ("Berita sore", "warta.example", ""),
    ]
    assert result.reading.problems == ("Letters that are no newsletter, left out: 1.",)
    assert result.cursor == "7:3"


def test_automatic_answers_are_no_letters(server, reader):
    server.folders["INBOX"] = {1: letter("Di luar kantor", "Saya cuti.", Auto_Submitted="auto-replied"), 2: letter("Aduan", "Air mati.")}
    result = read(server, reader)
    assert [item.title for item in result.reading.items] == ["Aduan"]
    assert result.reading.problems == ("Automatic answers, left out: 1.",)


def test_a_very_long_letter_is_cut_and_said_to_be(server, reader):
    server.folders["INBOX"][1] = letter("Panjang", "kata " * 200_000)
    result = read(server, reader)
    assert len(result.reading.items[0].summary) <= 20_000
    assert result.reading.problems == ("Letters that were cut because they are long: 1.",)


def test_letters_that_say_nothing_are_counted_and_do_not_come_again(server, reader):
    server.folders["INBOX"] = {1: b"", 2: b"\r\n\r\n", 3: letter("Aduan", "Air mati.")}
    result = read(server, reader)
    assert [item.title for item in result.reading.items] == ["Aduan"]
    assert result.reading.problems == ("Letters that could not be read, left out: 2.",)
    assert read(server, reader, result.cursor).reading.items == ()


@pytest.mark.parametrize(("user", "password"), [("kota", 'ra"ha\\sia'), ("dinas kota", "kata sandi 漢字"), ("kóta", "x")])
@pytest.mark.parametrize("plain", [True, False])
def test_it_signs_in_with_whatever_a_password_is_made_of(mail_certificate, reader, user, password, plain):
    with FakeImap(tls_context(mail_certificate, mail_certificate), users={user: password}, plain=plain) as server:
        fill(server, 1, 1)
        result = read(server, reader, credentials={"user": user, "password": password})
        beyond = not plain and not (user + password).isascii()
        assert result.outcome.kind == ("unauthorized" if beyond else "ok")


@pytest.mark.parametrize("plain", [True, False])
def test_a_wrong_password_is_unauthorized_and_stands_nowhere(mail_certificate, reader, plain):
    with FakeImap(tls_context(mail_certificate, mail_certificate), plain=plain) as server:
        result = read(server, reader, credentials={"user": "kota", "password": "salah-sekali"})
        assert result.outcome.kind == "unauthorized"
        assert "salah-sekali" not in repr(result)
        assert not any("EXAMINE" in command for command in server.seen)


def test_without_user_and_password_nothing_is_asked(server, reader):
    result = read(server, reader, credentials={"user": "kota"})
    assert (result.outcome.kind, result.outcome.detail) == ("unauthorized", SENTENCES["mail.credentials"])
    assert server.seen == []


def test_a_password_cannot_carry_a_command(server, reader):
    result = read(server, reader, credentials={"user": "kota", "password": "x\r\nA2 DELETE INBOX"})
    assert result.outcome.kind == "unauthorized"
    assert not any("DELETE" in command for command in server.seen)


@pytest.mark.parametrize("name", ["Aduan & Saran", "Thư góp ý", 'a"b\\c', "Arsip/2026"])
def test_a_folder_may_be_named_in_any_letters(server, reader, name):
    server.folders[mutf7(name)] = {1: letter("Aduan", "Air mati.")}
    assert len(read(server, reader, folder=f"/{quote(name)}").reading.items) == 1


def mutf7(name: str) -> str:
    """The name as the server keeps it (RFC 3501 §5.1.3), written here by hand."""
    return {"Aduan & Saran": "Aduan &- Saran", "Thư góp ý": "Th&AbA- g&APM-p &AP0-", 'a"b\\c': 'a\\"b\\\\c'}.get(name, name)


def test_a_folder_that_is_not_there_is_not_found(server, reader):
    assert read(server, reader, folder="/Tidak").outcome.kind == "not_found"


FAULTS = {
    "mute": "timeout",
    "drip": "too_slow",
    "endless-line": "too_large",
    "endless-lines": "too_large",
    "garbage": "protocol_error",
    "http": "protocol_error",
    "huge-literal": "too_large",
    "no-search": "not_found",
    "hangs-in-letter": "timeout",
    "closes-in-letter": "interrupted",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_server_does_is_an_outcome_in_bounded_time(server, hasty, fault):
    fill(server, 1, 3)
    server.fault = fault
    started = time.monotonic()
    result = read(server, hasty, "7:1")
    assert result.outcome.kind == FAULTS[fault], result.outcome.detail
    assert result.outcome.detail
    assert result.reading is None
    assert result.cursor == "7:1"
    assert time.monotonic() - started < 30


def test_what_was_read_before_the_server_hung_is_kept_and_the_next_visit_goes_on(server, reader):
    fill(server, 1, 30)

    class Hangs(dict):  # the letter after the first batch is the one that never comes
        def __getitem__(self, uid: int) -> bytes:
            if uid == 25:
                server.fault = "closes-in-letter"
            return super().__getitem__(uid)

    server.folders["INBOX"] = Hangs(server.folders["INBOX"])
    result = read(server, reader)
    assert result.outcome.kind == "ok"
    assert len(result.reading.items) == 20
    assert [problem.code for problem in result.reading.problems] == ["post.stopped"]
    assert result.cursor == "7:20"


def test_a_certificate_nobody_vouches_for_is_a_tls_failure_and_no_password_is_sent(server):
    result = read(server, ImapReader(AddressGuard(["mail.localhost"]), limits=HASTE))
    assert result.outcome.kind == "tls_failure"
    assert server.seen == []


def test_a_certificate_of_another_host_is_a_tls_failure(server, mail_certificate):
    reader = ImapReader(AddressGuard([".localhost"]), ca_file=str(mail_certificate), limits=HASTE)
    result = reader.read(ReadRequest(f"imaps://lain.localhost:{server.port}/INBOX", credentials=SECRETS), NOBODY)
    assert result.outcome.kind == "tls_failure"
    assert server.seen == []


def test_a_server_on_a_private_network_is_asked_only_where_it_is_named(server, mail_certificate):
    for address in (server.url, f"imaps://127.0.0.1:{server.port}", f"imaps://2130706433:{server.port}", "imaps://10.0.0.1"):
        reader = ImapReader(AddressGuard(), ca_file=str(mail_certificate), limits=HASTE)
        assert reader.read(ReadRequest(address, credentials=SECRETS), NOBODY).outcome.kind == "private_address", address
    assert server.seen == []


def test_a_name_that_leads_to_a_private_address_is_refused_and_the_checked_address_is_the_one_connected_to(server, mail_certificate):
    asked: list[str] = []

    def changes_its_mind(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["203.0.114.5", "127.0.0.1"] if len(asked) == 1 else ["203.0.114.5"]

    reader = ImapReader(AddressGuard(), ca_file=str(mail_certificate), limits=HASTE, resolve=changes_its_mind)
    result = reader.read(ReadRequest("imaps://mail.kota.example", credentials=SECRETS), NOBODY)
    assert result.outcome.kind == "private_address"
    assert asked == ["mail.kota.example"]


def test_a_host_nobody_knows_and_a_door_nobody_opens_have_their_names(mail_certificate):
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("name not known")

    guard = AddressGuard([".localhost"])
    lost = ImapReader(guard, limits=HASTE, resolve=unknown).read(ReadRequest("imaps://mail.localhost", credentials=SECRETS), NOBODY)
    shut = ImapReader(guard, limits=HASTE).read(ReadRequest("imaps://mail.localhost:9", credentials=SECRETS), NOBODY)
    assert (lost.outcome.kind, shut.outcome.kind) == ("dns_failure", "refused")
