"""No table, page, export or answer says who wrote a public post, whatever way it came: feed, push or file. Press keeps its addresses."""

from __future__ import annotations

import importlib
import json
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from kentongan.engine import feeds, unsigned
from kentongan.engine.notices import FactCheck as CheckNotice
from kentongan.office.api import services
from kentongan.office.listening import collecting, importing, intake, journal, notices, voices
from kentongan.office.listening.models import Article, FactCheck, ListenerState
from kentongan.office.people import scope
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of
from test_api import Program, token_for
from test_api_push import SECRET, send
from test_listener import new_listener, read_to_end

pytestmark = pytest.mark.django_db
NOW = builders.NOW
WHO = "zqsomebody"
FEED = "https://social.example/tags/banjir.rss"
ADDRESSES = (
    f"https://social.example/@{WHO}/109501", f"https://social.example/users/{WHO}/statuses/109502", f"https://x.com/{WHO}/status/17001",
    f"https://www.facebook.com/{WHO}/posts/1", f"https://{WHO}.blogspot.com/2025/11/air-naik-di-hilir-sejak-pagi.html",
    f"https://papan.example/{WHO}/7", f"https://papan.example/baca?author={WHO}", f"https://papan.example/p?u={WHO}",
)  # fmt: skip


def rss():
    """Posts of one person, who is named wherever a feed can name somebody."""
    entries = "".join(
        f"<item><title>Air naik di Pelita {n}, lihat https://social.example/users/{WHO}</title><link>{url}</link><guid>{url}</guid>"
        f"<dc:creator>{WHO}</dc:creator><author>{WHO}@social.example ({WHO})</author>"
        f"<description>Warga di hilir menunggu perahu, kata @{WHO}. https://papan.example/u/{WHO}</description>"
        f"<pubDate>Wed, 26 Nov 2025 0{n}:00:00 +0700</pubDate></item>"
        for n, url in enumerate(ADDRESSES)
    )
    return f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Tagar</title>{entries}</channel></rss>'.encode()


def posts(office, kind="public"):
    """The feed as read, made safe and stored; and the listener has placed it."""
    source = builders.make_source(office, f"Tagar {kind}", url=FEED if kind == "public" else "https://kabar.example/feed", source_kind=kind)
    reading = feeds.read(rss(), url=source.url, voice=voices.voice_of(office.pk, NOW))
    taken = intake.take(reading.items, intake.About(source.outlet, kind, source.url), NOW, None)
    assert len(taken.taken) == len(ADDRESSES)
    collecting.store(source, taken.taken, NOW)
    journal.append_waiting(office.pk)
    read_to_end(new_listener(office, snapshot_entries=1), NOW)
    return source


def tables_with(word):
    """Every table of ours in which the word stands in any column, binary ones too."""
    found = []
    with connection.cursor() as cursor:
        for table in sorted(scope.protected_tables()):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{word}%"])
            if cursor.fetchone() != (0,):
                found.append(table)
    return found


def test_of_posts_from_a_feed_nothing_that_is_stored_says_who_wrote_them(office):
    source = posts(office)
    rows = Article.objects.filter(source=source)
    assert rows.count() == len(ADDRESSES)
    assert tables_with(WHO) == []
    assert {row.outlet for row in rows} == {source.outlet}
    snapshot = zlib.decompress(ListenerState.objects.get(office=office).snapshot)
    assert rows[0].url.encode() in snapshot, "the listener remembers addresses"
    assert WHO.encode() not in snapshot


def test_no_two_posts_of_one_person_share_the_beginning_of_their_address_more_than_the_site(office):
    posts(office)
    urls = sorted(Article.objects.values_list("url", flat=True))
    assert len(set(urls)) == len(ADDRESSES)
    assert urls == sorted(unsigned.of_post(url, FEED) for url in ADDRESSES)
    assert "https://social.example/statuses/109501" in urls


def test_a_post_that_is_still_listed_is_not_stored_twice(office):
    source = posts(office)
    taken = intake.take(feeds.read(rss(), url=FEED).items, intake.About(source.outlet, "public", FEED), NOW, None)
    assert collecting.store(source, taken.taken, NOW) == []


def test_what_press_and_agencies_say_keeps_its_address_and_whoever_says_it(office):
    posts(office, "press")
    assert sorted(Article.objects.values_list("url", flat=True)) == sorted(ADDRESSES)


def test_a_push_of_public_posts_names_nobody_neither_by_address_nor_by_outlet(house):
    source = services.add_push_source(house.administrator, "Papan Warga", "public", SECRET, NOW)
    items = [{"url": url, "title": f"Air naik {n}", "outlet": WHO, "author": WHO} for n, url in enumerate(ADDRESSES)]
    assert send(source, *items).json()["taken"] == len(ADDRESSES)
    assert tables_with(WHO) == []
    assert set(Article.objects.filter(source=source).values_list("outlet", flat=True)) == {source.outlet}


def test_a_file_of_public_posts_names_nobody(office, tmp_path):
    path = tmp_path / "kiriman.jsonl"
    rows = [
        {
            "url": url, "title": f"Air naik di Pelita {n}", "text": f"Lihat https://papan.example/u/{WHO}.", "outlet": "Papan",
            "kind": "public", "lang": "id", "published": "2025-11-26T00:00:00Z",
        }
        for n, url in enumerate(ADDRESSES)
    ]  # fmt: skip
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    list(importing.import_file(importing.begin(office.pk, path, NOW), path, NOW, None))
    assert Article.objects.filter(office=office, source_kind="public").count() == len(ADDRESSES)
    assert tables_with(WHO) == []


def test_the_post_a_fact_checker_looked_at_is_cited_without_its_author(office):
    source = builders.make_source(office, "Cek", kind="checks")
    said = CheckNotice("https://cek.example/1", "Air PAM beracun", "Salah", "Cek Fakta Kota", NOW)
    for n, url in enumerate((*ADDRESSES[:4], "https://kabar.example/air/pam")):
        notices.keep(source, [replace(said, claim=f"Air PAM {n}", claim_url=url)], NOW)
    assert tables_with(WHO) == []
    assert FactCheck.objects.filter(claim_url="https://kabar.example/air/pam").exists(), "what is no person's post stays"


def test_neither_pages_nor_exports_nor_programs_name_who_wrote_a_post(house):
    posts(house.ours)
    client, program = client_of(house.officer), Program(token_for(house.officer))
    article = Article.objects.filter(office=house.ours, source_kind="public", url__startswith="https://social.example").first()
    story = article.membership.story_id
    shown = [
        *(client.get(page).content.decode() for page in ("/", "/stories/", f"/stories/{story}/", "/search/?q=perahu", "/sources/")),
        *(program.get(path).content.decode() for path in ("articles", f"articles/{article.pk}", f"stories/{story}", "search?q=perahu")),
        b"".join(program.get("exports/articles.csv").streaming_content).decode(),
    ]
    assert any("statuses/109501" in one or article.url in one for one in shown)
    assert [n for n, one in enumerate(shown) if WHO in one] == []


def test_what_was_stored_before_is_mended_and_its_listener_reads_again(office, now):
    source = builders.make_source(office, "Tagar", url=FEED, source_kind="public")
    for n, url in enumerate(ADDRESSES):
        for kind in ("public", "press"):
            Article.objects.create(
                office=office, source=source, key=f"{kind}{n}", url=url, outlet="Papan", source_kind=kind, title="Air naik", language="id",
                published=now, seen=now,
            )  # fmt: skip
    FactCheck.objects.create(
        office=office, key="1", url="https://cek.example/1", claim="Air", rating="Salah", checker="Cek", claim_url=ADDRESSES[2],
        seen=now,
    )  # fmt: skip
    other = builders.make_office("Kota Lain", "lain")
    for one in (office, other):
        ListenerState.objects.update_or_create(office=one, defaults={"version": "of today", "offset": 9})
    migration = importlib.import_module("kentongan.office.listening.migrations.0024_unsigned")
    migration.mend(apps, None)
    assert sorted(Article.objects.filter(source_kind="press").values_list("url", flat=True)) == sorted(ADDRESSES)
    public = Article.objects.filter(source_kind="public")
    assert sorted(public.values_list("url", flat=True)) == sorted(unsigned.of_post(url, FEED) for url in ADDRESSES)
    assert sorted(public.values_list("key", flat=True)) == sorted(f"public{n}" for n in range(len(ADDRESSES))), "they stay the same posts"
    assert FactCheck.objects.get().claim_url == "https://x.com/i/status/17001"
    assert dict(ListenerState.objects.values_list("office", "version")) == {office.pk: "", other.pk: "of today"}
    migration.mend(apps, None)
    assert sorted(public.values_list("url", flat=True)) == sorted(unsigned.of_post(url, FEED) for url in ADDRESSES)
