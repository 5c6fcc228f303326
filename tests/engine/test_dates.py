"""Dates are read exactly or not at all."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import dates

SCRAPED = Path(__file__).parents[2].parent / "shared/data/duplicates/id-news-2025-06-18.jsonl.gz"

AS_OUTLETS_WRITE = {
    # Indonesia
    "Diperbarui 18 Jun 2025, 14:05 WIB": "2025-06-18T07:05",
    "Diterbitkan 18 Juni 2025, 14.05 WIB": "2025-06-18T07:05",
    ", Jurnalis-Rabu, 18 Juni 2025 |23:28 WIB": "2025-06-18T16:28",
    ", Jurnalis-Jum'at, 13 Juni 2025 |19:04 WIB": "2025-06-13T12:04",
    "18 Juni 2025 | 20.04 WIB": "2025-06-18T13:04",
    "Kompas.com- 18/06/2025, 21:35 WIB": "2025-06-18T14:35",
    "Rabu   18 Jun 2025  22:02 WIB": "2025-06-18T15:02",
    "Rabu, 18 Jun 2025 07:30 WIB": "2025-06-18T00:30",
    "Sabtu, 31 Mei  2025 12:03 WIB": "2025-05-31T05:03",
    "Senin, 3 Nopember 2025 pukul 09.15 WITA": "2025-11-03T01:15",
    "Jumat, 5 Des 2025 - 08:00 WIT": "2025-12-04T23:00",
    "5 Agt 2025 06.00 WIB": "2025-08-04T23:00",
    "Tanggal 1 Pebruari 2025 jam 7.30 pagi": "2025-02-01T00:30",
    # Malaysia
    "Isnin, 22 Ogos 2022 3:45 PM MYT": "2022-08-22T07:45",
    "22 Disember 2022, 12:05 am": "2022-12-21T17:05",
    # Vietnam
    "Thứ Hai, 20/10/2025 | 08:15 (GMT+7)": "2025-10-20T01:15",
    "Thứ hai, 20/10/2025, 08:15 (GMT+7)": "2025-10-20T01:15",
    "20/10/2025 08:15 GMT+7": "2025-10-20T01:15",
    "Lúc 8h15 ngày 20 tháng 10 năm 2025": "2025-10-20T01:15",
    "08:15 | 20/10/2025": "2025-10-20T01:15",
    "08:15 thứ Hai, ngày 20/10/2025": "2025-10-20T01:15",
    "20/10/2025 8:15:00 CH": "2025-10-20T13:15",
    "20 Tháng Mười Một, 2025": "2025-11-19T17:00",
    "20 Thg 10, 2025": "2025-10-19T17:00",
    "23/10/2013 11:39": "2013-10-23T04:39",
    "Cập nhật: 23.10.2013 11:39": "2013-10-23T04:39",
    # machines
    "2025-06-18T14:05:00+07:00": "2025-06-18T07:05",
    "2025-06-18T14:05:00.123Z": "2025-06-18T14:05",
    "2025-06-18 14:05": "2025-06-18T07:05",
    "20250618T140500Z": "2025-06-18T14:05",
    "2025/06/18 14:05:00": "2025-06-18T07:05",
    "2025-06-18": "2025-06-17T17:00",
    "Wed, 18 Jun 2025 14:05:00 +0700": "2025-06-18T07:05",
    "Wed, 18 Jun 2025 14:05:00 GMT": "2025-06-18T14:05",
    "Wed, 18 Jun 25 14:05:00 EST": "2025-06-18T19:05",
    "18 Jun 2025 14:05 UTC-3": "2025-06-18T17:05",
    # English
    "November 18, 2019 2:05 PM EST": "2019-11-18T19:05",
    "Nov. 18, 2019, 12:05 a.m.": "2019-11-17T17:05",
    "18th June 2025 at 9:00 pm": "2025-06-18T14:00",
}

NOT_READ = (
    "", "kemarin", "31/02/2025", "2025-02-30", "31 Juni 2025", "18 Juni", "Juni 2025", "2025", "2003-12", "2003-335", "18/06", "14:05 WIB",
    "06/18/2025", "18/06/25", "0001-01-01", "18 Juni 2025 25:10", "18 Juni 2025 14:75 WIB", "14:05 AM 18/06/2025", "18 Jun 2025 14:05 IST",
    "Thứ Ba, 20/10/2025", "17 Juni 2025 08:00 - 18 Juni 2025 09:00", "18 Jun 2025 14:05 +25:00", "12 malam, 18 Juni 2025 12:00 malam",
    "1234567890", "/2025/06/18/banjir", "Undang-Undang 18-2025", "18 Juni 20251",
)  # fmt: skip


@pytest.mark.parametrize(("text", "moment"), AS_OUTLETS_WRITE.items())
def test_it_reads_dates_as_outlets_write_them(text: str, moment: str) -> None:
    assert dates.read(text) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", NOT_READ)
def test_it_reads_nothing_where_a_date_is_impossible_incomplete_or_unclear(text: str) -> None:
    assert dates.read(text) is None


def test_it_uses_the_given_offset_only_where_the_text_names_no_zone() -> None:
    assert dates.read("18/06/2025 14:05", default_offset=540) == datetime(2025, 6, 18, 5, 5, tzinfo=UTC)
    assert dates.read("18/06/2025 14:05 WIB", default_offset=540) == datetime(2025, 6, 18, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2 jam lalu", 120),
        ("5 menit yang lalu", 5),
        ("3 giờ trước", 180),
        ("10 phút trước", 10),
        ("an hour ago", 60),
        ("2 hari lalu", 2880),
    ],
)
def test_it_reads_a_relative_date_only_when_it_is_told_the_time(text: str, minutes: int) -> None:
    now = datetime(2025, 6, 18, 14, 5, tzinfo=UTC)
    assert dates.read(text) is None
    assert dates.read(text, now=now) == now - timedelta(minutes=minutes)


def test_the_same_date_twice_is_one_date() -> None:
    assert dates.read("18/06/2025 14:05 WIB (18 Juni 2025 14.05 WIB)") == datetime(2025, 6, 18, 7, 5, tzinfo=UTC)


def test_it_finds_every_date_of_a_line_with_its_place() -> None:
    line = "Terbit 17 Jun 2025, 10:00 WIB. Diperbarui 18 Jun 2025, 14:05 WIB"
    first, second = dates.find(line)
    assert (first.at.day, second.at.day, first.has_clock) == (17, 18, True)
    assert dates.fold(line)[second.start :].startswith("18 jun 2025")


MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "ms": "Januari Februari Mac April Mei Jun Julai Ogos September Oktober November Disember",
    "en": "January February March April May June July August September October November December",
}
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(
    lambda m: m.replace(second=0, microsecond=0)
)
OFFSETS = st.integers(-12, 14).map(lambda hours: hours * 60)


@given(moment=MOMENTS, offset=OFFSETS, language=st.sampled_from(sorted(MONTHS)))
def test_it_reads_back_every_moment_written_with_a_month_name(moment: datetime, offset: int, language: str) -> None:
    local = moment.astimezone(timezone(timedelta(minutes=offset)))
    text = f"{local.day} {MONTHS[language].split()[local.month - 1]} {local.year}, {local:%H:%M}"
    assert dates.read(text, default_offset=offset) == moment


@given(moment=MOMENTS, offset=OFFSETS)
def test_it_reads_back_every_numeric_and_iso_moment(moment: datetime, offset: int) -> None:
    local = moment.astimezone(timezone(timedelta(minutes=offset)))
    assert dates.read(local.isoformat()) == moment
    assert dates.read(f"{local:%d/%m/%Y %H:%M}", default_offset=offset) == moment
    assert dates.read(f"{local:%H:%M | %d.%m.%Y}", default_offset=offset) == moment
    assert dates.read(f"{local:%d/%m/%Y %I:%M %p}", default_offset=offset) == moment


@given(st.text())
def test_it_never_raises_and_always_answers_in_utc(text: str) -> None:
    moment = dates.read(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


@given(st.text(alphabet="0123456789/-.:, TZ+juni", max_size=60))
def test_it_never_raises_on_what_looks_like_a_date(text: str) -> None:
    moment = dates.read(text, now=datetime(2025, 1, 1, tzinfo=UTC))
    assert moment is None or moment.tzinfo is UTC


def test_it_reads_every_date_of_1973_scraped_articles_but_an_empty_one() -> None:
    if not SCRAPED.exists():
        pytest.skip("the evaluation data ../shared/data/duplicates is not here")
    with gzip.open(SCRAPED, "rt", encoding="utf-8") as lines:
        written = [json.loads(line)["published"] for line in lines]
    assert [text for text in written if text and dates.read(text) is None] == []
