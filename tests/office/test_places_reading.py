"""Files of places: our own columns, the official lists of both countries, and everything that can be wrong with them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.errors import FileError
from kentongan.office.people.places_reading import DEPTH, MAX_BYTES, read

OWN = """code,name,level,parent,name_id,name_vi,since,until,old_names,replaces,population
W2,Lebak Damar,ward,D1,,,2020-01-01,,Lebak|Lebak Lama,,4100
D1,Utara,district,K,Utara,Phía Bắc,,,,,
K,Muarasena,city,,,,,,,,
"""
KEMENDAGRI = """Kode;Nama
11;Aceh
11.01;Kabupaten Aceh Selatan
11.71;Kota Banda Aceh
11.01.01;Bakongan
11.01.01.2001;Keude Bakongan
11.71.01.1001;Kampung Baro
11.71.01;Baiturrahman
"""
GSO_BEFORE = """Tỉnh Thành Phố,Mã TP,Quận Huyện,Mã QH,Phường Xã,Mã PX,Cấp,Tên Tiếng Anh
Thành phố Hà Nội,1,Quận Ba Đình,1,Phường Phúc Xá,1,Phường,Phuc Xa Ward
Thành phố Hà Nội,1,Quận Ba Đình,1,Phường Trúc Bạch,4,Phường,
Tỉnh Hà Giang,2,Huyện Đồng Văn,26,Thị trấn Phó Bảng,712,Thị trấn,
"""
GSO_AFTER = """Mã TP,Tỉnh / Thành phố,Mã PX,Phường / Xã / Đặc khu,Cấp
01,Thành phố Hà Nội,00004,Phường Ba Đình,Phường
01,Thành phố Hà Nội,00376,Xã Sóc Sơn,Xã
79,Thành phố Hồ Chí Minh,26732,Đặc khu Côn Đảo,Đặc khu
"""
SQUARE = [[[91.0, -11.0], [91.1, -11.0], [91.1, -11.1], [91.0, -11.0]]]


def codes(text, country="ID"):
    return [(row.code, row.name, row.level, row.parent) for row in read(text.encode(), "a.csv", country)]


def geojson(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def feature(geometry, **fields):
    return {"type": "Feature", "properties": {"code": "W", "name": "W", "level": "ward", **fields}, "geometry": geometry}


def test_it_reads_our_own_columns_parents_first():
    rows = read(OWN.encode(), "a.csv")
    assert [row.code for row in rows] == ["K", "D1", "W2"]
    ward = rows[-1]
    assert (ward.line, ward.old_names, ward.population, ward.since.isoformat()) == (2, ("Lebak", "Lebak Lama"), 4100, "2020-01-01")
    assert rows[1].names == (("id", "Utara"), ("vi", "Phía Bắc"))


def test_it_reads_the_indonesian_list_by_its_codes():
    assert codes(KEMENDAGRI) == [
        ("11", "Aceh", "province", ""), ("11.01", "Kabupaten Aceh Selatan", "regency", "11"), ("11.71", "Kota Banda Aceh", "city", "11"),
        ("11.01.01", "Bakongan", "district", "11.01"), ("11.01.01.2001", "Keude Bakongan", "village", "11.01.01"),
        ("11.71.01", "Baiturrahman", "district", "11.71"), ("11.71.01.1001", "Kampung Baro", "ward", "11.71.01"),
    ]  # fmt: skip
    assert codes(KEMENDAGRI.replace(".", "")) == codes(KEMENDAGRI)


def test_it_reads_the_vietnamese_list_of_before_july_2025_with_its_districts():
    rows = read(GSO_BEFORE.encode(), "a.csv", "VN")
    assert [(row.code, row.level, row.parent) for row in rows] == [
        ("01", "province", ""), ("001", "district", "01"), ("00001", "ward", "001"), ("00004", "ward", "001"),
        ("02", "province", ""), ("026", "district", "02"), ("00712", "commune", "026"),
    ]  # fmt: skip
    assert rows[2].names == (("en", "Phuc Xa Ward"),)


def test_it_reads_the_vietnamese_list_of_two_levels():
    assert [(code, level, parent) for code, _, level, parent in codes(GSO_AFTER, "VN")] == [
        ("01", "province", ""), ("00004", "ward", "01"), ("00376", "commune", "01"), ("79", "province", ""),
        ("26732", "special_zone", "79"),
    ]  # fmt: skip


def test_it_reads_shapes_and_points():
    polygon = {"type": "Polygon", "coordinates": SQUARE}
    (row,) = read(geojson(feature(polygon, population=12)), "a.geojson")
    assert (row.shape, row.population) == (polygon, 12)
    (row,) = read(geojson(feature({"type": "Point", "coordinates": [91.5, -11.2]})), "a.geojson")
    assert (row.longitude, row.latitude, row.shape) == (91.5, -11.2, None)


HEAD = "code,name,level,parent,since,until,latitude,population\n"
WRONG = {
    "empty": ("", 1, "empty"),
    "no columns": ("a,b\n1,2\n", 2, "level is missing"),
    "twice a column": ("code,code,name,level\n", 1, "stands twice"),
    "twice a code": (HEAD + "A,a,ward\nA,b,ward\n", 3, "line 2 already"),
    "twice another unit": (HEAD + "A,a,city\nA,b,city\n", 3, "line 2 already"),
    "no name": (HEAD + "A,,ward\n", 2, "needs a name"),
    "long name": (HEAD + f"A,{'a' * 201},ward\n", 2, "200 characters"),
    "no code": (HEAD + ",a,ward\n", 2, "is no code"),
    "strange code": (HEAD + "A;DROP,a,ward\n", 2, "is no code"),
    "no level": (HEAD + "A,a,hamlet\n", 2, "Use one of province"),
    "loop": (HEAD + "A,a,ward,B\nB,b,district,A\n", 3, "cannot stand below"),
    "itself": (HEAD + "A,a,ward,A\n", 2, "cannot stand below"),
    "upside down": (HEAD + "A,a,city,B\nB,b,district\n", 2, "cannot stand below"),
    "no day": (HEAD + "A,a,ward,,1 Juli 2025\n", 2, "2025-07-01"),
    "ends first": (HEAD + "A,a,ward,,2025-07-01,2025-07-01\n", 2, "ends before"),
    "no degrees": (HEAD + "A,a,ward,,,,91.5\n", 2, "-90 to 90"),
    "nan": (HEAD + "A,a,ward,,,,nan\n", 2, "-90 to 90"),
    "no number": (HEAD + "A,a,ward,,,,,1.000\n", 2, "whole number"),
    "too many cells": (HEAD + "A,a,ward,,,,,1,2,3\n", 2, "more cells"),
    "open quote": (HEAD + 'A,"a,ward\n', 2, "cannot be read as CSV"),
    "nul": (HEAD + "A,a\0,ward\n", 2, "NUL"),
    "no official code": ("kode,nama\n11,Aceh\nXX,Lain\n", 3, "neither official list"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_what_is_wrong_is_said_with_its_line_and_the_remedy(name):
    text, line, words = WRONG[name]
    with pytest.raises(FileError, match=words) as raised:
        read(text.encode(), "wilayah.csv")
    assert (raised.value.line, raised.value.subject) == (line, "wilayah.csv")
    assert "wilayah.csv" in str(raised.value)


BAD_SHAPES = [
    {"type": "Polygon", "coordinates": [[[91, -11], [92, -11], [92, -12], [93, -13]]]},
    {"type": "Polygon", "coordinates": [[[91, -11], [92, -11], [91, -11]]]},
    {"type": "Polygon", "coordinates": [[[910, -11], [92, -11], [92, -12], [910, -11]]]},
    {"type": "Polygon", "coordinates": [[["91", -11], [92, -11], [92, -12], ["91", -11]]]},
    {"type": "Polygon", "coordinates": []},
    {"type": "MultiPolygon", "coordinates": [[]]},
    {"type": "LineString", "coordinates": [[91, -11], [92, -11]]},
    {"type": "Point", "coordinates": [True, 1]},
    {"type": "Polygon"},
    "POLYGON((0 0))",
]


@pytest.mark.parametrize("geometry", BAD_SHAPES)
def test_a_bad_shape_is_refused(geometry):
    with pytest.raises(FileError, match="closed polygon"):
        read(geojson(feature(geometry)), "a.geojson")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe\x00", "UTF-8"), (b'{"type": "Feature"}', "FeatureCollection"), (b'{"features": [1]}', "no properties"),
        (b"{" + b'"a":{' * 5000, "JSON"), (b"[" * 100_000, "JSON"), (b" " * (MAX_BYTES + 1), "larger than 60 MB"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_places_is_refused(data, words):
    with pytest.raises(FileError, match=words):
        read(data, "a.geojson")


def test_a_shape_with_very_many_points_is_refused():
    ring = [[91 + number / 1e6, -11] for number in range(60_000)] + [[91, -11]]
    with pytest.raises(FileError, match="too many points"):
        read(geojson(feature({"type": "Polygon", "coordinates": [[[91, -11], *ring]]})), "a.geojson")


@given(st.text(max_size=200))
def test_any_text_gives_places_or_a_sentence(text):
    try:
        rows = read(text.encode("utf-8", "ignore"), "a.csv")
    except FileError as error:
        assert str(error).startswith("a.csv")
    else:
        assert len({row.code for row in rows}) == len(rows)


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from(sorted(DEPTH)), st.sampled_from("ABCDEF")), max_size=8))
def test_what_is_taken_has_no_loop_and_every_parent_first(given_rows):
    text = "code,name,level,parent\n" + "".join(f"{code},{code},{level},{parent}\n" for code, level, parent in given_rows)
    try:
        rows = read(text.encode(), "a.csv")
    except FileError:
        return
    seen: set[str] = set()
    here = {row.code: row for row in rows}
    for row in rows:
        assert row.parent not in here or (row.parent in seen and DEPTH[here[row.parent].level] < DEPTH[row.level])
        seen.add(row.code)
