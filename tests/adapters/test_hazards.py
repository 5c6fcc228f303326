"""Warnings: CAP read whole or not at all, lists that are not asked for twice, earthquakes, bulletins, and documents meant to hurt."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters import cap, quakes
from kentongan.adapters.hazards import MOST_ALERTS, HazardReader, settled
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.warned_words import hazard_of
from kentongan.engine.records import RawItem
from kentongan.ports import ReadRequest
from kentongan.testing.fake_files import FileServer
from kentongan.testing.official_documents import QUAKE, Info, cap_alert, quakes_xml, rss

URL = "https://cuaca.example/alerts/a.xml"
RFC = "Sat, 21 Nov 2026 07:05:00 +0000"


def alert(*infos, **changes):
    return cap.read(cap_alert("CTK1", *(infos or (Info(),)), **changes).encode(), url=URL)


@pytest.fixture
def server():
    with FileServer() as running:
        yield running


@pytest.fixture
def read():
    fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))

    def once(address, cursor="", **more):
        return HazardReader().read(ReadRequest(address, cursor, default_offset=420, **more), fetcher)

    yield once
    fetcher.close()


def test_a_warning_is_a_hazard_and_something_to_read():
    warned = alert()
    (hazard,) = warned.hazards
    assert (hazard.identifier, hazard.event, hazard.severity, hazard.urgency, hazard.certainty) == (
        "CTK1", "Hujan Lebat dan Petir", "moderate", "immediate", "observed",
    )  # fmt: skip
    assert hazard.sent == datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
    assert hazard.expires == datetime(2026, 11, 21, 9, 10, tzinfo=UTC)
    assert hazard.areas == ("Kota Tirtaloka",)
    assert hazard.polygons == (((-7.1, 110.1), (-7.1, 110.3), (-7.3, 110.3), (-7.1, 110.1)),)
    assert not hazard.ended
    (item,) = warned.items
    assert item.title == "Hujan lebat disertai petir di Kota Tirtaloka"
    assert "genangan" in item.summary
    assert item.link == f"{URL}?alert=CTK1"
    assert item.published == hazard.sent


def test_a_cancel_ends_what_it_refers_to_and_warns_of_nothing_new():
    sender = "cuaca@tirtaloka.example"
    warned = alert(kind="Cancel", references=f"{sender},CTK0,2026-11-21T12:00:00+07:00 {sender},CTK00,2026-11-21T11:00:00+07:00")
    assert [(one.identifier, one.ended) for one in warned.hazards] == [("CTK0", True), ("CTK00", True)]
    assert len(warned.items) == 1


def test_an_update_warns_anew_and_ends_the_earlier_warning():
    warned = alert(kind="Update", references="x,CTK0,2026-11-21T12:00:00+07:00 x,CTK1,2026-11-21T12:00:00+07:00 garbage")
    assert [(one.identifier, one.ended) for one in warned.hazards] == [("CTK1", False), ("CTK0", True)]


def test_of_several_languages_the_one_the_office_reads_first_is_taken():
    english = Info(language="en-US", event="Heavy rain", headline="Heavy rain")
    warned = alert(english, Info(), Info(event="Angin kencang", headline="Angin kencang"))
    assert [one.identifier for one in warned.hazards] == ["CTK1", "CTK1#2"]
    assert [one.event for one in warned.hazards] == ["Hujan Lebat dan Petir", "Angin kencang"]
    assert alert(english, Info(language="fr")).hazards[0].event == "Heavy rain"
    assert alert(Info(language="th", event="ฝนตกหนัก")).hazards[0].event == "ฝนตกหนัก"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "Test"}, "warning.status"),
        ({"status": "Exercise"}, "warning.status"),
        ({"scope": "Restricted"}, "warning.status"),
        ({"kind": "Ack"}, "warning.message"),
        ({"sent": ""}, "warning.head"),
        ({"sent": "kemarin"}, "warning.head"),
    ],
)
def test_what_is_a_test_or_not_for_everybody_is_left_out_and_said(changes, code):
    warned = alert(**changes)
    assert (warned.hazards, warned.items) == ((), ())
    assert [one.code for one in warned.problems] == [code]


def test_words_outside_the_standard_count_as_unknown():
    (hazard,) = alert(Info(severity="Dahsyat", urgency="", certainty="Very Likely")).hazards
    assert (hazard.severity, hazard.urgency, hazard.certainty) == ("unknown", "unknown", "likely")


@pytest.mark.parametrize(
    ("polygon", "points"),
    [
        ("-7,110 -7,111 -8,111", 4),
        ("-7,110 -7,111", 0),
        ("-7,110 -7,111 95,111 -7,110", 0),
        ("-7,110 -7,nan -8,111 -7,110", 0),
        ("-7;110 -7;111 -8;111", 0),
        ("inf,110 -7,111 -8,111", 0),
        ("", 0),
        (" ".join(f"{n / 50_000},{n % 180}" for n in range(100_000)), cap.MAX_POINTS + 1),
    ],
)
def test_a_shape_is_a_closed_ring_of_places_on_earth_and_never_too_long(polygon, points):
    (hazard,) = alert(Info(polygons=(polygon,))).hazards
    rings = hazard.polygons
    assert [len(ring) for ring in rings] == ([points] if points else [])
    assert all(ring[0] == ring[-1] for ring in rings)


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(0.1, 2_000))
def test_a_circle_becomes_a_ring_on_the_globe(latitude, longitude, radius):
    (hazard,) = alert(Info(polygons=(), circles=(f"{latitude},{longitude} {radius}",))).hazards
    (ring,) = hazard.polygons
    assert len(ring) == cap.CIRCLE_POINTS + 1
    assert all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in ring)


@pytest.mark.parametrize("circle", ["0,0 0", "0,0 -3", "0,0 99999", "0,0", "89,0 5", "0,0 nan", "x 5"])
def test_a_circle_that_is_none_is_left_out(circle):
    assert alert(Info(polygons=(), circles=(circle,))).hazards[0].polygons == ()


def test_at_most_so_many_shapes_and_areas_are_kept():
    info = Info(areas=tuple(f"Desa {n}" for n in range(500)), polygons=("-7,110 -7,111 -8,111",) * 3)
    (hazard,) = alert(info).hazards
    assert len(hazard.areas) == cap.MAX_AREAS
    assert len(hazard.polygons) == cap.MAX_RINGS


LAUGHS = b'<!DOCTYPE alert [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE alert [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (LAUGHS + b"<alert><identifier>&b;</identifier></alert>", "xml.entities"),
        (OUTSIDE + b"<alert><identifier>&a;</identifier></alert>", "xml.entities"),
        (b"<!DOCTYPE alert SYSTEM 'http://evil.example/x.dtd'><alert/>", "xml.entities"),
        (b"<alert>" * 100_000, "feed.deep"),
        (b"<alert>" + b" " * (cap.MAX_BYTES + 1) + b"</alert>", "xml.long"),
        (cap_alert("CTK1", Info()).encode()[:-40], "xml.broken"),
        (b"", "xml.broken"),
        (b"<rss/>", "warning.other"),
        (b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>", "warning.head"),
    ],
)
def test_a_document_meant_to_hurt_or_cut_off_is_not_read_at_all(body, code):
    warned = cap.read(body, url=URL)
    assert (warned.hazards, warned.items) == ((), ())
    assert [one.code for one in warned.problems] == [code]


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda words: f"<alert><identifier>{words}</identifier></alert>".encode()))
def test_any_bytes_give_a_warning_or_a_reason(body):
    for reader in (lambda: cap.read(body, url=URL), lambda: quakes.read(body, url=URL)):
        warned = reader()
        assert warned.hazards or warned.items or warned.problems


def test_telephone_numbers_of_people_are_hidden_in_a_warning():
    (hazard,) = alert(Info(instruction="Hubungi Pak Budi 0812-3456-7890.")).hazards
    assert "0812" not in hazard.instruction


def test_a_list_gives_each_warning_once_and_asks_for_it_once(server, read):
    first = server.put("alerts/1.xml", cap_alert("A1", Info()))
    second = server.put("alerts/2.xml", cap_alert("A2", Info(headline="Angin kencang di Hilir")))
    index = server.put("alerts/id", rss("Peringatan", [(first, "Hujan", "", RFC), (second, "Angin", "", RFC)]))
    said = read(index)
    assert said.reading.kind == "warnings"
    assert [one.identifier for one in said.notices] == ["A1", "A2"]
    assert [item.link for item in said.reading.items] == [first, second]
    assert said.outcome.body == b""
    server.put("alerts/id", rss("Peringatan", [(server.put("alerts/3.xml", cap_alert("A3", Info())), "Banjir", "", RFC),
                                               (first, "Hujan", "", RFC), (second, "Angin", "", RFC)]))  # fmt: skip
    again = read(index, said.cursor)
    assert [one.identifier for one in again.notices] == ["A3"]
    assert server.hits["alerts/1.xml"] == 1


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_warning_ended_in_the_same_reading_stands_there_as_ended_with_its_own_words(server, read, newest_first):
    first = server.put("alerts/1.xml", cap_alert("A1", Info(severity="Severe"), Info(event="Angin kencang")))
    end = cap_alert("A2", kind="Cancel", references="x,A1,2026-11-21T14:05:00+07:00", sent="2026-11-21T15:00:00+07:00", note="Dicabut")
    second = server.put("alerts/2.xml", end)
    listed = [(second, "Dicabut", "", RFC), (first, "Hujan", "", RFC)]
    said = read(server.put("alerts/id", rss("Peringatan", listed if newest_first else listed[::-1])))
    assert sorted((one.identifier, one.event, one.severity, one.ended) for one in said.notices) == [
        ("A1", "Hujan Lebat dan Petir", "severe", True), ("A1#2", "Angin kencang", "moderate", True),
    ]  # fmt: skip


def test_a_warning_given_anew_under_its_old_name_is_not_ended():
    (_, old), (new,) = (
        alert(kind="Update", references="x,CTK1,2026-11-21T12:00:00+07:00 x,B,2026-11-21T12:00:00+07:00").hazards,
        alert(sent="2026-11-21T18:00:00+07:00").hazards,
    )
    (kept,) = settled([replace(old, identifier="CTK1"), new])
    assert not kept.ended


def test_a_warning_that_cannot_be_had_now_is_asked_for_again(server, read):
    link = server.put("alerts/1.xml", b"", status=503)
    index = server.put("alerts/id", rss("Peringatan", [(link, "Peringatan dini hujan lebat", "", RFC)]))
    said = read(index)
    assert (said.notices, said.reading.items) == ((), ())
    assert said.reading.problems[0].code == "warning.failed"
    server.put("alerts/1.xml", cap_alert("A1", Info()))
    assert [one.identifier for one in read(index, said.cursor).notices] == ["A1"]


def test_a_warning_that_is_gone_is_taken_by_its_headline(server, read):
    link = server.url_for("alerts/weg.xml")
    said = read(server.put("alerts/id", rss("Peringatan", [(link, "Peringatan dini hujan lebat di Tirtaloka: Siaga", "", RFC)])))
    assert [(one.event, one.severity) for one in said.notices] == [("Hujan lebat", "severe")]
    assert len(said.reading.items) == 1


def test_a_long_list_is_read_over_several_visits(server, read):
    links = [server.put(f"alerts/{n}.xml", cap_alert(f"A{n}", Info())) for n in range(MOST_ALERTS + 5)]
    index = server.put("alerts/id", rss("Peringatan", [(link, "Hujan", "", RFC) for link in links]))
    said = read(index)
    assert len(said.notices) == MOST_ALERTS
    assert said.reading.problems[-1].code == "warning.later"
    rest = read(index, said.cursor)
    assert [one.identifier for one in rest.notices] == [f"A{n}" for n in range(MOST_ALERTS, MOST_ALERTS + 5)]


def test_a_test_warning_is_not_asked_for_at_every_visit(server, read):
    link = server.put("alerts/1.xml", cap_alert("A1", Info(), status="Test"))
    index = server.put("alerts/id", rss("Peringatan", [(link, "Uji coba", "", RFC)]))
    said = read(index)
    assert not said.notices
    read(index, said.cursor)
    assert server.hits["alerts/1.xml"] == 1


def test_one_file_under_one_name_is_told_apart_by_what_is_in_it(server, read):
    address = server.put("alert.xml", cap_alert("A1", Info()))
    first = read(address).reading.items[0]
    server.put("alert.xml", cap_alert("A2", Info()))
    assert first.link != read(address).reading.items[0].link


@pytest.mark.parametrize("as_json", [False, True])
def test_earthquakes_are_read_as_the_agency_writes_them(server, read, as_json):
    body = json.dumps({"Infogempa": {"gempa": dict(QUAKE)}}) if as_json else quakes_xml(QUAKE)
    said = read(server.put("TEWS/autogempa", body))
    (hazard,) = said.notices
    assert hazard.identifier == "gempa-2026-11-21T07:35:21Z"
    assert hazard.headline == "Gempa M5.8, Pusat gempa berada di darat 8 km barat daya Tirtaloka"
    assert (hazard.severity, hazard.urgency, hazard.certainty) == ("moderate", "past", "observed")
    assert said.reading.items[0].language == "id"
    assert "Kedalaman: 10 km" in said.reading.items[0].summary


@pytest.mark.parametrize(
    ("changes", "severity", "event"),
    [
        ({"Dirasakan": "VII Tirtaloka, V Hulu"}, "severe", "Gempabumi"),
        ({"Dirasakan": "VIII - IX Tirtaloka"}, "extreme", "Gempabumi"),
        ({"Dirasakan": "II Hulu"}, "minor", "Gempabumi"),
        ({"Dirasakan": "", "Magnitude": "6.1"}, "moderate", "Gempabumi"),
        ({"Dirasakan": "", "Magnitude": "7,2"}, "severe", "Gempabumi"),
        ({"Dirasakan": "", "Magnitude": "?"}, "unknown", "Gempabumi"),
        ({"Potensi": "BERPOTENSI TSUNAMI untuk diteruskan"}, "extreme", "Gempabumi berpotensi tsunami"),
    ],
)
def test_how_grave_an_earthquake_is_follows_what_was_felt(changes, severity, event):
    (hazard,) = quakes.read(quakes_xml({**QUAKE, **changes}).encode(), url=URL).hazards
    assert (hazard.severity, hazard.event) == (severity, event)


def test_an_earthquake_without_place_or_time_is_left_out_and_counted():
    warned = quakes.read(quakes_xml(QUAKE, {**QUAKE, "Wilayah": ""}, {"Wilayah": "Laut"}).encode(), url=URL)
    assert len(warned.hazards) == 1
    assert [(one.code, one.values) for one in warned.problems] == [("quake.row", {"n": 2})]


def test_a_time_without_zone_is_western_indonesian_time():
    (hazard,) = quakes.read(quakes_xml({**QUAKE, "DateTime": ""}).encode(), url=URL).hazards
    assert hazard.sent == datetime(2026, 11, 21, 7, 35, tzinfo=UTC).replace(second=hazard.sent.second)


@pytest.mark.parametrize(
    ("title", "summary", "event", "severity", "ended"),
    [
        ("TIN BÃO KHẨN CẤP (Cơn bão số 10)", "Cấp độ rủi ro thiên tai: cấp 3", "Bão", "severe", False),
        ("Tin cảnh báo lũ quét, sạt lở đất", "cảnh báo cấp độ rủi ro thiên tai do lũ quét: cấp 1", "Lũ quét, sạt lở đất", "minor", False),
        ("Tin cuối cùng về áp thấp nhiệt đới", "", "Áp thấp nhiệt đới", "unknown", True),
        ("Cảnh báo dông, lốc, sét, mưa đá và mưa lớn cục bộ", "", "Mưa lớn", "unknown", False),
        ("Peringatan dini cuaca ekstrem, status Awas", "", "Hujan lebat", "extreme", False),
        ("Peringatan dini gelombang tinggi dicabut", "", "Gelombang tinggi", "unknown", True),
        ("Flood warning for the lower river", "", "Flood", "unknown", False),
    ],
)
def test_a_bulletin_is_read_by_its_own_words(title, summary, event, severity, ended):
    sent = datetime(2026, 11, 21, tzinfo=UTC)
    hazard = hazard_of(RawItem("1", "https://kttv.example/1", title, summary, "", sent, None, "vi"))
    assert hazard is not None
    assert (hazard.event, hazard.severity, hazard.ended) == (event, severity, ended)


@pytest.mark.parametrize(
    "title", ["Lowongan kerja di Badan Cuaca", "Hội nghị tổng kết năm 2026", "Peringatan hari jadi kota", "Bảo tàng mở cửa"]
)
def test_a_headline_that_names_no_event_is_no_hazard(title):
    assert hazard_of(RawItem("1", "https://kttv.example/1", title, "", "", datetime(2026, 11, 21, tzinfo=UTC), None, None)) is None


BULLETIN = """<html lang="vi"><head><title>Tin bão khẩn cấp</title>
<meta property="article:published_time" content="2026-11-21T14:00:00+07:00"></head>
<body><article><h1>Tin bão khẩn cấp (Cơn bão số 10)</h1><p>Hồi 13 giờ, vị trí tâm bão ở khoảng 17,2 độ vĩ bắc. Cấp độ rủi ro
thiên tai do bão: cấp 4. Các địa phương ven biển cần chủ động ứng phó với mưa lớn và gió mạnh trong những giờ tới.</p>
</article></body></html>"""


def test_bulletins_of_a_page_are_asked_for_once_and_taken_with_their_own_date(server, read):
    server.put("bao-so-10-post123.html", BULLETIN, "text/html; charset=utf-8")
    links = '<a href="/bao-so-10-post123.html">TIN BÃO KHẨN CẤP (CƠN BÃO SỐ 10)</a><a href="/lien-he.html">Liên hệ</a>'
    index = server.put("kttv", f"<!doctype html><html><body>{links}</body></html>", "text/html; charset=utf-8")
    said = read(index, pattern="/*-post*.html")
    (hazard,) = said.notices
    assert (hazard.event, hazard.severity) == ("Bão", "extreme")
    assert hazard.sent == datetime(2026, 11, 21, 7, tzinfo=UTC)
    assert "vị trí tâm bão" in said.reading.items[0].summary
    again = read(index, said.cursor, pattern="/*-post*.html")
    assert (again.notices, again.reading.items) == ((), ())
    assert server.hits["bao-so-10-post123.html"] == 1


def test_a_page_in_place_of_a_feed_is_unreadable_and_says_so(server, read):
    said = read(server.put("x", "<html><body>Masuk dulu</body></html>", "text/html"))
    assert said.reading.kind == "unreadable"
    assert said.reading.problems


def test_nothing_new_is_asked_for_politely(server, read):
    address = server.put("alert.xml", cap_alert("A1", Info()))
    etag = read(address).outcome.headers["etag"]
    said = read(address, "kept", etag=etag)
    assert (said.outcome.kind, said.reading, said.cursor) == ("not_modified", None, "kept")
