"""Addresses: what may be spelt differently is one page; what chooses content stays another."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kentongan.engine import addresses

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
HOST = st.builds(
    lambda labels, end: ".".join([*labels, end]),
    st.lists(LABEL, min_size=1, max_size=3),
    st.sampled_from(["id", "co.id", "go.id", "vn", "gov.vn", "com", "com.my"]),
)
SEGMENT = st.from_regex(r"[A-Za-z0-9_~-]{1,12}", fullmatch=True).filter(lambda text: text.lower() != "amp")
PATH = st.lists(SEGMENT, max_size=4).map(lambda parts: "/" + "/".join(parts))
KEPT_NAMES = ("id", "p", "artikel", "kanal", "tahun", "q", "idberita", "lang")
QUERY = st.lists(
    st.tuples(st.sampled_from(KEPT_NAMES), st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True)), max_size=3, unique_by=lambda pair: pair[0]
)
PLAIN = st.builds(
    lambda scheme, host, path, query: f"{scheme}://{host}{path}" + ("?" + "&".join(f"{n}={v}" for n, v in query) if query else ""),
    st.sampled_from(["http", "https"]),
    HOST,
    PATH,
    QUERY,
)
MARKS = [
    "utm_source=wa",
    "utm_id=3",
    "fbclid=abc",
    "gclid=x",
    "igshid=1",
    "zarsrc=30",
    "at_medium=rss",
    "ref=twitter",
    "source=whatsapp",
    "via=telegram",
    "amp=1",
    "outputType=amp",
]


@given(PLAIN)
def test_a_clean_address_is_its_own_spelling(url: str) -> None:
    assert addresses.canonical(url) == url


@given(PLAIN, st.lists(st.sampled_from(MARKS), max_size=4), st.integers(0, 3))
def test_share_marks_anywhere_among_the_parameters_change_nothing(url: str, marks: list[str], place: int) -> None:
    front, _, query = url.partition("?")
    pairs = query.split("&") if query else []
    mixed = pairs[:place] + marks + pairs[place:]
    assert addresses.canonical(front + ("?" + "&".join(mixed) if mixed else "")) == url


@given(PLAIN)
def test_case_of_host_and_scheme_default_port_fragment_and_sign_in_change_nothing(url: str) -> None:
    parts = urlsplit(url)
    port = {"http": 80, "https": 443}[parts.scheme]
    rest = url.partition("://")[2][len(parts.netloc) :]
    for spelt in (
        f"{parts.scheme.upper()}://{parts.netloc.upper()}{rest}",
        f"{parts.scheme}://{parts.netloc}:{port}{rest}",
        f"{parts.scheme}://{parts.netloc}.{rest}",
        f"{parts.scheme}://warga:sandi@{parts.netloc}{rest}",
        f"{url}#komentar",
        f"\t{url}\n",
    ):
        assert addresses.canonical(spelt) == url


@given(PLAIN, st.data())
def test_an_escaped_letter_is_that_letter(url: str, data: st.DataObject) -> None:
    parts = urlsplit(url)
    assume(len(parts.path) > 1)
    place = data.draw(st.integers(1, len(parts.path) - 1))
    assume(parts.path[place] != "/")
    escaped = f"{parts.path[:place]}%{ord(parts.path[place]):02x}{parts.path[place + 1 :]}"
    assert addresses.canonical(parts._replace(path=escaped).geturl()) == url


@given(PLAIN, st.sampled_from(KEPT_NAMES), st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True))
def test_a_parameter_that_may_choose_content_makes_another_page(url: str, name: str, value: str) -> None:
    assume(f"{name}=" not in url)
    assert addresses.canonical(f"{url}{'&' if '?' in url else '?'}{name}={value}") != url


@given(PLAIN, PLAIN)
def test_two_clean_addresses_are_one_page_only_when_they_are_spelt_alike(first: str, second: str) -> None:
    assert (addresses.canonical(first) == addresses.canonical(second)) is (first == second)


@given(PLAIN, PATH, QUERY)
def test_a_link_from_the_root_keeps_only_the_host_of_its_page(base: str, path: str, query: list[tuple[str, str]]) -> None:
    assume(not path.startswith("//"))
    link = path + ("?" + "&".join(f"{n}={v}" for n, v in query) if query else "")
    resolved = addresses.resolve(link, base)
    assert urlsplit(resolved).netloc == urlsplit(base).netloc
    assert urlsplit(resolved).path == path
    assert parse_qsl(urlsplit(resolved).query) == query


@given(PLAIN, PLAIN)
def test_an_absolute_link_does_not_depend_on_its_page(base: str, link: str) -> None:
    assert addresses.resolve(link, base) == addresses.resolve(link, "") == link


@given(HOST, st.lists(LABEL, max_size=2))
def test_an_owner_keeps_the_host_under_every_name_below_it(host: str, below: list[str]) -> None:
    owner = addresses.registered_host(f"https://{host}/")
    assert host == owner or host.endswith("." + owner)
    assert addresses.registered_host(f"https://{'.'.join([*below, host])}/") == owner
    assert addresses.registered_host(f"https://{owner}/") == owner


@given(st.text(alphabet=st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1, max_size=12))
def test_letters_of_every_script_are_escaped_once_and_stay_so(segment: str) -> None:
    once = addresses.canonical(f"https://kabar.id/tag/{segment}/a")
    assert once == f"https://kabar.id/tag/{quote(segment)}/a"
    assert addresses.canonical(once) == once


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_a_host_of_four_numbers_is_its_own_owner(a: int, b: int, c: int, d: int) -> None:
    assert addresses.registered_host(f"http://{a}.{b}.{c}.{d}:8080/x") == f"{a}.{b}.{c}.{d}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://kabar.id/read/1", "https://kabar.id/read/2"),
        ("https://kabar.id/berita?id=1", "https://kabar.id/berita?id=2"),
        ("https://kabar.id/berita?page=2", "https://kabar.id/berita?page=3"),
        ("https://kabar.id/Berita", "https://kabar.id/berita"),
        ("https://kabar.id/a/", "https://kabar.id/a"),
        ("https://kabar.id/a", "https://m.kabar.id/a"),
        ("https://kabar.id/a", "http://kabar.id/a"),
        ("https://kabar.id/a%2Fb", "https://kabar.id/a/b"),
        ("https://kabar.id/a?source=bmkg", "https://kabar.id/a"),
        ("https://kabar.id/a?from=2025", "https://kabar.id/a"),
        ("https://kabar.id/a?x=1&y=2", "https://kabar.id/a?y=2&x=1"),
    ],
)
def test_a_false_join_is_worse_than_a_miss(first: str, second: str) -> None:
    assert addresses.canonical(first) != addresses.canonical(second)


@pytest.mark.parametrize(
    "mark",
    [
        "utm_source",
        "UTM_Campaign",
        "fbclid",
        "gclid",
        "mc_cid",
        "igsh",
        "ttclid",
        "_ga",
        "ns_source",
        "pk_campaign",
        "mtm_source",
        "hsa_acc",
        "spm",
        "usqp",
        "srsltid",
    ],
)
def test_names_that_only_count_visitors_are_dropped_in_any_case_and_with_any_value(mark: str) -> None:
    for value in ("", "=", "=1", "=a%20b", "=%F0%9F%98%80"):
        assert addresses.canonical(f"https://kabar.id/a?{mark}{value}&id=7") == "https://kabar.id/a?id=7"
