"""Bytes and marked-up text become plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import markup, trees
from kentongan.engine.page_lines import squashed


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("Cà phê".encode(), "text/html; charset=iso-8859-1", "Cà phê"),
        ("Café".encode("cp1252"), "", "Café"),
        ("Café".encode("cp1252"), "text/html; charset=utf-8", "Café"),
        ("气象".encode("gb18030"), "text/html; charset=gb2312", "气象"),
        (b'<?xml version="1.0" encoding="euc-kr"?>' + "한국".encode("euc-kr"), "", '<?xml version="1.0" encoding="euc-kr"?>한국'),
        ("\ufeffhalo".encode("utf-16"), "", "halo"),
        ("\ufeffhalo".encode(), "", "halo"),
        (b"\x93halo\x94", "text/html; charset=iso-8859-1", "\u201chalo\u201d"),
        (b"halo \x81\xff", "text/html; charset=tidak-ada", None),
    ],
)
def test_bytes_are_read_by_their_mark_their_shape_and_then_their_label(body: bytes, content_type: str, text: str | None) -> None:
    found, problem = markup.decoded(body, content_type)
    assert found.removeprefix("\ufeff") == text if text is not None else "halo" in found
    assert bool(problem) is (text is None)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("a &lt; b", "a < b"),
        ("suhu < 20 & angin > 5", "suhu < 20 & angin > 5"),
        ("<p>satu</p><p>dua</p>", "satu dua"),
        ("sa<b>tu</b>", "satu"),
        ("&lt;b&gt;satu&lt;/b&gt;", "satu"),
        ("<style>p{}</style>satu<script>x", "satu"),
        ("satu<!-- dua -->", "satu"),
        ("satu<!-- dua", "satu"),
        ("e\u0301", "é"),
        ("a\u200bb\u00adc\x00d", "abcd"),
    ],
)
def test_fragments_become_plain_text(written: str, plain: str) -> None:
    assert markup.plain(written) == plain


@given(st.text(max_size=200), st.integers(1, 50))
def test_plain_text_is_within_its_limit_and_single_spaced(text: str, limit: int) -> None:
    plain = markup.plain(text, limit=limit)
    assert len(plain) <= limit
    assert plain == " ".join(plain.split())


@given(st.text(max_size=60))
def test_squeezing_twice_changes_nothing(text: str) -> None:
    assert markup.squeezed(markup.squeezed(text)) == markup.squeezed(text)


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_can_be_decoded(body: bytes, content_type: str) -> None:
    text, _ = markup.decoded(body, content_type)
    assert isinstance(text, str)


def test_two_spellings_of_a_line_are_compared_by_their_letters() -> None:
    assert squashed("Air  surut, 40 cm!") == squashed("air surut\u00a040cm")


def test_a_tree_is_cut_at_its_limit_and_says_so() -> None:
    root, problems = trees.from_html(b"<p>a</p>" * trees.MAX_HTML_TAGS)
    assert root is not None
    assert problems == (f"The page has more than {trees.MAX_HTML_TAGS} tags; only the beginning was read.",)


def test_entities_of_an_xml_document_are_not_resolved() -> None:
    root, _ = trees.from_xml(b'<!DOCTYPE a [<!ENTITY x "rahasia">]><a><b>&x;</b></a>')
    assert root is not None
    assert "rahasia" not in "".join(root.itertext())


def test_a_reference_to_half_a_character_is_left_out() -> None:
    root, _ = trees.from_xml(b'<a xmlns="urn:&#xD800;x" b="&#55296;y&#10;">&#0;z&#x1F30A;</a>')
    assert root is not None
    assert (trees.local_name(root), root.get("b"), root.text) == ("a", "y\n", "z\U0001f30a")
