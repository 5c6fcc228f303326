"""How many identifiers are hidden, and how much else: on texts made up here, in Indonesian and Vietnamese, with decoys.

Every text is put together from a sentence frame, one or two identifiers written in one of the ways people write them, and a decoy that
looks alike. A third of the identifiers stands in a hard spelling (`SPELLINGS`): tied to a word by a point, slash or hash, two in a list
without a blank, broken by zero-width marks, or in full-width letters. The decoys (price, date, case number, coordinates, article
address, ISBN, emergency number, population, road number) are written plainly. The truth is known by construction. Nothing in the
generator is taken from the finders; figures on it say that the finders do what was intended, not how much people invent.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentongan.engine.identifiers import find_identifiers
from kentongan.errors import FileError
from kentongan.measure.form import Evaluation, read_jsonl

TEXTS = 2_000
SEED = 7
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and its identifiers: (kind, start, end) in characters."""

    text: str
    truth: tuple[tuple[str, int, int], ...]


def _figures(rng: random.Random, count: int, first: str = "0123456789") -> str:
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def _cut(digits: str, sizes: Sequence[int], gap: str) -> str:
    pieces: list[str] = []
    at = 0
    for size in sizes:
        pieces.append(digits[at : at + size])
        at += size
    if digits[at:]:
        pieces.append(digits[at:])
    return gap.join(pieces)


def phone_id(rng: random.Random) -> str:
    """An Indonesian mobile number or land line in one of the usual ways of writing."""
    body = rng.choice(["811", "812", "813", "815", "817", "821", "822", "838", "852", "857", "858", "877", "878", "895", "896"])
    body += _figures(rng, rng.choice([7, 8, 8, 8]))
    gap = rng.choice([" ", "-", ".", "–"])
    ways: list[str] = [
        "0" + body,
        "0" + body,
        "+62" + body,
        "62" + body,
        _cut("0" + body, [4, 4], gap),
        "+62 " + _cut(body, [3, 4], gap),
        "+62-" + _cut(body, [3, 4], "-"),
        "(+62) " + body,
        "0062" + body,
    ]
    area = rng.choice(["021", "022", "024", "031", "0274", "0251", "0361", "0411"])
    number = _figures(rng, 7, "2345678")
    ways += [f"({area}) {number}", f"{area}-{number}", f"{area} {number[:3]} {number[3:]}", f"+62 {area[1:]} {number}"]
    return rng.choice(ways)


def phone_vi(rng: random.Random) -> str:
    """A Vietnamese mobile number or land line."""
    body = rng.choice(["32", "35", "37", "39", "56", "58", "70", "77", "79", "81", "83", "86", "88", "90", "91", "93", "96", "98"])
    body += _figures(rng, 7)
    gap = rng.choice([" ", ".", "-"])
    ways = [
        "0" + body,
        "0" + body,
        "+84" + body,
        "84" + body,
        _cut("0" + body, [4, 3], gap),
        _cut("0" + body, [3, 3], gap),
        "+84 " + _cut(body, [2, 3, 2], " "),
        "(+84) " + body,
        "(028) 3" + _figures(rng, 3) + " " + _figures(rng, 4),
        "024.3" + _figures(rng, 7),
        "0236 3" + _figures(rng, 6),
    ]
    return rng.choice(ways)


def nik(rng: random.Random) -> str:
    """An NIK: a real district code, a date of birth (women + 40), a serial."""
    district = rng.choice(["3273", "3171", "3578", "1271", "7371", "5171", "3374", "6471", "9171", "1871", "3216", "1101"])
    day = rng.randint(1, 28) + rng.choice([0, 40])
    digits = f"{district}{rng.randint(1, 30):02d}{day:02d}{rng.randint(1, 12):02d}{rng.randint(0, 99):02d}{rng.randint(1, 9999):04d}"
    return rng.choice([digits, digits, digits, _cut(digits, [4, 4, 4], " "), _cut(digits, [6, 6], "."), _cut(digits, [4, 4, 4], "-")])


def npwp(rng: random.Random) -> str:
    """An NPWP of fifteen figures, dotted."""
    d = _figures(rng, 15)
    return f"{d[:2]}.{d[2:5]}.{d[5:8]}.{d[8]}-{d[9:12]}.{d[12:]}"


def cccd(rng: random.Random) -> str:
    """A Vietnamese citizen number."""
    digits = rng.choice(["001", "031", "048", "079", "092", "075", "056", "036"]) + rng.choice("0123") + _figures(rng, 8)
    return rng.choice([digits, digits, _cut(digits, [3, 3, 3], " ")])


def cmnd(rng: random.Random) -> str:
    """A Vietnamese identity card number of nine figures."""
    return _figures(rng, 9)


def email(rng: random.Random) -> str:
    """An e-mail address."""
    name = rng.choice(["budi.santoso", "siti_r", "nguyen.van.a", "warga-kota", "lan88", "t.hoa", "agus+rt05", "Rina", "q"])
    host = rng.choice(["gmail.com", "yahoo.co.id", "mail.ugm.ac.id", "outlook.com", "fpt.vn", "dinas-kota.go.id", "proton.me"])
    return f"{name}{rng.choice(['', str(rng.randint(1, 99))])}@{host}"


def plate_id(rng: random.Random) -> str:
    """An Indonesian plate."""
    area = rng.choice(["B", "D", "AB", "AD", "L", "N", "BK", "DK", "KT", "DD", "F", "H", "BM", "DS"])
    number, tail = str(rng.randint(100, 9999)), "".join(rng.choice(_LETTERS) for _ in range(rng.choice([2, 2, 3, 3, 1])))
    return rng.choice([f"{area} {number} {tail}", f"{area} {number} {tail}", f"{area}{number}{tail}", f"{area}-{number}-{tail}"])


def plate_vi(rng: random.Random) -> str:
    """A Vietnamese plate of a car or motorbike."""
    province, letter = rng.choice(["29", "30", "43", "47", "50", "51", "59", "60", "61", "65", "72", "92"]), rng.choice("ABCDEFGHKLM")
    number = _figures(rng, 5)
    series = rng.choice([letter, letter, letter + rng.choice("123456789")])
    ways = [
        f"{province}{series}-{number[:3]}.{number[3:]}",
        f"{province}{series} {number[:3]}.{number[3:]}",
        f"{province}{series}-{number}",
    ]
    ways.append(f"{province}-{series} {number[:3]}.{number[3:]}")
    return rng.choice(ways)


def account(rng: random.Random) -> str:
    """A bank account number."""
    digits = _figures(rng, rng.choice([10, 10, 13, 15]), "123456789")
    return rng.choice([digits, digits, _cut(digits, [4, 3], "-")])


def handle(rng: random.Random) -> str:
    """A handle or the address of a profile."""
    name = rng.choice(["budi_s", "rina.k", "infowarga88", "nguyenlan", "tran_h", "si.doel"])
    return rng.choice(
        [
            f"@{name}",
            f"@{name}",
            f"t.me/{name}",
            f"https://www.instagram.com/{name}/",
            f"facebook.com/{name}",
            f"https://www.tiktok.com/@{name}",
        ]
    )


Maker = Callable[[random.Random], str]
_FRAMES_ID: tuple[tuple[str, Maker, tuple[str, ...]], ...] = (
    (
        "phone",
        phone_id,
        (
            "Info jalan rusak hubungi {} ya",
            "Yang kehilangan motor bisa kontak {}.",
            "WA: {}",
            "Telepon {} tidak diangkat",
            "nomor {} menipu warga RT 05",
            "{} itu nomor penipu",
        ),
    ),
    (
        "NIK",
        nik,
        ("NIK {} tidak terdaftar di DTSEN", "Data saya {} belum masuk bansos", "No KTP: {}", "atas nama warga ({}) ditolak puskesmas"),
    ),
    ("NPWP", npwp, ("NPWP {} belum padan", "pajak dengan nomor {} salah")),
    ("email", email, ("Kirim bukti ke {} sebelum Jumat", "email saya {}, belum dibalas", "Kontak: {}.")),
    (
        "plate",
        plate_id,
        ("Mobil {} parkir di trotoar", "Angkot nopol {} ugal-ugalan", "truk sampah {} tumpah di jalan", "pelat {}, tolong ditilang"),
    ),
    (
        "account",
        account,
        (
            "Sumbangan lewat rekening BCA {}",
            "transfer ke no rek {} a.n. panitia",
            "BRI {} atas nama ketua RT",
            "Minta kirim ke rekening Mandiri nomor {}",
        ),
    ),
    ("handle", handle, ("kata {} airnya bau", "lihat di {} ada videonya", "cc {} tolong dicek")),
)
_FRAMES_VI: tuple[tuple[str, Maker, tuple[str, ...]], ...] = (
    ("phone", phone_vi, ("Ai biết xin liên hệ {}", "Gọi số {} không ai nghe máy", "SĐT: {}", "số {} lừa đảo bà con", "Zalo {} nhé")),
    ("CCCD", cccd, ("CCCD số {} bị lộ trên mạng", "Căn cước {} chưa được cấp lại", "giấy tờ của tôi {} bị trả về")),
    ("CCCD", cmnd, ("CMND {} hết hạn", "chứng minh nhân dân số {}")),
    ("email", email, ("Gửi đơn về {} trước thứ Sáu", "hộp thư {} không trả lời")),
    ("plate", plate_vi, ("Xe {} đỗ trước cổng trường", "xe tải biển số {} chạy ẩu", "Xe máy {} vượt đèn đỏ")),
    ("account", account, ("Ủng hộ qua STK {} Vietcombank", "chuyển vào số tài khoản {} của tổ dân phố", "tài khoản Agribank {}")),
    ("handle", handle, ("{} nói nước có mùi", "xem video ở {}")),
)


SPELLINGS = {"in the open": 66, "tied to a word": 14, "two in a list": 10, "zero-width marks": 5, "full-width": 5}
"""How many in a hundred identifiers are spelled how."""
_TIES: dict[str, tuple[str, ...]] = {
    "phone": ("Telp.{}", "no.{}", "WA/{}", "WA.{}", "#{}", "{}/Rina", "HP:{}/Pak RT", "_{}_"),
    "NIK": ("NIK.{}", "No.KTP/{}", "NIK/{}", "KTP#{}", "NIK:{}/Rina"),
    "NPWP": ("NPWP.{}", "NPWP/{}"),
    "CCCD": ("CCCD.{}", "CMND/{}", "CCCD#{}", "căn cước:{}/Lan"),
    "email": ("email:{}", "email/{}", "{}/Rina", "<{}>"),
    "plate": ("nopol.{}", "pelat/{}", "#{}", "{}/hitam", "_{}_"),
    "account": ("Rek.BCA.{}", "STK/{}", "rek.{}", "norek#{}", "BRI/{}"),
    "handle": ("IG:{}", "({})", "cc:{}"),
}
_LISTABLE = ("phone", "NIK", "CCCD", "plate", "account")


def _dressed(rng: random.Random, spelling: str, value: str) -> str:
    if spelling == "full-width":
        return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in value)
    if spelling == "zero-width marks":
        for place in sorted(rng.sample(range(1, len(value)), min(3, len(value) - 1)), reverse=True):
            value = value[:place] + rng.choice("\u200b\u200c\u200d\u2060\ufeff\u00ad") + value[place:]
    return value


def spell(rng: random.Random, kind: str, make: Maker, frame: str) -> Labelled:
    """One or two identifiers of a kind in one of the spellings, in its frame."""
    spelling = rng.choices(tuple(SPELLINGS), tuple(SPELLINGS.values()))[0]
    values = [_dressed(rng, spelling, make(rng))]
    if spelling == "two in a list" and kind in _LISTABLE:
        values.append(_like(values[0], rng))
    if spelling == "tied to a word":
        frame = rng.choice(_TIES[kind])
    before, after = frame.split("{}")
    text, truth = before, list[tuple[str, int, int]]()
    mark = rng.choice("//,")
    for place, value in enumerate(values):
        text += mark * place
        truth.append((kind, len(text), len(text) + len(value)))
        text += value
    return Labelled(text + after, tuple(truth))


def _like(value: str, rng: random.Random) -> str:
    """A second of the kind, written as the first: only its last three figures differ."""
    places = [place for place, letter in enumerate(value) if letter.isdigit()][-3:]
    return "".join(rng.choice("123456789") if place in places else letter for place, letter in enumerate(value))


def _decoy(rng: random.Random, vietnamese: bool) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(2019, 2026)
    both = [
        f"({day:02d}/{month:02d}/{year})",
        f"{day:02d}-{month:02d}-{year}",
        f"{rng.uniform(5, 11):.6f}, {rng.uniform(95, 141):.6f}",
        f"-{rng.uniform(1, 9):.5f}, {rng.uniform(95, 141):.5f}",
        f"https://contoh.example/read/{year}/{month:02d}/{day:02d}/{_figures(rng, 8, '123')}/jalan-rusak",
        f"https://tin.example/duong-ngap-{_figures(rng, 16, '123')}.html",
        f"ISBN 978-602-{_figures(rng, 4)}-{_figures(rng, 2)}-{_figures(rng, 1)}",
        f"{rng.randint(10, 99)},{rng.randint(1, 9)} %",
        f"COVID-19 tahap {rng.randint(1, 9)}" if not vietnamese else f"QL{rng.randint(1, 99)}A",
        f"RT {rng.randint(1, 12):02d}/RW {rng.randint(1, 12):02d}" if not vietnamese else f"tổ {rng.randint(1, 50)}",
        f"{rng.randint(100, 999)}.{rng.randint(100, 999)}.{rng.randint(100, 999)}",
        f"{rng.randint(2020, 2025)}-{rng.randint(2026, 2030)}",
    ]
    indonesian = [
        f"Rp {rng.randint(1, 999)}.{rng.randint(100, 999)}.000",
        f"Rp{rng.randint(1, 9)}{_figures(rng, 8)}",
        f"Nomor {rng.randint(1, 999)}/Pid.B/{year}/PN Bdg",
        f"Perda Nomor {rng.randint(1, 20)} Tahun {year}",
        f"{rng.randint(100, 999)}.{rng.randint(100, 999)} jiwa",
        f"pukul {rng.randint(7, 9):02d}.00-{rng.randint(10, 17)}.30 WIB",
        rng.choice(["call center 112", "SMS 1708", "hotline 119", "1500123", f"0800-1-500-{_figures(rng, 3)}", "Polisi 110"]),
        f"PM {rng.randint(2, 9)}.{rng.randint(1, 9)}",
        f"Tol KM {rng.randint(1, 300)} B",
        f"{rng.randint(1, 9)} B {year}",
        f"L {rng.randint(1, 9)} 000 liter",
    ]
    vietnamese_ones = [
        f"{rng.randint(1, 999)}.{rng.randint(100, 999)}.000 đồng",
        f"số {rng.randint(1, 500)}/{year}/NĐ-CP",
        f"{rng.randint(10, 999)} triệu đồng",
        f"Quyết định {rng.randint(1000, 9999)}/QĐ-UBND",
        rng.choice(["gọi 113", "gọi 115", "tổng đài 1022", f"1900 {_figures(rng, 4)}", f"1800{_figures(rng, 4)}"]),
        f"căn hộ {rng.randint(1, 30)}A-{rng.randint(101, 999)}",
        f"{rng.randint(1, 9)}.{rng.randint(100, 999)}.{rng.randint(100, 999)} người",
    ]
    return rng.choice(both + (vietnamese_ones if vietnamese else indonesian))


def make_text(rng: random.Random) -> Labelled:
    """One text: one or two identifiers in their frames, decoys between."""
    vietnamese = rng.random() < 0.4
    text = ""
    truth: list[tuple[str, int, int]] = []
    for _ in range(rng.choice([1, 1, 2])):
        if rng.random() < 0.7:
            text += _decoy(rng, vietnamese) + rng.choice([", ", "; ", " - ", ". "])
        kind, make, frames = rng.choice(_FRAMES_VI if vietnamese else _FRAMES_ID)
        part = spell(rng, kind, make, rng.choice(frames))
        truth += [(kind, len(text) + start, len(text) + end) for kind, start, end in part.truth]
        text += part.text + rng.choice([" ", ". ", "! "])
    if rng.random() < 0.5:
        text += _decoy(rng, vietnamese)
    return Labelled(text.strip(), tuple(truth))


def make_texts(count: int, seed: int) -> list[Labelled]:
    """`count` texts; the same seed gives the same texts."""
    rng = random.Random(seed)
    return [make_text(rng) for _ in range(count)]


def score(texts: Sequence[Labelled]) -> dict[str, object]:
    """Recall (wholly hidden) and precision (what was hidden touches an identifier), together and by kind."""
    hidden: dict[str, list[bool]] = {}
    right: dict[str, list[bool]] = {}
    for labelled in texts:
        found = find_identifiers(labelled.text)
        for kind, start, end in labelled.truth:
            covered = {place for one in found for place in range(one.start, one.end)}
            body = [place for place in range(start, end) if labelled.text[place].isalnum()]
            hidden.setdefault(kind, []).append(covered.issuperset(body))
        for one in found:
            right.setdefault(one.kind, []).append(any(one.start < end and one.end > start for _, start, end in labelled.truth))
    four = ("NIK", "phone", "email", "plate")
    return {
        "recall": _share(hidden, tuple(hidden)),
        "precision": _share(right, tuple(right)),
        "recall_bar": _share(hidden, four),
        "precision_bar": _share(right, four),
        "recall_by_kind": {kind: _share(hidden, (kind,)) for kind in sorted(hidden)},
        "precision_by_kind": {kind: _share(right, (kind,)) for kind in sorted(right)},
    }


def _share(answers: dict[str, list[bool]], kinds: Sequence[str]) -> float:
    chosen = [answer for kind in kinds for answer in answers.get(kind, [])]
    return round(sum(chosen) / len(chosen), 4) if chosen else 0.0


def evaluate(files: Sequence[Path]) -> Evaluation:
    """Score `{text, spans: [{kind, start, end}]}` lines, or without files 2,000 texts made up on the spot."""
    if not files:
        texts = make_texts(TEXTS, SEED)
    else:
        texts = [_labelled(row, path, number) for path in files for number, row in enumerate(read_jsonl(path), start=1)]
    return Evaluation(len(texts), score(texts))


def _labelled(row: dict[str, Any], path: Path, number: int) -> Labelled:
    try:
        return Labelled(row["text"], tuple((span["kind"], span["start"], span["end"]) for span in row["spans"]))
    except (KeyError, TypeError) as error:
        raise FileError(f"{path.name}: line {number} needs `text` and `spans`", subject=str(path), line=number) from error
