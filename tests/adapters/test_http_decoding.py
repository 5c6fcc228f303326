"""Packed bodies come out whole however they arrive in pieces, and nothing grows beyond what was allowed."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters.decoding import RATIO_FROM_BYTES, BadEncoding, BodyReader, TooMuch
from kentongan.testing.faults import bomb

LIMIT = 1 << 20


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "": lambda data: data,
    "identity": lambda data: data,
    "gzip": gzip.compress,
    "GZIP ": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


def unpacked(coding, data, sizes=(4096,), limit=LIMIT, **options):
    reader = BodyReader(coding, limit, 200.0, **options)
    place, turn = 0, 0
    while place < len(data) and not reader.full:
        size = sizes[turn % len(sizes)]
        reader.feed(data[place : place + size])
        place, turn = place + size, turn + 1
    return reader.body()


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=5000), st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_a_body_comes_out_as_it_went_in_however_it_is_cut(coding, body, sizes):
    assert unpacked(coding, PACKERS[coding](body), sizes) == body


@given(st.binary(max_size=5000), st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_deflate_without_its_header_is_understood_too(body, sizes):
    packed = raw_deflate(body)
    if (packed[0] * 256 + packed[1]) % 31 or packed[0] & 15 != 8:
        assert unpacked("deflate", packed, sizes) == body


@given(st.lists(st.binary(min_size=1, max_size=500), min_size=2, max_size=4), st.integers(1, 60))
def test_gzip_members_in_a_row_are_one_body(bodies, size):
    assert unpacked("gzip", b"".join(map(gzip.compress, bodies)), (size,)) == b"".join(bodies)


def test_empty_gzip_members_between_others_do_not_end_the_body():
    packed = gzip.compress(b"") + gzip.compress(b"satu") + gzip.compress(b"") + gzip.compress(b"dua")
    assert unpacked("gzip", packed) == unpacked("gzip", packed, (1,)) == b"satudua"


def test_rubbish_after_a_gzip_body_is_left_out():
    assert unpacked("gzip", gzip.compress(b"isi") + b"\0\0\0padding") == b"isi"
    assert unpacked("gzip", gzip.compress(b"isi") + b"\0\0\0padding", (1,)) == b"isi"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_an_empty_answer_with_a_coding_is_just_empty(coding):
    assert unpacked(coding, b"") == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_packed_body_that_stops_early_is_said_to(coding):
    packed = PACKERS[coding](bytes(range(256)) * 20)
    with pytest.raises(BadEncoding):
        unpacked(coding, packed[:-5])


@given(st.sampled_from(["gzip", "br", "deflate"]), st.binary(min_size=1, max_size=300))
def test_rubbish_is_a_bad_encoding_never_a_crash(coding, data):
    try:
        said = unpacked(coding, data, (7,))
    except BadEncoding as error:
        assert str(error)
    else:
        assert len(said) <= LIMIT


@pytest.mark.parametrize("coding", ["zstd", "gzip, gzip", "compress", "aes128gcm", "gzip;q=1"])
def test_a_coding_nobody_asked_for_is_refused(coding):
    with pytest.raises(BadEncoding, match="never asked for"):
        BodyReader(coding, LIMIT, 200.0)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("size", [100, 65_536])
def test_a_bomb_is_noticed_while_it_is_small(coding, size):
    packed = bomb(coding, 16)
    reader = BodyReader(coding, 64 << 20, 200.0)
    with pytest.raises(TooMuch, match="bomb"):
        for place in range(0, len(packed), size):
            reader.feed(packed[place : place + size])
    assert reader.size <= max(RATIO_FROM_BYTES, 200 * len(packed)) + (2 << 20)


@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_the_limit_counts_what_comes_out(coding):
    body = bytes(range(256)) * 8
    packed = PACKERS[coding](body)
    assert unpacked(coding, packed, limit=len(body)) == body
    with pytest.raises(TooMuch, match="larger than 2047"):
        unpacked(coding, packed, limit=len(body) - 1)


@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_a_body_that_may_be_cut_is_cut_at_the_limit(coding):
    body = bytes(range(256)) * 8
    assert unpacked(coding, PACKERS[coding](body), limit=1000, cut=True) == body[:1000]
    assert unpacked(coding, PACKERS[coding](body), limit=5000, cut=True) == body


def test_a_short_regular_answer_is_no_bomb():
    body = b" " * RATIO_FROM_BYTES
    assert unpacked("gzip", gzip.compress(body)) == body
