"""Readers by e-mail: asking, confirming, leaving, who is told of what, and that an address is nowhere but sealed."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from approvals import asked as waiting
from approvals import decide, sight_of
from desk import NOW
from django.db import connection
from django.test import Client
from django.urls import reverse
from readers import REAL, Sink, link_in, many, pointed, published, room, sent, subscribed, told
from screens import client_of

from kentongan.office import sealing
from kentongan.office.desk import statement_approval
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.statement_correcting import begin_correction
from kentongan.office.desk.statement_publishing import publish
from kentongan.office.ledger.models import Line
from kentongan.office.listening import retention
from kentongan.office.newsroom import limits, mailing, subscribing
from kentongan.office.newsroom.models import Letter, Mailing, Subscription
from kentongan.office.people.models import Place
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
ADDRESS = "ani@pembaca.example"


@pytest.fixture
def sink(serve_mail, settings, tmp_path) -> Sink:
    kept = Sink()
    pointed(settings, serve_mail(kept), tmp_path)
    return kept


@pytest.fixture
def made(sink):
    return room()


@pytest.fixture
def visitor() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def asks(visitor, office, address=ADDRESS, **more):
    return visitor.post(reverse("news_subscribe", args=[office.slug]), {"email": address, **more})


def to_whom(sink) -> list[str]:
    return sorted(to for to, _ in sink.got)


# Asking and confirming


def test_nothing_is_sent_to_whoever_did_not_confirm_and_the_news_to_whoever_did(made, sink, visitor) -> None:
    office = made.desk.office
    page = asks(visitor, office)
    assert (page.status_code, "one is on its way" in page.content.decode()) == (200, True)
    sent(office)
    assert told(office) == 0
    link = link_in(sink.text(), "confirm")
    assert "Yes, send me the news" in visitor.get(link).content.decode()
    assert Subscription.objects.get().state == "waiting", "opening the link alone confirms nothing"
    assert "from now on" in visitor.post(link).content.decode()
    assert visitor.get(link).status_code == 410
    published(made)
    assert told(office, NOW + timedelta(days=400)) == 0, "what was published before is not news"
    Subscription.objects.update(confirmed=NOW - timedelta(minutes=1))
    published(made, "Jangan lewat Jembatan Sena.")
    assert told(office) == 1
    sent(office, REAL)
    to, message = sink.got[-1]
    assert (to, message["Subject"]) == (ADDRESS, "Jangan lewat Jembatan Sena.")


def test_a_letter_names_its_way_out_for_mailboxes_and_people(made, sink) -> None:
    office = made.desk.office
    subscribed(office, ADDRESS)
    one = published(made)
    told(office)
    sent(office)
    message = sink.got[-1][1]
    leave = message["List-Unsubscribe"].strip("<>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert leave in message.get_content()
    assert one.version.text in message.get_content().replace("\r\n", "\n")
    assert f"https://kota.example/o/{office.slug}/news/{one.slug}/" in message.get_content()
    path = leave.removeprefix("https://kota.example")
    strict = Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en")
    assert "Leave and delete" in strict.get(path).content.decode()
    assert Subscription.objects.count() == 1, "opening the link alone leaves nothing"
    for _ in range(2):
        answer = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "no more letters" in answer.content.decode()) == (200, True)
    assert not Subscription.objects.exists()


def test_the_answer_does_not_tell_whether_an_address_is_known(made, sink, visitor) -> None:
    office = made.desk.office
    subscribed(office, ADDRESS)
    said = []
    for address in (ADDRESS, "baru@pembaca.example"):
        page = asks(visitor, office, address)
        said.append((page.status_code, re.sub(r'value="\w+"', "", page.content.decode())))
    assert said[0] == said[1]
    sent(office)
    assert to_whom(sink) == [ADDRESS, "baru@pembaca.example"], "both get the same letter"
    assert link_in(sink.text(0), "confirm") != link_in(sink.text(1), "confirm")


def test_asking_again_with_the_same_address_changes_what_is_read_and_old_links_go_on_to_work(made, visitor) -> None:
    office = made.desk.office
    first = subscribed(office, ADDRESS, language="id")
    leave = sealing.opened(first.sealed)["leave"]
    again = subscribed(office, ADDRESS.upper(), NOW, language="vi")
    assert Subscription.objects.get() == again
    assert (again.language, again.reader) == ("vi", first.reader)
    subscribing.leave(office, leave)
    assert not Subscription.objects.exists()


def test_a_word_is_good_for_two_days_and_only_in_its_office(made) -> None:
    office = made.desk.office
    subscribing.ask(office, subscribing.Wish(ADDRESS), NOW)
    word = sealing.opened(Subscription.objects.get().sealed)["confirm"]
    other = builders.make_office("Kota Jauh", "jauh")
    assert not subscribing.confirm(other, word, NOW)
    assert not subscribing.confirm(office, word, NOW + subscribing.GOOD_FOR)
    assert not subscribing.confirm(office, "x", NOW)
    assert subscribing.confirm(office, word, NOW + subscribing.GOOD_FOR - timedelta(seconds=1))


@pytest.mark.parametrize(
    "address", ["", "kata", "a@b", "a@b.example\nBcc: c@d.example", "á@b.example", "a" * 250 + "@b.example", "a@b.example,c@d.example"]
)
def test_what_is_no_address_is_refused_at_its_field(made, visitor, address) -> None:
    assert asks(visitor, made.desk.office, address).status_code == 422
    assert not Subscription.objects.exists()


def test_who_fills_in_what_people_do_not_see_is_answered_like_all_and_gets_nothing(made, visitor) -> None:
    assert asks(visitor, made.desk.office, website="https://iklan.example").status_code == 200
    assert not Subscription.objects.exists()


def test_too_many_tries_are_refused_by_house_and_an_address_is_not_written_to_again_and_again(made, sink, visitor) -> None:
    office = made.desk.office
    for _ in range(limits.AN_HOUR):
        assert asks(visitor, office).status_code == 200
    assert asks(visitor, office).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").post(reverse("news_subscribe", args=[office.slug]), {"email": ADDRESS}).status_code == 200
    assert Letter.objects.count() == subscribing.MOST_ASKED


def test_an_office_asks_so_many_strangers_in_an_hour_and_no_more(made, visitor, monkeypatch) -> None:
    monkeypatch.setattr(subscribing, "MOST_WAITING", 2)
    office = made.desk.office
    assert [asks(visitor, office, f"a{n}@pembaca.example").status_code for n in range(3)] == [200, 200, 422]


# Where an address is


def test_an_address_is_nowhere_but_sealed_and_gone_after_leaving(made, sink, visitor, caplog) -> None:
    office = made.desk.office
    asks(visitor, office)
    sent(office)
    link = link_in(sink.text(), "confirm")
    visitor.post(link)
    Subscription.objects.update(confirmed=NOW - timedelta(days=1))
    published(made)
    told(office)
    sent(office)
    everything = dump()
    assert ADDRESS not in everything
    assert ADDRESS.split("@")[0] + "@" not in str(list(Line.objects.values_list("detail", "subject")))
    assert ADDRESS not in caplog.text
    word = link.rstrip("/").rsplit("/", 1)[1]
    assert word not in everything, "of a word only its digest is stored"
    row = Subscription.objects.get()
    assert sealing.opened(row.sealed)["email"] == ADDRESS
    reader, digest = row.reader, row.digest
    subscribing.leave(office, sealing.opened(row.sealed)["leave"])
    assert digest not in dump()
    assert Letter.objects.filter(reader=reader, state="sent").exists(), "that something was sent stays, to a number drawn by chance"


def dump() -> str:
    """Every row of every table that holds text."""
    out = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            out += [str(row[0]) for row in cursor.fetchall()]
    return "\n".join(out)


def test_what_nobody_confirmed_is_deleted_by_the_nightly_run(made) -> None:
    office = made.desk.office
    subscribing.ask(office, subscribing.Wish(ADDRESS), NOW)
    kept = subscribed(office, "budi@pembaca.example")
    retention.run(office, NOW + timedelta(days=2), retention.keep_for(office))
    assert Subscription.objects.count() == 2
    retention.run(office, NOW + timedelta(days=4), retention.keep_for(office))
    assert Subscription.objects.get() == kept


def test_a_lost_database_opens_no_address_and_an_old_key_still_knows_it(made, settings) -> None:
    office = made.desk.office
    row = subscribed(office, ADDRESS)
    (settings.CONFIG.data / sealing.OLD_KEYS).write_text(settings.SECRET_KEY)
    settings.SECRET_KEY = "another key altogether"
    assert row.digest in subscribing.known_by(office.pk, f" {ADDRESS.upper()} ")
    assert subscribing.known_by(office.pk, ADDRESS)[0] != row.digest
    again = subscribed(office, ADDRESS, NOW)
    assert Subscription.objects.get() == again
    assert again.digest == subscribing.known_by(office.pk, ADDRESS)[0]


# Who is told of what


def placed(made, place=None, topic: str = ""):
    """The issue is about a place and a topic."""
    Issue.objects.filter(pk=made.issue.pk).update(place=place, topic=topic)
    made.issue.refresh_from_db()


def test_language_topic_and_place_narrow_and_what_has_none_is_for_everybody(made, sink) -> None:
    office = made.desk.office
    city = Place.objects.create(office=office, code="33", level="city", name="Kota")
    north, south = (Place.objects.create(office=office, code=f"33.{n}", level="district", name=str(n), parent=city) for n in (1, 2))
    ward = Place.objects.create(office=office, code="33.1.1", level="ward", name="Kelurahan", parent=north)
    wishes = {
        "all": {}, "id": {"language": "id"}, "vi": {"language": "vi"}, "water": {"topics": ("water",)}, "roads": {"topics": ("roads",)},
        "city": {"place": city}, "north": {"place": north}, "south": {"place": south}, "ward": {"place": ward},
    }  # fmt: skip
    for name, wish in wishes.items():
        subscribed(office, f"{name}@pembaca.example", **wish)

    def reached(place=None, topic="", language="id") -> set[str]:
        placed(made, place, topic)
        sink.got.clear()
        published(made, f"Jauhi sungai {place} {topic} {language}.", language)
        told(office)
        sent(office)
        return set(wishes) - {to.split("@")[0] for to, _ in sink.got}

    assert reached() == {"vi"}
    assert reached(language="en") == {"id", "vi"}
    assert reached(topic="water") == {"vi", "roads"}
    assert reached(place=north) == {"vi", "south"}
    assert reached(place=ward) == {"vi", "south"}
    assert reached(place=city) == {"vi"}
    assert reached(place=south, topic="roads") == {"vi", "water", "north", "ward"}


def test_a_letter_speaks_its_readers_language_and_the_offices_time(made, sink) -> None:
    office = made.desk.office
    subscribed(office, ADDRESS, speech="vi")
    found = decide(made.dewi, waiting(made))
    publish(made.desk.sari, found, sight_of(found), NOW)
    told(office)
    sent(office)
    text = sink.text()
    assert "10:30 WIB" in text, "the next update, which stands in the version in UTC"
    assert "Bạn nhận" in text


def corrected(made):
    """A holding statement, then what corrects it; gives both publications and the later moment."""
    found = decide(made.dewi, waiting(made))
    old = publish(made.desk.sari, found, sight_of(found), NOW)
    yield old
    later = NOW + timedelta(hours=1)
    draft = begin_correction(made.desk.lina, Statement.objects.get(pk=found.pk), "Bukan 42 rumah, yang benar 24 rumah.", NOW)
    draft = decide(made.dewi, waiting(made, draft))
    yield publish(made.desk.sari, draft, sight_of(draft), later)


def test_a_correction_reaches_everybody_who_got_the_wrong_version_even_if_they_read_something_else_now(made, sink) -> None:
    office = made.desk.office
    subscribed(office, ADDRESS, language="id")
    subscribed(office, "pergi@pembaca.example")
    two = corrected(made)
    next(two)
    told(office)
    sent(office)
    assert to_whom(sink) == [ADDRESS, "pergi@pembaca.example"]
    sink.got.clear()
    subscribed(office, ADDRESS, NOW, language="vi")
    gone = Subscription.objects.get(language="")
    subscribing.leave(office, sealing.opened(gone.sealed)["leave"])
    new = next(two)
    assert told(office, NOW + timedelta(hours=1)) == 1
    sent(office)
    ((to, message),) = sink.got
    assert to == ADDRESS
    assert message["Subject"].startswith("Correction: ")
    assert "Bukan 42 rumah, yang benar 24 rumah." in message.get_content()
    assert message.get_content().startswith("Ralat dan permohonan maaf")
    handed = Letter.objects.filter(state="sent", mailing__publication=new).values_list("mailing__publication__version", flat=True)
    assert list(handed) == [new.version_id], "which version was handed to whom is kept"


def test_what_is_corrected_before_it_went_out_is_told_once_and_right(made, sink) -> None:
    office = made.desk.office
    subscribed(office, ADDRESS)
    two = corrected(made)
    next(two)
    assert told(office) == 1
    next(two)
    assert told(office, NOW + timedelta(hours=1)) == 1
    sent(office)
    assert [message["Subject"].startswith("Correction: ") for _, message in sink.got] == [True]


def test_a_withdrawal_reaches_those_who_were_sent_it_and_nobody_else(made, sink) -> None:
    office = made.desk.office
    subscribed(office, ADDRESS)
    one = published(made)
    told(office)
    sent(office)
    subscribed(office, "baru@pembaca.example", NOW)
    found = Statement.objects.get(pk=one.statement_id)
    statement_approval.withdraw(made.desk.sari, found, "Air sudah surut", found.version, NOW + timedelta(hours=1))
    sink.got.clear()
    assert told(office, NOW + timedelta(hours=1)) == 1
    sent(office)
    ((to, message),) = sink.got
    assert (to, message["Subject"]) == (ADDRESS, "Withdrawn: Jauhi tepi sungai.")
    assert "List-Unsubscribe" in message
    assert told(office, NOW + timedelta(hours=2)) == 0


def test_two_who_look_at_once_make_one_mailing_and_its_line_says_no_reader(made) -> None:
    office = made.desk.office
    subscribed(office, ADDRESS)
    one = published(made)
    assert [mailing.begin(office, one, "published", NOW) for _ in range(2)] == [1, 0]
    (line,) = Line.objects.filter(act="mailing.begun")
    assert json.loads(line.detail) == {"publication": one.pk, "what": "published"}
    assert Mailing.objects.count() == 1


# What the office sees


def test_the_office_sees_counts_of_ten_or_more_and_never_who(made) -> None:
    office = made.desk.office
    many(office, 9)
    address = reverse("news_readers")
    assert "Fewer than ten people" in client_of(made.desk.reader).get(address).content.decode()
    Subscription.objects.all().delete()
    many(office, 12)
    published(made)
    told(office)
    body = client_of(made.desk.reader).get(address).content.decode()
    assert "12 people read your news by e-mail" in body
    assert "12 on their way" in body
    assert "pembaca.example" not in body


def test_counts_that_could_be_subtracted_are_left_out(made) -> None:
    office = made.desk.office
    many(office, 30)
    numbers = list(Subscription.objects.order_by("pk").values_list("pk", flat=True))
    Subscription.objects.filter(pk__in=numbers[:4]).update(topics=["water"])
    body = client_of(made.desk.reader).get(reverse("news_readers")).content.decode()
    assert "30 people" in body
    assert ">26<" not in body
    assert ">4<" not in body


def test_the_page_of_readers_costs_the_same_queries_with_many_mailings(made, count_queries) -> None:
    many(made.desk.office, 12)
    client = client_of(made.desk.reader)
    published(made)
    told(made.desk.office)
    client.get(reverse("news_readers"))
    with count_queries() as few:
        client.get(reverse("news_readers"))
    for number in range(5):
        published(made, f"Jauhi sungai di RW {number}.")
    told(made.desk.office)
    with count_queries() as more:
        client.get(reverse("news_readers"))
    assert len(few) == len(more)


def test_the_pages_of_readers_are_kept_by_nobody_and_need_no_script(made, visitor) -> None:
    page = visitor.get(reverse("news_subscribe", args=[made.desk.office.slug]))
    assert page["Cache-Control"] == "private, no-store"
    assert b"<script" not in page.content
    assert b"Water" in page.content
