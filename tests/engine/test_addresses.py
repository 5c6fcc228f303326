"""One page, one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import addresses

SPELLINGS = {
    "HTTPS://WWW.Kabar.ID:443/Berita/a": "https://www.kabar.id/Berita/a",
    "http://kabar.id:80": "http://kabar.id/",
    "http://kabar.id:8080/": "http://kabar.id:8080/",
    "https://kabar.id/a#komentar": "https://kabar.id/a",
    "https://user:secret@kabar.id/a": "https://kabar.id/a",
    "https://kabar.id./a": "https://kabar.id/a",
    "https://kabar.id/a/../b/./c": "https://kabar.id/b/c",
    "https://kabar.id/a/b/..": "https://kabar.id/a/",
    "https://kabar.id/%7Ekota/%e1%ba%bf": "https://kabar.id/~kota/%E1%BA%BF",
    "https://kabar.id/lũ lụt": "https://kabar.id/l%C5%A9%20l%E1%BB%A5t",
    "https://kabar.id/100%": "https://kabar.id/100%25",
    "https://báo.vn/a": "https://xn--bo-mia.vn/a",
    "https://kabar.id/a?utm_source=x&utm_medium=y&id=3&fbclid=z": "https://kabar.id/a?id=3",
    "https://kabar.id/a?b=2&a=1": "https://kabar.id/a?b=2&a=1",
    "https://kabar.id/a?source=whatsapp&ref=rss": "https://kabar.id/a",
    "https://kabar.id/a?source=bmkg&ref=12&from=2025-01-01": "https://kabar.id/a?source=bmkg&ref=12&from=2025-01-01",
    "https://kabar.id/read/a?page=all": "https://kabar.id/read/a",
    "https://kabar.id/read/a?page=2": "https://kabar.id/read/a?page=2",
    "https://kabar.id/d-123?single=1": "https://kabar.id/d-123",
    "https://kabar.id/a?&&": "https://kabar.id/a",
    "https://kabar.id/banjir-di-kota-lama/amp/": "https://kabar.id/banjir-di-kota-lama/",
    "https://kabar.id/banjir-di-kota-lama?amp=1": "https://kabar.id/banjir-di-kota-lama",
    "https://kabar.id/elektronik/amp": "https://kabar.id/elektronik/amp",
    "https://www.google.com/amp/s/kabar.id/banjir-di-kota/amp": "https://kabar.id/banjir-di-kota",
    "https://m.kabar.id/a": "https://m.kabar.id/a",
    "  https://kabar.id/a\n": "https://kabar.id/a",
    "http://[2001:DB8::1]:8080/a": "http://[2001:db8::1]:8080/a",
}

NO_ADDRESS = (
    "", " ", "kabar.id/a", "mailto:warga@kabar.id", "javascript:alert(1)", "ftp://kabar.id/a", "data:text/html,x", "http://", "http:///a",
    "http://[::1", "http://kabar.id:99999/", "http://kabar.id:x/", "http://a b.id/", "http://ü..vn/", "https://kabar.id/" + "a" * 5_000,
)  # fmt: skip


@pytest.mark.parametrize(("written", "known"), SPELLINGS.items())
def test_it_gives_one_spelling(written: str, known: str) -> None:
    assert addresses.canonical(written) == known


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_web_address_has_no_spelling(text: str) -> None:
    assert addresses.canonical(text) == ""
    assert addresses.registered_host(text) == ""
    assert addresses.resolve(text, "") == ""


def test_a_relative_link_is_read_from_its_page() -> None:
    assert addresses.canonical("../b?utm_source=x", base="https://kabar.id/x/y/z") == "https://kabar.id/x/b"
    assert addresses.canonical("//lain.id/b", base="https://kabar.id/") == "https://lain.id/b"
    assert addresses.resolve("/b?utm_source=x#y", "https://kabar.id/") == "https://kabar.id/b?utm_source=x"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://news.kabar.id/a", "kabar.id"),
        ("https://www.kota.go.id/a", "kota.go.id"),
        ("https://berita.kota.jatim.go.id/", "jatim.go.id"),
        ("https://bao.haiphong.gov.vn/", "haiphong.gov.vn"),
        ("https://vn.bao.com.vn/", "bao.com.vn"),
        ("https://bao.vn/", "bao.vn"),
        ("https://a.b.example.com/", "example.com"),
        ("https://warga.blogspot.com/", "warga.blogspot.com"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("http://localhost/", "localhost"),
    ],
)
def test_it_knows_under_which_host_an_owner_registers(url: str, host: str) -> None:
    assert addresses.registered_host(url) == host


PIECES = st.text(alphabet="abc./%?&=#:@[]-+~ é1_", max_size=30)
ADDRESSES = st.builds(
    lambda scheme, host, path: f"{scheme}://{host}/{path}",
    st.sampled_from(["http", "HTTPS"]),
    st.from_regex(r"[a-zA-Z0-9-]{1,8}(\.[a-z]{2,4}){1,2}(:[0-9]{1,5})?", fullmatch=True),
    PIECES,
)


@given(ADDRESSES)
def test_the_spelling_of_a_spelling_is_itself(url: str) -> None:
    known = addresses.canonical(url)
    assert addresses.canonical(known) == known


@given(ADDRESSES, st.sampled_from(["utm_source=x", "fbclid=y", "gclid=1", "source=rss"]))
def test_a_share_mark_never_makes_another_page(url: str, mark: str) -> None:
    url = url.partition("#")[0].strip()
    assert addresses.canonical(url + ("&" if "?" in url else "?") + mark) == addresses.canonical(url)


@given(st.text(max_size=80), st.text(max_size=20))
def test_it_never_raises(url: str, base: str) -> None:
    known = addresses.canonical(url, base=base)
    assert known == "" or known.startswith(("http://", "https://"))
