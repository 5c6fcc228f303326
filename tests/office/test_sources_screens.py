"""Sources of every kind on screen: chosen, looked at once, refused with a reason, added under a purpose."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kentongan.adapters.sources import KINDS
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.errors import InputError, RefusedError
from kentongan.office import outside
from kentongan.office.ledger.models import Line
from kentongan.office.listening import adding, kinds, lists, purposes
from kentongan.office.listening.models import Source
from kentongan.packs import get_packs
from kentongan.ports import FetchOutcome, ReadRequest, SourceReading
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW


@pytest.fixture
def client(house):
    return client_of(house.officer)


class Says:
    """A reader that answers once what it was given, and keeps what it was asked."""

    def __init__(self, *titles: str, outcome: str = "ok", detail: str = "") -> None:
        self.titles, self.outcome, self.detail = titles, outcome, detail
        self.asked: list[ReadRequest] = []

    def read(self, request: ReadRequest, fetcher: object) -> SourceReading:
        self.asked.append(request)
        items = tuple(RawItem(f"{n}", f"https://a.example/{n}", title, "", "", None, None, None) for n, title in enumerate(self.titles))
        reading = FeedReading("json", "Kata kunci", "https://a.example/", None, items, ()) if self.outcome == "ok" else None
        return SourceReading(FetchOutcome(self.outcome, "https://a.example/", 200, detail=self.detail), reading)  # type: ignore[arg-type]


@pytest.fixture
def reader(monkeypatch):
    says = Says("Banjir di Sena, hubungi 0812-3456-7890", "Air keruh lagi")
    monkeypatch.setattr(outside, "reader", lambda kind: says)
    return says


def body(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("language", "said", "act"),
    [
        ("en", "not told whom to ask", "Say whom to ask"),
        ("id", "tidak tahu harus bertanya kepada siapa", "Isi kontak untuk media"),
        ("vi", "không biết hỏi ai", "Điền nơi liên hệ"),
    ],
)
def test_a_contact_that_leads_to_this_machine_is_said_above_the_sources_and_visits_go_on(house, settings, language, said, act):
    page = body(client_of(house.administrator, language).get(reverse("sources")))
    assert said not in page
    settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, "contact": "", "public_url": ""}, settings.CONFIG.origins)
    page = body(client_of(house.administrator, language).get(reverse("sources")))
    assert said in page and act in page and f'href="{reverse("about_office")}"' in page
    other = body(client_of(house.officer, language).get(reverse("sources")))
    assert said in other and act not in other
    assert outside.fetch_settings(settings.CONFIG).user_agent.endswith("(+http://127.0.0.1:8600)")
    house.ours.contact = "humas@kota.example"
    house.ours.save(update_fields=["contact"])
    assert said not in body(client_of(house.officer, language).get(reverse("sources")))


def test_every_kind_that_has_a_reader_is_offered_in_a_sentence_with_an_example(client):
    page = body(client.get(reverse("source_kinds")))
    for kind in KINDS:
        if kind not in kinds.SIMPLE:
            assert reverse("source_of_kind", args=[kind]) in page
            assert str(Source.Kind(kind).label) in page
    assert "#banjir@mastodon.social" in page
    assert "needs a password" in page


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in kinds.SIMPLE])
def test_the_example_of_every_kind_is_an_address_that_is_read(kind):
    kinds.check_address(kind, KINDS[kind].example)
    assert kinds.card_of(kind).example == KINDS[kind].example, "what is checked is what is offered"


REFUSED = [
    ("mastodon", "@budi@mastodon.social", "Kentongan reads topics"),
    ("mastodon", "https://mastodon.social/@budi", "Kentongan reads topics"),
    ("bluesky", "from:budi.bsky.social", "Kentongan reads topics"),
    ("bluesky", "budi santoso", "This names a person"),
    ("telegram", "https://t.me/+AbCdEf123", "closed rooms"),
    ("telegram", "https://t.me/joinchat/AAAA", "closed rooms"),
    ("imap", "imap://mail.kota.example/INBOX", "Without TLS"),
    ("imap", "imaps://user:rahasia@mail.kota.example/INBOX", "Leave user and password out"),
    ("warnings", "ftp://cuaca.example/x", "is not a web address"),
    ("youtube", "https://www.youtube.com/watch?v=1", "Write the address of a channel"),
]


@pytest.mark.parametrize(("kind", "address", "why"), REFUSED)
def test_what_is_not_read_is_refused_on_screen_and_by_the_service_before_anything_is_asked(client, house, reader, kind, address, why):
    page = client.post(reverse("source_of_kind", args=[kind]), {"address": address})
    assert page.status_code == 422
    assert why in body(page)
    assert not reader.asked
    voice = KINDS[kind].source_kinds[0]
    with pytest.raises((InputError, RefusedError), match=why):
        kinds.check(Source(office=house.ours, url=address, kind=kind, source_kind=voice))


def test_a_refusal_is_said_in_the_readers_language(house):
    vietnamese = client_of(house.officer, "vi")
    page = body(vietnamese.post(reverse("source_of_kind", args=["telegram"]), {"address": "https://t.me/joinchat/AAAA"}))
    assert "closed rooms" not in page


def test_an_office_and_a_matter_are_searched_for_and_a_name_beside_an_office_is_a_persons():
    kinds.check_address("bluesky", "wali kota muarasena")
    kinds.check_address("mastodon", "#BanjirSena@server.example")
    with pytest.raises(RefusedError, match="never private people"):
        kinds.check_address("bluesky", "wali kota budi santoso")


def test_looking_asks_once_and_shows_what_is_there_without_personal_data(client, reader):
    page = client.post(reverse("source_of_kind", args=["mastodon"]), {"address": "#banjir@server.example"})
    assert [one.address for one in reader.asked] == ["#banjir@server.example"]
    assert "It answers with 2 items" in body(page)
    assert "Air keruh lagi" in body(page)
    assert "0812" not in body(page)
    assert not Source.objects.filter(url__startswith="#").exists()


def test_a_source_that_does_not_answer_says_why_and_the_address_can_be_mended(client, monkeypatch):
    monkeypatch.setattr(outside, "reader", lambda kind: Says(outcome="forbidden", detail=remark("post.stopped", outcome="x")))
    page = client.post(reverse("source_of_kind", args=["bluesky"]), {"address": "#banjir"})
    assert page.status_code == 422
    assert "The host does not let us in (403)." in body(page)
    assert 'value="#banjir"' in body(page)


def test_a_mailbox_is_not_asked_before_it_has_its_password(client, reader):
    page = client.post(reverse("source_of_kind", args=["imap"]), {"address": "imaps://mail.kota.example/INBOX"})
    assert page.context["found"].locked
    assert not reader.asked


def test_a_hashtag_is_added_under_the_chosen_purpose_and_only_as_public_posts(house, client):
    purpose = purposes.first_for(house.ours, NOW)
    form = {"name": "Banjir", "url": "#banjir@server.example", "kind": "mastodon", "source_kind": "press", "purpose": purpose.pk}
    refused = client.post(reverse("add_source"), form)
    assert refused.status_code == 422
    assert not Source.objects.filter(kind="mastodon").exists()
    client.post(reverse("add_source"), form | {"source_kind": "public"})
    made = Source.objects.get(kind="mastodon")
    assert (made.url, made.source_kind, made.purpose, made.outlet) == ("#banjir@server.example", "public", purpose, "Banjir")


def test_a_purpose_of_another_office_is_no_choice(house, client):
    theirs = builders.purpose_of(house.theirs)
    form = {"name": "A", "url": "https://a.example/", "kind": "feed", "source_kind": "press", "purpose": theirs.pk}
    assert "purpose" in client.post(reverse("add_source"), form).context["form"].errors


def test_a_kind_that_is_none_does_not_exist(client):
    assert client.get(reverse("source_of_kind", args=["facebook"])).status_code == 404
    form = {"name": "A", "url": "https://a.example/", "kind": "push", "source_kind": "press"}
    assert client.post(reverse("add_source"), form).status_code == 422


def test_an_address_with_a_key_in_it_is_shown_without_it_to_nobody(house):
    secret = "https://a.example/feed?lang=id&api_key=RAHASIA123&p=2"
    source = builders.make_source(house.ours, "Berkunci", url=secret)
    boss = builders.make_user(house.ours, "bos", "administrator")
    for who in (house.reader, house.officer, boss):
        client = client_of(who)
        pages = [body(client.get(reverse("source", args=[source.pk]))), body(client.get(reverse("sources")))]
        assert "RAHASIA123" not in "".join(pages)
        assert "api_key=…" in pages[0]
    assert "RAHASIA123" not in body(client_of(house.officer).get(reverse("export_sources")))
    assert "RAHASIA123" in body(client_of(boss).get(reverse("export_sources")))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/feed?id=5&key=abc", "https://a.example/feed?id=5&key=…"),
        ("https://u:p@a.example/feed", "https://a.example/feed"),
        ("https://a.example/feed?access_token=x#t", "https://a.example/feed?access_token=…#t"),
        ("https://a.example/feed?monkey=1&keyword=air", "https://a.example/feed?monkey=1&keyword=air"),
        ("#banjir@server.example", "#banjir@server.example"),
        ("https://[a.example/", "https://[a.example/"),
    ],
)
def test_only_what_looks_like_a_key_is_left_out(address, shown):
    assert kinds.shown(address) == shown


def test_readers_are_not_offered_what_they_may_not_do(house):
    reader = client_of(house.reader)
    assert reverse("source_kinds") not in body(reader.get(reverse("sources")))
    assert reader.get(reverse("source_kinds")).status_code == 403
    assert reader.post(reverse("source_of_kind", args=["mastodon"]), {"address": "#a@b.example"}).status_code == 403


# Many at once


def test_a_pack_shows_how_well_each_address_is_known_and_adds_what_is_ticked(house, client):
    pack = next(one for one in get_packs() if one.name == "id-press")
    page = body(client.get(reverse("pack", args=["id-press"])))
    assert pack.entries[0].name in page
    assert pack.entries[0].url in page
    assert any(word in page for word in ("A public record says that it answered.", "Its owner names this address."))
    wanted = [entry.url for entry in pack.entries[:2]]
    client.post(reverse("pack", args=["id-press"]), {"entry": wanted})
    made = Source.objects.filter(office=house.ours, url__in=[entry.url for entry in pack.entries])
    assert sorted(made.values_list("url", flat=True)) == sorted(wanted)
    again = client.post(reverse("pack", args=["id-press"]), {"entry": wanted}, follow=True)
    assert [str(one) for one in again.context["messages"]][-1:] == ["0 sources added; 2 were there already."]
    nothing = client.post(reverse("pack", args=["id-press"]), {})
    assert "Tick at least one source." in body(nothing)


def test_every_entry_of_every_pack_may_be_added(house):
    for pack in get_packs():
        done = lists.add_all([lists.of_pack(house.ours, entry) for entry in pack.entries], None, NOW, "pack")
        assert done.refused == ()


def opml_of(n, kind="feed"):
    rows = "".join(f'<outline text="S{i}" xmlUrl="https://s{i}.example/rss"/>' for i in range(n))
    return f'<opml version="2.0"><body>{rows}</body></opml>'.encode()


def bring(client, data):
    return client.post(reverse("import_sources"), {"file": SimpleUploadedFile("d.opml", data)}, follow=True)


@pytest.mark.parametrize("n", [2_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_thousands_of_entries_come_in_with_as_many_queries_as_ten(house, client, count_queries, n):
    with count_queries() as few:
        bring(client, opml_of(10))
    Source.objects.filter(office=house.ours, name__startswith="S").exclude(name__contains=" ").delete()
    with count_queries() as many:
        response = bring(client, opml_of(n))
    assert Source.objects.filter(office=house.ours, url__startswith="https://s").count() >= n
    assert len(many) - len(few) <= n // 1_000, "a query a thousand rows besides"
    assert f"{n:,} sources added" in " ".join(str(one) for one in response.context["messages"])


def test_entities_and_profiles_in_a_list_are_said_and_the_rest_is_added(house, client):
    bomb = b"""<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
    <opml><body><outline text="&b;" xmlUrl="https://b.example/"/></body></opml>"""
    said = " ".join(str(one) for one in bring(client, bomb).context["messages"])
    assert "The file declares entities; it was not read." in said
    mixed = b"""<opml><body><outline text="A" xmlUrl="https://baik.example/rss"/><outline text="B" xmlUrl="https://u:p@b.example/rss"/>
    <outline text="C" xmlUrl="https://www.instagram.com/budi.santoso/"/></body></opml>"""
    said = " ".join(str(one) for one in bring(client, mixed).context["messages"])
    assert "1 source added" in said
    assert "Left out (1): This is somebody's profile." in said
    assert Source.objects.filter(office=house.ours, url="https://baik.example/rss").exists()


def test_a_list_leaves_one_line_in_the_ledger_and_first_visits_one_after_the_other(house, client):
    before = Line.objects.filter(act="source.added").count()
    bring(client, opml_of(5))
    line = Line.objects.filter(act="source.added").order_by("-pk")[0]
    assert Line.objects.filter(act="source.added").count() == before + 1
    assert '"n":5' in line.detail.replace(" ", "")
    made = Source.objects.filter(office=house.ours, name__regex="^S[0-9]$").order_by("pk")
    due = list(made.values_list("next_visit", flat=True))
    assert len(due) == 5
    assert due == sorted(set(due))


def test_nothing_is_added_under_a_purpose_that_is_over(house, client):
    purposes.first_for(house.ours, NOW)
    type(builders.purpose_of(house.ours)).objects.filter(office=house.ours).update(starts="2020-01-01", ends="2020-12-31")
    said = " ".join(str(one) for one in bring(client, opml_of(3)).context["messages"])
    assert "ended on 2020-12-31" in said


def test_a_hundred_more_sources_cost_the_page_no_query(house, client, count_queries):
    with count_queries() as few:
        client.get(reverse("sources"))
    bring(client, opml_of(500))
    with count_queries() as many:
        page = client.get(reverse("sources"))
    assert page.status_code == 200
    assert len(many) == len(few)


def test_looking_never_stores_anything(house):
    before = Source.objects.count()
    adding.look_as("mastodon", "#a@b.example", "", outside.fetcher(), lambda kind: Says("x"), 420)
    assert Source.objects.count() == before
