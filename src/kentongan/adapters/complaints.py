"""The export of a complaints system (SP4N-LAPOR! and its kind) as counts by topic, place and week. Nothing else of it is kept.

Names, numbers, texts and addresses of a complaint are never read into a record: of each row only the columns for topic, place and time (and
a count, where the export sums by itself) are looked at. A ticket that stands in several rows counts once; its number is forgotten with the
call. A column that holds free text where topics are expected would carry what people wrote, so a table with too many different topics is
refused. Small numbers are given as they are: whoever shows them merges cells under ten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from kentongan.adapters.posts import told
from kentongan.adapters.tables import BadRow, decoded, heading_of, read_rows
from kentongan.engine import dates
from kentongan.engine.notices import TopicCount
from kentongan.engine.privacy import hide
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading
from kentongan.ports import Fetcher, FetchRequest, ReadRequest, SourceReading

ACCEPT = "text/csv, text/plain;q=0.8, */*;q=0.1"
MAX_BYTES = 32_000_000
MAX_ROWS = 500_000
MAX_TOPICS, MOST_A_ROW, MAX_NAME = 400, 0.5, 80
"""A column with more different values than `MAX_TOPICS`, or than this share of at least `FEW_ROWS` rows, holds no topics."""
FEW_ROWS = 100
_WEEK = timedelta(days=7)

TOPIC = ("kategori", "kategori laporan", "topik", "topik laporan", "sub kategori", "bidang", "category", "topic", "linh vuc", "chu de",
         "nhom phan anh")  # fmt: skip
PLACE = ("kecamatan", "kelurahan", "kelurahan desa", "desa", "kabupaten kota", "kab kota", "kabupaten", "kota", "provinsi", "district",
         "phuong xa", "phuong", "xa", "quan huyen", "tinh")  # fmt: skip
TIME = ("tanggal laporan", "tanggal lapor", "tanggal masuk", "tanggal dibuat", "tanggal", "tgl laporan", "tgl", "waktu laporan", "date",
        "created at", "ngay gui", "ngay tiep nhan", "ngay")  # fmt: skip
TICKET = ("tracking id", "id laporan", "kode laporan", "nomor laporan", "no laporan", "no tiket", "ticket", "ma phan anh", "ma ho so")
COUNT = ("jumlah", "jumlah laporan", "total", "count", "so luong")


@dataclass(frozen=True, slots=True)
class Counted:
    """What an export came to: the counts in order of time, topic and place, and in words what was left out."""

    counts: tuple[TopicCount, ...] = ()
    problems: tuple[str, ...] = ()


class ComplaintsReader:
    """Reads an export that lies at an address of the office's own. Gives counts, never an item. Keeps nothing."""

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """Ask once; every visit gives all counts of the table, so that whoever stores them replaces a week as a whole."""
        asked = FetchRequest(request.address, request.etag, request.last_modified, accept=ACCEPT, max_bytes=MAX_BYTES)
        outcome = fetcher.fetch(asked)
        if outcome.kind != "ok":
            return SourceReading(told(outcome), cursor=request.cursor)
        counted = count(outcome.body, default_offset=request.default_offset)
        kind = "table" if counted.counts or not counted.problems else "unreadable"
        return SourceReading(told(outcome), FeedReading(kind, "", "", None, (), counted.problems), request.cursor, counted.counts)


def count(body: bytes, *, default_offset: int = 0) -> Counted:
    """The counts of an export. Weeks begin on Monday at `default_offset` minutes east of Greenwich. Never raises."""
    zone = timezone(timedelta(minutes=default_offset))
    sums: Counter[tuple[datetime, str, str]] = Counter()
    tickets: set[str] = set()
    rows = unread = over = 0
    text = decoded(body)
    try:
        columns = _columns(heading_of(text))
        if columns is None:
            return Counted(problems=(remark("complaint.columns", names=", ".join((*TOPIC[:3], *TIME[:3]))),))
        for row in read_rows(text):
            if isinstance(row, BadRow):
                unread += 1
                continue
            rows += 1
            if rows > MAX_ROWS:
                over = 1
                break
            unread += not _add(sums, tickets, row.cells, columns, zone)
    except ValueError:
        return Counted(problems=(remark("complaint.other"),))
    topics = {topic for _, topic, _ in sums}
    if len(topics) > MAX_TOPICS or (rows >= FEW_ROWS and len(topics) > MOST_A_ROW * rows):
        return Counted(problems=(remark("complaint.free_text", column=columns["topic"], n=len(topics)),))
    problems = [remark("complaint.rows", n=unread)] if unread else []
    problems += [remark("complaint.over", n=MAX_ROWS)] if over else []
    counts = (TopicCount(topic, place, week, week + _WEEK, number) for (week, topic, place), number in sorted(sums.items()))
    return Counted(tuple(counts), tuple(problems))


def _columns(heading: Sequence[str]) -> dict[str, str] | None:
    """Which column is which; None where topic or time is missing."""
    known = {"topic": TOPIC, "place": PLACE, "time": TIME, "ticket": TICKET, "count": COUNT}
    found = {field: next((name for name in names if name in heading), "") for field, names in known.items()}
    return found if found["topic"] and found["time"] else None


def _add(
    sums: Counter[tuple[datetime, str, str]], tickets: set[str], cells: Mapping[str, str], columns: Mapping[str, str], zone: timezone
) -> bool:
    """Count one row; False for one without a topic, a time or a number."""
    topic, place = _name(cells[columns["topic"]]), _name(cells.get(columns["place"], ""))
    week = _week(cells[columns["time"]], zone)
    number = _number(cells[columns["count"]]) if columns["count"] else 1
    if not topic or week is None or number is None:
        return False
    ticket = cells.get(columns["ticket"], "")
    if ticket and ticket in tickets:
        return True
    tickets.add(ticket)
    sums[week, topic, place] += number
    return True


def _name(cell: str) -> str:
    return hide(" ".join(cell.split())[:MAX_NAME], source_kind="official").text


def _week(cell: str, zone: timezone) -> datetime | None:
    moment = dates.read(cell, default_offset=int((zone.utcoffset(None)).total_seconds() // 60))
    if moment is None:
        return None
    local = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return (local - timedelta(days=local.weekday())).astimezone(UTC)
    except OverflowError:
        return None


def _number(cell: str) -> int | None:
    digits = cell.replace(".", "").replace(",", "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None
