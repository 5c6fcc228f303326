"""A complaints export: how many by topic, place and week; of the complaints themselves nothing is left."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters import complaints
from kentongan.adapters.complaints import ComplaintsReader, count
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.ports import ReadRequest
from kentongan.testing.fake_files import FileServer

HEAD = ("Tracking ID", "Nama Pelapor", "No HP", "Judul Laporan", "Isi Laporan", "Kategori", "Kecamatan", "Tanggal Laporan", "Alamat")


def row(number, topic="Jalan rusak", place="Hulu", day="16/11/2026"):
    return (f"LPR-{number}", "Siti Warga", "0812-3456-7890", "Jalan berlubang", "Di depan rumah saya", topic, place, day, "Jl. Mawar 5")


def export(*rows, head=HEAD, delimiter=";"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows((head, *rows))
    return out.getvalue().encode()


def numbers(counted):
    return [(one.topic, one.place, one.start.isoformat(), one.count) for one in counted.counts]


def test_rows_become_counts_by_topic_place_and_week():
    days = ("16/11/2026", "22/11/2026 23:59", "23/11/2026 00:00")
    counted = count(export(*[row(n, day=day) for n, day in enumerate(days)], row(9, "Sampah", "Hilir")), default_offset=420)
    assert numbers(counted) == [
        ("Jalan rusak", "Hulu", "2026-11-15T17:00:00+00:00", 2),
        ("Sampah", "Hilir", "2026-11-15T17:00:00+00:00", 1),
        ("Jalan rusak", "Hulu", "2026-11-22T17:00:00+00:00", 1),
    ]
    assert all(one.end - one.start == timedelta(days=7) for one in counted.counts)
    assert counted.problems == ()


def test_nothing_of_a_complaint_or_a_complainant_is_kept():
    kept = repr(count(export(*[row(n) for n in range(20)])))
    for word in ("Siti", "0812", "berlubang", "rumah saya", "LPR", "Mawar"):
        assert word not in kept


def test_a_ticket_in_several_rows_counts_once():
    assert [one.count for one in count(export(row(1), row(1), row(2))).counts] == [2]


def test_an_export_that_sums_by_itself_is_taken_by_its_sums():
    body = export(
        ("Sampah", "Hulu", "2026-11-16", "1.204"), ("Sampah", "Hulu", "2026-11-17", "6"), head=("Topik", "Kecamatan", "Tanggal", "Jumlah")
    )
    assert [one.count for one in count(body).counts] == [1210]


def test_vietnamese_columns_are_known():
    body = export(("Giao thông", "Phường Hưng Đạo", "16/11/2026"), head=("Lĩnh vực", "Phường/Xã", "Ngày gửi"), delimiter=",")
    assert [(one.topic, one.place, one.count) for one in count(body).counts] == [("Giao thông", "Phường Hưng Đạo", 1)]


def test_free_text_where_topics_are_expected_is_refused_and_nothing_of_it_kept():
    counted = count(export(*[row(n, topic=f"Tolong, tetangga saya nomor {n} bising") for n in range(200)]))
    assert counted.counts == ()
    assert [one.code for one in counted.problems] == ["complaint.free_text"]
    assert "tetangga" not in repr(counted)


def test_a_telephone_number_in_a_topic_is_hidden():
    assert "0812" not in repr(count(export(row(1, topic="Lapor 0812-3456-7890"))))


@pytest.mark.parametrize("change", [{"topic": ""}, {"day": ""}, {"day": "kemarin"}, {"day": "31/02/2026"}])
def test_a_row_that_cannot_be_counted_is_said(change):
    counted = count(export(row(1), row(2, **change)))
    assert [one.count for one in counted.counts] == [1]
    assert [(one.code, one.values) for one in counted.problems] == [("complaint.rows", {"n": 1})]


def test_a_table_without_the_columns_names_those_it_knows():
    counted = count(export(("a", "b"), head=("Nama", "Isi")))
    assert counted.counts == ()
    assert "kategori" in counted.problems[0]


def test_no_more_rows_are_read_than_allowed(monkeypatch):
    monkeypatch.setattr(complaints, "MAX_ROWS", 3)
    counted = count(export(*[row(n) for n in range(9)]))
    assert sum(one.count for one in counted.counts) == 3
    assert counted.problems[-1].code == "complaint.over"


@given(st.binary(max_size=300))
def test_any_bytes_give_counts_or_a_reason(body):
    counted = count(body)
    assert counted.counts or counted.problems


@given(
    st.lists(
        st.tuples(st.sampled_from(("Jalan", "Sampah", "Air")), st.sampled_from(("Hulu", "Hilir", "")), st.integers(0, 400)), max_size=40
    )
)
def test_every_complaint_is_counted_in_its_own_week_and_once(rows):
    days = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=after) for _, _, after in rows]
    body = export(
        *[row(n, topic, place, day.strftime("%Y-%m-%d %H:%M")) for n, ((topic, place, _), day) in enumerate(zip(rows, days, strict=True))]
    )
    counted = count(body)
    assert sum(one.count for one in counted.counts) == len(rows)
    for one in counted.counts:
        assert one.start.weekday() == 0
        inside = [
            1
            for (topic, place, _), day in zip(rows, days, strict=True)
            if (topic, place) == (one.topic, one.place) and one.start <= day < one.end
        ]
        assert one.count == len(inside)


def test_an_export_without_complaints_is_no_fault():
    counted = count(export())
    assert (counted.counts, counted.problems) == ((), ())


def test_an_export_at_an_address_is_read_as_counts_and_never_as_items():
    fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
    with FileServer() as server:
        said = ComplaintsReader().read(ReadRequest(server.put("ekspor.csv", export(row(1)), "text/csv"), default_offset=420), fetcher)
        assert (said.reading.kind, said.reading.items) == ("table", ())
        assert [one.count for one in said.notices] == [1]
        assert said.outcome.body == b""
        bad = ComplaintsReader().read(ReadRequest(server.put("x", "<html>Masuk dulu", "text/html")), fetcher)
        assert bad.reading.kind == "unreadable"
    fetcher.close()
