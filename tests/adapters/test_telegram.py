"""Telegram: the preview of a public channel, message by message; closed rooms stay closed."""

from collections.abc import Iterator

import pytest

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.telegram import PAGES, TelegramReader, channel, refusal
from kentongan.engine.reasons import SENTENCES
from kentongan.ports import ReadRequest
from kentongan.testing.fake_telegram import FakeTelegram, Message


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        yield running


@pytest.fixture(scope="module")
def fetcher() -> Iterator[HttpFetcher]:
    running = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
    yield running
    running.close()


def read(server: FakeTelegram, fetcher: HttpFetcher, cursor: str = "", path: str = "/s/infokota", **more):
    return TelegramReader(server.url).read(ReadRequest(f"{server.url}{path}", cursor=cursor, **more), fetcher)


@pytest.mark.parametrize(
    "address",
    [
        "https://t.me/s/infokota",
        "https://t.me/infokota",
        "t.me/infokota",
        "@infokota",
        "https://telegram.me/infokota/",
        "https://t.me/infokota/123",
    ],
)
def test_a_channel_is_known_by_every_address_people_write(address):
    assert channel(address) == ("infokota", "")


@pytest.mark.parametrize(
    "address",
    [
        "https://t.me/+AbCdEf123", "https://t.me/joinchat/AbCdEf", "https://t.me/c/1234567/89", "https://t.me/s/+AbCdEf", "https://t.me/addlist/x",
        "https://t.me/kotabot", "https://t.me/share/url?url=x",
    ],
)  # fmt: skip
def test_closed_rooms_are_refused_before_anything_is_asked(server, fetcher, address):
    result = TelegramReader(server.url).read(ReadRequest(address), fetcher)
    assert result.outcome.kind == "bad_address"
    assert result.outcome.detail == refusal(address) == SENTENCES["post.telegram_closed"]
    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "abc",
        "https://t.me/",
        "https://t.me/s/",
        "https://t.me.penipu.example/s/infokota",
        "ftp://t.me/infokota",
        "https://t.me/a b",
        "https://u@t.me/infokota",
    ],
)
def test_what_names_no_channel_is_refused_with_the_way_to_write_it(address):
    assert refusal(address) == SENTENCES["post.telegram_address"]


@pytest.mark.parametrize("path", ["/s/grupwarga", "/s/orangbiasa"])
def test_a_group_or_a_person_has_no_preview_and_is_not_read(server, fetcher, path):
    result = read(server, fetcher, path=path)
    assert result.reading.kind == "unreadable"
    assert result.reading.problems == (SENTENCES["post.telegram_preview"],)


def test_the_words_of_a_message_are_taken_and_nothing_of_who_signed_sent_or_was_answered(server, fetcher):
    server.messages.append(Message(7, "Pintu air dibuka.\nMohon waspada & siaga.", author="Zulkarnaen"))
    result = read(server, fetcher, voice=lambda name: "never asked")
    (item,) = result.reading.items
    assert item.summary == "Pintu air dibuka. Mohon waspada & siaga."
    assert (item.entry_id, item.link, item.voice) == ("infokota/7", "https://t.me/infokota/7", "")
    assert result.reading.title == "Info Kota"
    assert "Zulkarnaen" not in repr(result)


def test_what_the_service_itself_says_and_pictures_without_words_are_no_items(server, fetcher):
    server.messages += [Message(1, "Channel created", service=True), Message(2, ""), Message(3, "Kabar")]
    result = read(server, fetcher)
    assert [item.summary for item in result.reading.items] == ["Kabar"]
    assert result.cursor == "3"


def test_the_first_visit_takes_the_newest_page_and_the_next_go_on_from_there(server, fetcher):
    server.messages += [Message(n, f"Kabar {n}") for n in range(1, 101)]
    first = read(server, fetcher)
    assert [item.entry_id for item in first.reading.items] == [f"infokota/{n}" for n in range(81, 101)]
    server.messages += [Message(n, f"Kabar {n}") for n in range(101, 146)]
    server.asked.clear()
    second = read(server, fetcher, first.cursor)
    assert [item.entry_id for item in second.reading.items] == [f"infokota/{n}" for n in range(101, 146)]
    assert [asked.query.get("after") for asked in server.asked] == ["100", "120", "140", "145"]
    assert second.cursor == "145"


def test_a_visit_has_an_end_and_the_next_goes_on_from_there(server, fetcher):
    server.messages += [Message(n, f"Kabar {n}") for n in range(1, 20 * PAGES + 41)]
    first = read(server, fetcher, "20")
    assert len(first.reading.items) == 20 * PAGES
    assert SENTENCES["post.more"] in first.reading.problems
    assert len(read(server, fetcher, first.cursor).reading.items) == 20


def test_numbers_that_are_missing_because_a_message_was_deleted_do_not_stop_it(server, fetcher):
    server.messages += [Message(n, f"Kabar {n}") for n in (3, 900, 9000)]
    result = read(server, fetcher, "1")
    assert [item.entry_id for item in result.reading.items] == ["infokota/3", "infokota/900", "infokota/9000"]


def test_a_message_of_another_channel_on_the_page_is_left_alone(server, fetcher):
    server.body = (
        b'<html><section class="tgme_channel_history">'
        b'<div class="tgme_widget_message" data-post="lain/5"><div class="js-message_text">x</div></div>'
        b'<div class="tgme_widget_message" data-post="InfoKota/6"><div class="js-message_text">Ban<b>jir</b><script>y</script></div></div>'
        b"</section></html>"
    )
    assert [(item.entry_id, item.summary) for item in read(server, fetcher).reading.items] == [("infokota/6", "Banjir")]


def test_a_page_of_members_is_a_group_even_where_it_shows_its_history(server, fetcher):
    server.body = (
        b'<html><div class="tgme_channel_info_counter"><span class="counter_type">members</span></div>'
        b'<section class="tgme_channel_history">'
        b'<div class="tgme_widget_message" data-post="infokota/6"><div class="js-message_text">x</div></div></section></html>'
    )
    assert read(server, fetcher).reading.kind == "unreadable"


def test_what_was_read_before_the_host_failed_is_kept(server, fetcher):
    server.messages += [Message(n, f"Kabar {n}") for n in range(1, 61)]
    server.after, server.fault = 1, "status?code=503&retry=30"
    result = read(server, fetcher, "5")
    assert len(result.reading.items) == 20
    assert result.outcome.retry_after_s == 30
    assert result.cursor == "25"
