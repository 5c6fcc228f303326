"""The address of a public post: what may stay of it, and that no author stands in what does."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import addresses, unsigned

HANDLE = "budi.santoso88"
BOARD = "https://papanwarga.example/rss.xml"


@pytest.mark.parametrize(
    "url",
    [
        "https://papanwarga.example/warga/air-sudah-masuk-rumah-di-tepi-welar-00012345",
        "https://papanwarga.example/2025/11/27/jalan-rusak-di-depan-sekolah.html",
        "https://forum.kota.example/viewtopic.php?f=2&t=118",
        "https://forum.kota.example/t/banjir-hilir/123/4",
        "https://gocpho.example/khu-pho/n%C6%B0%E1%BB%9Bc-ng%E1%BA%ADp-ba-ng%C3%A0y-ch%C6%B0a-r%C3%BAt",
        "https://social.example/statuses/109501",
        "https://social.example/notice/AbCdEf123",
        "https://social.example/objects/0f8fad5b-d9cb-469f-a165-70867728950e",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://mail.invalid/0123456789abcdef01234567",
        "https://bsky.app/search?q=banjir%20since%3A2025-11-26&post=0123456789abcdef01234567",
        "https://www.instagram.com/p/Cx1_y-Z/",
    ],
)
def test_an_address_that_names_nobody_stays(url):
    assert addresses.canonical(url) == url
    assert unsigned.of_post(url) == url


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://social.example/@somebody/109501", "https://social.example/statuses/109501"),
        ("https://social.example/@somebody@other.example/109501", "https://social.example/statuses/109501"),
        ("https://social.example/web/@somebody/109501/", "https://social.example/statuses/109501"),
        ("https://social.example/users/somebody/statuses/109501", "https://social.example/statuses/109501"),
        ("https://social.example/users/somebody/statuses/109501/activity", "https://social.example/statuses/109501"),
        ("https://x.com/somebody/status/17000001", "https://x.com/i/status/17000001"),
        ("https://mobile.twitter.com/somebody/status/17000001/photo/1", "https://mobile.twitter.com/i/status/17000001"),
        ("https://www.instagram.com/somebody/p/Cx1_y-Z/", "https://www.instagram.com/p/Cx1_y-Z/"),
        ("https://www.threads.net/@somebody/post/Cx1_y-Z", "https://www.threads.net/t/Cx1_y-Z"),
        ("https://www.reddit.com/user/somebody/comments/1abc/judul", "https://www.reddit.com/comments/1abc"),
    ],
)
def test_where_the_service_has_an_address_without_the_author_it_is_that_one(url, kept):
    assert unsigned.of_post(url) == kept
    assert unsigned.of_post(kept) == kept


SIGNED = (
    "https://social.example/@{}",
    "https://social.example/@{}/posts/air-naik-di-hilir-sejak-pagi",
    "https://social.example/~{}/2025/11/27",
    "https://social.example/users/{}/109501",
    "https://social.example/u/{}",
    "https://social.example/{}/109501",
    "https://social.example/warga/{}",
    "https://social.example/profile/{}/post/3kabc",
    "https://social.example/author/{}/page/2",
    "https://social.example/penulis/{}",
    "https://social.example/statuses/109501?user={}",
    "https://social.example/?author={}",
    "https://social.example/viewtopic.php?t=118&by={}",
    "https://social.example/post.php?id={}",
    "https://www.facebook.com/{}/posts/air-naik-di-hilir-sejak-pagi",
    "https://www.facebook.com/permalink.php?story_fbid=1&id={}",
    "https://www.tiktok.com/@{}/video/7300001",
    "https://medium.com/@{}/air-naik-di-hilir-sejak-pagi-0123456789ab",
    "https://bsky.app/profile/{}/post/3kabc",
    "https://www.linkedin.com/in/{}",
    "https://www.linkedin.com/posts/{}_air-naik-di-hilir-sejak-pagi",
    "https://x.com/{}",
    "https://www.threads.com/@{}/post/Cx1_y-Z",
    "https://www.reddit.com/u/{}",
)


@pytest.mark.parametrize("form", SIGNED)
@pytest.mark.parametrize("source", ["", BOARD, "https://social.example/tags/banjir.rss", "https://x.com/search.rss"])
@pytest.mark.parametrize("handle", [HANDLE, "budi", "budi_santoso", "Budi-Santoso-12345", "b%C3%ADch"])
def test_no_author_is_left_in_any_address(form, source, handle):
    kept = unsigned.of_post(addresses.canonical(form.format(handle)), source)
    assert handle.lower() not in kept.lower()
    assert addresses.host_of(kept).endswith(addresses.registered_host(form).removeprefix("www."))
    assert unsigned.of_post(kept, source) == kept


@pytest.mark.parametrize("blog", ["blogspot.com", "wordpress.com", "substack.com", "tumblr.com"])
def test_a_blogs_host_is_its_writers_name(blog):
    url = f"https://budisantoso.{blog}/2025/11/air-naik-di-hilir-sejak-pagi.html"
    assert re.fullmatch(rf"https://{re.escape(blog)}/\?post=[0-9a-f]{{24}}", unsigned.of_post(url))
    assert unsigned.of_post(url, f"https://budisantoso.{blog}/feeds/posts/default") == url, "the source itself says it"


def test_a_part_of_a_site_may_be_a_persons_and_goes_a_part_with_a_known_word_stays():
    headline = "2025/11/air-naik-di-hilir-sejak-pagi"
    assert unsigned.of_post(f"https://budi.papan.example/{headline}").startswith("https://papan.example/?post=")
    assert unsigned.of_post(f"https://forum.papan.example/{headline}") == f"https://forum.papan.example/{headline}"


def test_what_stands_in_the_sources_own_address_says_nothing_more():
    source = "http://127.0.0.1:8080/papan/rss.xml"
    url = "http://127.0.0.1:8080/papan/warga/air-sudah-masuk-rumah-di-tepi-welar-00012345"
    assert unsigned.of_post(url, source) == url
    assert unsigned.of_post(url).startswith("http://127.0.0.1/?post=")
    assert unsigned.of_post("http://127.0.0.1:8080/budi/1", source).startswith("http://127.0.0.1:8080/?post=")


def test_two_posts_whose_addresses_are_not_kept_are_still_two_and_one_is_one():
    first, second = (unsigned.of_post(f"https://social.example/budi/{n}") for n in (1, 2))
    assert first != second
    assert first == unsigned.of_post("https://social.example/budi/1")
    others = {unsigned.of_post(f"https://social.example/budi/{n}")[:-20] for n in range(40)}
    assert len(others) > 30, "and nothing in front of the hash holds a person's posts together"


@pytest.mark.parametrize("url", ["", "surat 12", "mailto:budi@kota.example", "Đường url 2 – «banjir»"])
def test_what_is_no_web_address_is_left_alone(url):
    assert unsigned.of_post(url) == url
    assert unsigned.of_claim(url) == url
    assert not unsigned.is_persons(url)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://kabar.example/politik/waduk-jebol", "https://kabar.example/politik/waduk-jebol"),
        ("https://x.com/somebody/status/17000001", "https://x.com/i/status/17000001"),
        ("https://social.example/@somebody/109501", "https://social.example/statuses/109501"),
    ],
)
def test_of_what_a_checker_looked_at_only_a_persons_post_loses_its_author(url, kept):
    assert unsigned.of_claim(url) == kept


def test_a_persons_page_that_a_checker_looked_at_leads_to_the_site():
    assert unsigned.of_claim("https://www.facebook.com/budi.santoso/posts/1").startswith("https://facebook.com/?post=")


@pytest.mark.parametrize(
    ("url", "persons"),
    [
        ("https://social.example/@somebody.rss", True),
        ("https://social.example/users/somebody.rss", True),
        ("https://bsky.app/profile/did:plc:abc/rss", True),
        ("https://x.com/somebody", True),
        ("https://kabar.example/feed?author=3", True),
        ("https://social.example/tags/banjir.rss", False),
        ("https://www.reddit.com/r/bandung/.rss", False),
        ("https://papanwarga.example/rss.xml", False),
        ("https://x.com/search?q=banjir", False),
        ("https://kabar.example/feed", False),
    ],
)
def test_what_one_person_writes_is_known_by_its_address(url, persons):
    assert unsigned.is_persons(url) is persons


NAMES = st.text(string.ascii_lowercase, min_size=5, max_size=12).map(lambda word: f"zq{word}")
"""No word of how sites are built begins so."""


@given(NAMES, st.sampled_from(SIGNED), st.sampled_from(("", BOARD, "https://social.example/rss")))
def test_whatever_somebody_is_called_it_is_not_in_the_address_and_twice_is_once(name, form, source):
    kept = unsigned.of_post(form.format(name), source)
    assert name not in kept
    assert unsigned.of_post(kept, source) == kept


@given(st.lists(st.text(string.ascii_letters + string.digits + "-_.@~%", max_size=12), max_size=6), st.text(string.printable, max_size=20))
def test_any_address_gives_one_that_stays_as_it_is(path, query):
    url = addresses.canonical(f"https://papan.example/{'/'.join(path)}?{query}")
    kept = unsigned.of_post(url)
    assert bool(kept) == bool(url)
    assert addresses.canonical(kept) == kept
    assert unsigned.of_post(kept) == kept
