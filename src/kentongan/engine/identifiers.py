"""Numbers and addresses that lead to a person: where they stand in a text.

Observed. People write the same identifier in many ways (`0812-3456-7890`, `+62 812 3456 7890`, `0912.345.678`, `51F-123.45`),
and news is full of figures that look alike: prices, dates, case numbers, coordinates, article numbers in addresses.

Method. For every kind a pattern finds candidates and a check decides: mobile numbers, e-mail addresses and plates by their shape,
land lines by libphonenumber's numbering plan (ID and VN, and any number with a leading plus), NIK by province, district and date of
birth, NPWP by shape or check digit, CCCD by province, century digit and length. What has no shape of its own (CMND, accounts,
passports, an NIK with a wrong date) is taken only next to a word that says what it is. Detectors run in the order of `DETECTORS`;
the first to claim a stretch keeps it. Nothing numeric is taken inside a web address, and toll-free and shared service numbers
(0800, 1500xxx, 1800, 1900) and short emergency numbers stay, for people need them. All this is looked for in plain dress: zero-width
marks left out, full-width letters and the figures of other scripts as ours; the places given are those of the original.

Known failures. A 12-digit number may be an Indonesian mobile number or a CCCD: words nearby decide, else the grouping; it is hidden
either way. A plate without its third part (`B 1234`) is found only after a word such as *nopol*. An account is missed when neither
bank nor *rekening*/*STK* stands before it. Numbers spelled as words are not found, nor two numbers tied by a dash when
they are parted inside as well (`0812 3456 7890-0813 3456 7890`), nor figures in circles.

Why not a learned tagger. Identifiers have written rules and the cost of a miss is high; rules can be read, tested and explained to
the person concerned.

Reading. Permendagri 40/2008 for the NIK (province, district, subdistrict, date of birth + 40 for women, serial); Thông tư 07/2016/TT-BCA
for the twelve digits of the CCCD; libphonenumber's metadata by the `phonenumbers` package; `python-stdnum` for NPWP.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from stdnum.id import npwp as stdnum_npwp

IdentifierKind = Literal["email", "handle", "NIK", "NPWP", "CCCD", "passport", "NIP", "account", "plate", "phone", "tax"]


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier: its kind and where it stands, in characters of the text given."""

    kind: IdentifierKind
    start: int
    end: int


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GAP = r"[ \t\u00a0\u2009\u202f]"
_SEPARATOR = r"[ \t\u00a0\u2009\u202f.\-\u2010-\u2013]"

# People write numbers straight after a word (`Telp.0812…`, `WA/0812…`, `_0812…_`) and in lists without a blank (`0812…/0813…`), while
# a figure that goes on behind a point, comma, slash or dash is a price, date, case number or coordinate. So punctuation parts, unless a
# digit stands on its other side; and a slash or comma parts two figures when both are long.
_ALONE = r"(?<![^\W_])(?<!\d[.,/\-])"
_LONG = r"(?:\d{6}|0\d{1,3}[ .\-]\d{6}|\d{3,4}[ .\-]\d{3,4}[ .\-]\d\d|(?:62|0)8\d)"
_END = rf"(?![^\W_]|[.\-]\d|[/,](?!{_LONG})\d)"


def _start(*words: str) -> str:
    """Where a number may begin: alone, in a list after a long one, or glued to one of these words (`WA0812…`)."""
    return r"(?=[\d+(])(?:" + "|".join((_ALONE, r"(?<=\d{6}[/,])", *(rf"(?<=\b{word})" for word in words))) + ")"


_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'⟦⟧]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|net|org|info|id|vn|co|me|news|tv)/[^\s<>\"'⟦⟧]+", re.I
)

# ---- e-mail -----------------------------------------------------------------------------------------------------------------
_MAIL_HOST = r"@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}"
_EMAIL = re.compile(rf"(?<![\w.+%@-])[\w.+%-]*\w[+-]?{_MAIL_HOST}(?:[.+%-][\w.+%-]{{0,64}}\w{_MAIL_HOST})*+(?![\w@])", re.I)
"""Addresses tied to each other by a dot or dash are one: found one by one they would cost a pass over the text each."""
_EMAIL_SPELLED = re.compile(
    r"(?<![\w.])[\w.+-]*\w\s?[\[({]\s?(?:at|@)\s?[\])}]\s?[a-z0-9-]+"
    r"(?:(?:\s?[\[({]\s?(?:dot|titik|chấm|\.)\s?[\])}]\s?|\.)[a-z]{2,24})+(?!\w)",
    re.I,
)


def _emails(text: str) -> Iterator[Found]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Found("email", *match.span())
    if "at" in text or "@" in text:
        for match in _EMAIL_SPELLED.finditer(text):
            yield Found("email", *match.span())


# ---- handles ----------------------------------------------------------------------------------------------------------------
_HANDLE = re.compile(
    r"(?<![\w@])@(?=[\w.]*[^\W\d_])[A-Za-z0-9_](?:[A-Za-z0-9_.]{0,28}[A-Za-z0-9_])?(?:@[A-Za-z0-9_.-]*[A-Za-z0-9_])*(?!\w)"
)
"""A name with its host, or names written without a gap, are one handle: found one by one they would cost a pass over the text each."""
_PROFILE = re.compile(
    r"(?<![\w.-])(?:https?://)?(?:www\.|m\.|web\.|mobile\.)?(?:"
    r"(?:t\.me|telegram\.me|zalo\.me|wa\.me|line\.me/ti/p|instagram\.com|facebook\.com|fb\.com|fb\.me|m\.me|twitter\.com|x\.com|"
    r"threads\.(?:net|com)|linkedin\.com/in|bsky\.app/profile|api\.whatsapp\.com(?=/send))/"
    r"|(?:tiktok\.com|youtube\.com|medium\.com)/(?=@))"
    r"(?!(?:p|reel|reels|explore|stories|watch|share|sharer|groups|events|hashtag|search|i|intent|login|photo|s)(?:[/?#.]|\b))"
    r"[@+~]?[\w.%-]*\w(?:[/?#][^\s<>\"'⟦⟧)\]]*[\w/])?",
    re.I,
)


def _handles(text: str) -> Iterator[Found]:
    if "/" in text:
        for match in _PROFILE.finditer(text):
            yield Found("handle", *match.span())
    if "@" in text:
        for match in _HANDLE.finditer(text):
            yield Found("handle", *match.span())


# ---- numbers of identity ----------------------------------------------------------------------------------------------------
_PROVINCES_ID = frozenset((*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 98)))
_DIGITS_16 = re.compile(rf"{_start('nik', 'ktp', 'kk')}\d(?:{_SEPARATOR}?\d){{15}}{_END}", re.I)
_SAYS_NIK = re.compile(r"\b(?:nik|n\.i\.k|ktp|e-ktp|kk|kartu keluarga|nomor induk kependudukan|no\.? ?induk)\b", re.I)
_CARD = re.compile(r"\d{16}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}")
_SAYS_CARD = re.compile(r"\b(?:kartu kredit|credit card|debit|thẻ)\b", re.I)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){6,}")


def _before(text: str, start: int, reach: int = 36) -> str:
    """The words that lead up to a candidate: same line, and nothing before another long number, whose words they are."""
    lead = text[max(0, start - reach) : start].rsplit("\n", 1)[-1]
    return _LONG_NUMBER.split(lead)[-1]


def _shortenings(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch itself, then without its last group after a blank, and so on: `0912 345 678 25 orang` has a count at its end."""
    yield start, end
    while (gap := max(text.rfind(" ", start, end), text.rfind("\u00a0", start, end))) > start:
        end = gap
        yield start, end


def nik_is_plausible(digits: str) -> bool:
    """Whether sixteen digits have the build of an NIK (also of a family card number). No register is asked."""
    if len(digits) != 16 or int(digits[:2]) not in _PROVINCES_ID or digits[2:4] == "00" or digits[4:6] == "00":
        return False
    day, month = int(digits[6:8]) % 40, int(digits[8:10])
    return 1 <= day <= 31 and int(digits[6:8]) <= 71 and 1 <= month <= 12 and digits[12:] != "0000"


def _is_one_number(written: str) -> bool:
    """Whether figures are parted in one way only, so that two numbers side by side are not read as one."""
    return len({" " if mark.isspace() else mark for mark in written if not mark.isdigit()}) <= 1


def _niks(text: str) -> Iterator[Found]:
    for match in _DIGITS_16.finditer(text):
        written, digits = match.group(), _digits(match.group())
        before = _before(text, match.start())
        if _SAYS_NIK.search(before) or (nik_is_plausible(digits) and _is_one_number(written) and not _SAYS_ACCOUNT.search(before)):
            yield Found("NIK", *match.span())
        elif _SAYS_CARD.search(before) or (_luhn(digits) and _CARD.fullmatch(written)):
            yield Found("account", *match.span())


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


_NPWP = re.compile(r"(?<![^\W_])(?<!\d\.)\d{2,3}\.\d{3}\.\d{3}\.\d[-.]\d{3}\.\d{3}(?![^\W_]|\.\d)")
_DIGITS_15_16 = re.compile(rf"{_start('npwp')}\d(?:{_SEPARATOR}?\d){{14,15}}{_END}", re.I)
_SAYS_NPWP = re.compile(r"\b(?:npwp|nomor pokok wajib pajak)\b", re.I)


def _npwps(text: str) -> Iterator[Found]:
    for match in _NPWP.finditer(text):
        yield Found("NPWP", *match.span())
    for match in _DIGITS_15_16.finditer(text):
        digits = _digits(match.group())
        if _SAYS_NPWP.search(_before(text, match.start())) or (
            digits[0] == "0" and match.group() == digits and len(digits) == 16 and stdnum_npwp.is_valid(digits)
        ):
            yield Found("NPWP", *match.span())


_PROVINCES_VN = _words("""
    001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042
    044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087
    089 091 092 093 094 095 096
""")
_DIGITS_12 = re.compile(rf"{_start('cccd')}(?<!\+)\d(?:{_SEPARATOR}?\d){{11}}{_END}", re.I)
_DIGITS_9 = re.compile(rf"{_start('cmnd', 'cccd')}(?<!\+)(?:\d{{9}}|\d{{3}}([ .-])\d{{3}}\1\d{{3}})(?!%){_END}", re.I)
_SAYS_CCCD = re.compile(r"\b(?:cccd|căn cước|can cuoc|cmnd|cmtnd|chứng minh(?: nhân dân| thư)?|định danh|số giấy tờ)", re.I)
_SAYS_PHONE_ID = re.compile(r"\b(?:wa|whatsapp|telp|telepon|hp|hub|hubungi|kontak|sms|nomor hp|call)\b", re.I)


def cccd_is_plausible(digits: str) -> bool:
    """Whether twelve digits have the build of a Vietnamese citizen number: province, century and sex 0-3, year, serial."""
    return len(digits) == 12 and digits[:3] in _PROVINCES_VN and digits[3] in "0123"


def _cccds(text: str) -> Iterator[Found]:
    for match in _DIGITS_12.finditer(text):
        digits, before = _digits(match.group()), _before(text, match.start())
        looks_mobile = bool(re.match(r"08[1-9]", digits)) and (match.group() != digits or bool(_SAYS_PHONE_ID.search(before)))
        plausible = cccd_is_plausible(digits) and _is_one_number(match.group()) and not looks_mobile
        if _SAYS_CCCD.search(before) or (plausible and not _SAYS_ACCOUNT.search(before)):
            yield Found("CCCD", *match.span())
    for match in _DIGITS_9.finditer(text):
        if _SAYS_CCCD.search(_before(text, match.start())) and not _MONEY_AFTER.match(text, match.end()):
            yield Found("CCCD", *match.span())


_PASSPORT = re.compile(rf"(?<![^\W_])[A-Z]{{1,2}} ?\d{{6,8}}{_END}", re.I)
_SAYS_PASSPORT = re.compile(r"\b(?:paspor|passport|hộ chiếu|ho chieu)\b", re.I)
_DIGITS_18 = re.compile(rf"{_start('nip')}(?:19|20)\d(?:{_SEPARATOR}?\d){{15}}{_END}", re.I)
_SAYS_NIP = re.compile(r"\bnip\b", re.I)
_TAX_VN = re.compile(rf"{_start('mst')}\d{{10}}(?:-?\d{{3}})?{_END}", re.I)
_SAYS_TAX_VN = re.compile(r"\b(?:mst|mã số thuế|ma so thue)\b", re.I)


def _papers(text: str) -> Iterator[Found]:
    for kind, pattern, says in (
        ("passport", _PASSPORT, _SAYS_PASSPORT),
        ("NIP", _DIGITS_18, _SAYS_NIP),
        ("tax", _TAX_VN, _SAYS_TAX_VN),
    ):
        if says.search(text):
            for match in pattern.finditer(text):
                if says.search(_before(text, match.start())):
                    yield Found(kind, *match.span())  # type: ignore[arg-type]


# ---- accounts ---------------------------------------------------------------------------------------------------------------
_SAYS_ACCOUNT = re.compile(
    r"\b(?:rekening|norek|no\.? ?rek|rek|virtual account|stk|số tài khoản|so tai khoan|tài khoản|số tk|tk|stk:)\b", re.I
)
_BANKS = (
    r"bca|bri|bni|btn|bsi|mandiri|cimb(?: niaga)?|danamon|permata|bjb|bank jatim|bank dki|bank jateng|maybank|ocbc|panin|jago|seabank|"
    r"gopay|ovo|dana|shopeepay|linkaja|vietcombank|vcb|bidv|agribank|techcombank|vietinbank|mb ?bank|mb|acb|sacombank|tpbank|vpbank|vib|"
    r"hdbank|shb|momo|zalopay"
)
_ACCOUNT = re.compile(rf"{_start('rek', 'bca', 'bri', 'bni', 'stk')}(?<!\+)\d(?:[ \u00a0.\-]?\d){{7,18}}(?!%){_END}", re.I)
_SAYS_BANK = re.compile(rf"\b(?:{_BANKS})\b[\s:.,()/#=*_-]*(?:a/?n[\s:.]*)?$", re.I)
_ACCOUNT_WORD = re.compile(
    r"\b(?:rekening|norek|no\.? ?rek|rek|virtual account|va|stk|số tài khoản|so tai khoan|tài khoản|số tk|tk)\b[^\d\n]{0,40}$", re.I
)
_SHORTEST_ACCOUNT = 8
_NO_ACCOUNT = re.compile(
    r"(?:\d{1,2}[-.]\d{1,2}[-.]\d{4}|(?:19|20)\d\d-(?:19|20)\d\d|1[89]00 ?\d{4}|1500\d{3,4}|\d{1,3}\.\d{5,7}|\d(?:\.\d{1,2}){3,5})$"
)
_PRICE_GROUPS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+$")
_MONEY_BEFORE = re.compile(r"(?:rp|idr|usd|vnd|\$|senilai|sebesar|sejumlah|số tiền)\.?\s*$", re.I)
_MONEY_AFTER = re.compile(r"\s*(?:rupiah|juta|miliar|triliun|ribu|đồng|đ\b|vnd|vnđ|triệu|tỷ|tỉ|usd|orang|người|nasabah|khách)", re.I)


def _accounts(text: str) -> Iterator[Found]:
    for match in _ACCOUNT.finditer(text):
        before = _before(text, match.start(), 60)
        named = _ACCOUNT_WORD.search(before)
        if not (named or _SAYS_BANK.search(before)) or _MONEY_BEFORE.search(before) or _NO_ACCOUNT.match(match.group()):
            continue
        for start, end in _shortenings(text, *match.span()):
            if _MONEY_AFTER.match(text, end) or (_PRICE_GROUPS.match(text[start:end]) and not named):
                continue
            if len(_digits(text[start:end])) >= _SHORTEST_ACCOUNT:
                yield Found("account", start, end)
            break


# ---- plates -----------------------------------------------------------------------------------------------------------------
_AREAS = (
    "A|AA|AB|AD|AE|AG|B|BA|BB|BD|BE|BG|BH|BK|BL|BM|BN|BP|D|DA|DB|DC|DD|DE|DG|DH|DK|DL|DM|DN|DP|DR|DS|DT|DW|E|EA|EB|ED|F|G|H|K|KB|KH|KT|KU|"
    "L|M|N|P|PA|PB|PG|PS|PT|PY|R|S|T|W|Z"
)
_PLATE_GAP = r"[ \u00a0.-]?"
_PLATE_END = r"(?![^\W_]|-\d|/\d|/[IVXLC]+/)"
"""A slash may follow with a second plate or a word, not with a year or the month of a letter's number."""
_PLATE_ID = re.compile(rf"{_ALONE}(?:{_AREAS}){_PLATE_GAP}[1-9]\d{{0,3}}{_PLATE_GAP}[A-Z]{{1,3}}{_PLATE_END}")
_PLATE_ID_SMALL = re.compile(rf"{_ALONE}(?:{_AREAS}){_PLATE_GAP}[1-9]\d{{2,3}}{_PLATE_GAP}(?P<suffix>[A-Z]{{1,3}}){_PLATE_END}", re.I)
_PLATE_ID_BARE = re.compile(rf"{_ALONE}(?:{_AREAS})[ \u00a0.-]?[1-9]\d{{0,3}}(?:[ \u00a0.-]?[A-Z]{{1,3}})?{_PLATE_END}", re.I)
_SAYS_PLATE = re.compile(
    r"\b(?:nopol|no\.? ?pol|nomor polisi|plat|pelat|berpelat|berplat|nomor kendaraan|tnkb|biển số|biển kiểm soát|biển|bks|bien so)\b"
    r"(?:[\s:.,()/#=*_-]|nomor|no|nopol|polisi|xe|mobil|motor|là|số|kiểm|soát)*$",
    re.I,
)
_SAYS_VEHICLE = re.compile(r"\b(?:mobil|motor|truk|angkot|taksi|taxi|ojol|bus|minibus|pikap|kendaraan)\b(?: [a-z]+){0,2}\s$", re.I)
_UNITS = _words("""
    AD AL AM AU CC CM GB GHZ GR GW HA HP KG KHZ KM KW KWH MB MHZ ML MM MW ND PK PM PSI RD RPM RT RW ST TB TH TNI WIB
    WIT
""")
_SMALL_WORDS = frozenset({"DI", "KE", "DAN", "OF", "TO", "IN"})
_VN_START = r"(?=\d)(?<![^\W_])(?<!\d[.\-])(?<![A-Za-z]-)"
_VN_END = r"(?![^\W_]|[./,](?!\d\d-?[A-Z])\d)"
_PLATE_VN = re.compile(
    rf"{_VN_START}[1-9]\d[ ]?[A-Z](?:[A-Z0-9])?[ \u00a0]?[-–. ]?[ \u00a0]?(?:\d{{3}}[. ]\d{{2}}|\d{{5}}){_VN_END}|"
    rf"{_VN_START}[1-9]\d-?[A-Z][A-Z0-9][ ]?[-– .][ ]?\d{{4}}(?!-\d){_VN_END}",
)
_PLATE_VN_BARE = re.compile(
    rf"(?=\d)(?<![^\W_])(?<!\d[.\-])[1-9]\d[ -]?[A-Z][A-Z0-9]?[ ]?[-– .]?[ ]?\d{{3}}\.?\d{{1,2}}(?!-\d){_VN_END}", re.I
)
_PLATE_VN_DASHED = re.compile(rf"{_VN_START}[1-9]\d-[A-Z][A-Z0-9]?[ -.]?\d{{3}}\.?\d{{2}}(?!-\d){_VN_END}")


def _plate_is_sure(match: re.Match[str]) -> bool:
    """An Indonesian plate without a word before it: long enough for the way it is parted, and no unit or small word behind.

    Glued plates need more, for aeroplanes and telephones are named so (A400M, F110-GE).
    """
    pieces = re.fullmatch(r"([A-Z]+)([ \u00a0.-]*)(\d+)([ \u00a0.-]*)([A-Z]+)", match.group())
    if pieces is None:
        return False
    area, gap, number, gap2, suffix = pieces.groups()
    if suffix in _SMALL_WORDS and (len(number) < 4 or number[:2] in ("19", "20")):
        return False
    if suffix in _UNITS and len(number) < 4:
        return False
    if gap and gap2:
        return len(number) >= 3 or len(suffix) >= 2
    return len(number) == 4 or (len(number) == 3 and len(area) + len(suffix) >= 4)


def _plates(text: str) -> Iterator[Found]:
    for match in _PLATE_ID.finditer(text):
        if _plate_is_sure(match):
            yield Found("plate", *match.span())
    for match in _PLATE_ID_SMALL.finditer(text):
        if match.group("suffix").upper() not in _UNITS | _SMALL_WORDS and _SAYS_VEHICLE.search(_before(text, match.start())):
            yield Found("plate", *match.span())
    for pattern in (_PLATE_VN, _PLATE_VN_DASHED):
        for match in pattern.finditer(text):
            if not _MONEY_AFTER.match(text, match.end()):
                yield Found("plate", *match.span())
    for pattern in (_PLATE_ID_BARE, _PLATE_VN_BARE):
        for match in pattern.finditer(text):
            if _SAYS_PLATE.search(_before(text, match.start())):
                yield Found("plate", *match.span())


# ---- phones -----------------------------------------------------------------------------------------------------------------
_BETWEEN = r"(?:[ \u00a0\u2009\u202f.\-\u2010-\u2013]|\)[ \u00a0.-]?|[ \u00a0][-\u2010-\u2013][ \u00a0])"
_DASHED_MOBILE = r"(?:(?:62|0)8\d{7}|0[35789]\d{8})"
_SECOND_MOBILE = rf"(?:(?<=\d/)|(?<=\d{{3}},))(?=(?:\+?62|0)[ .\-]?8\d|\+84|0[35789]\d{{8}})|(?<=\d{{7}}-)(?={_DASHED_MOBILE})"
_PHONE_END = rf"(?:{_END}|(?=-{_DASHED_MOBILE})|(?=/\d{{1,3}}(?![\w/]|[.,\-]\d)))(?!%)"
_PHONE_START = rf"(?:{_start('wa', 'hp', 'tel', 'telp', 'tlp', 'hub', 'sđt', 'sdt', 'zalo')}|{_SECOND_MOBILE})(?!(?<=-)\d{{1,3}}\.\d{{4}})"
"""Behind a minus a figure with a point is a coordinate."""
_PHONE = re.compile(rf"{_PHONE_START}(?:\+{_GAP}?[1-9]|\(\+?\d|00|0|62|84)(?:{_BETWEEN}?\d){{6,15}}{_PHONE_END}", re.I)
_PHONE_BARE = re.compile(rf"{_PHONE_START}[1-9](?:{_SEPARATOR}?\d){{7,12}}(?!%){_END}", re.I)
_SAYS_PHONE = re.compile(
    r"\b(?:wa|whatsapp|telp|tlp|telepon|hp|hub|hubungi|kontak|nomor hp|no\.? ?hp|no\.? ?wa|sđt|sdt|đt|điện thoại|dien thoai|liên hệ|zalo|"
    r"gọi|call|phone|tel)\b[^\d\n]{0,14}$",
    re.I,
)
_MOBILE = re.compile(r"(?:(?:\+|00)?62|0)8[1-9]\d{7,10}$|(?:(?:\+|00)?84|0)[35789]\d{8}$")
_DATE_LIKE = re.compile(
    r"\d{1,3} -?\d{1,3}\.\d{4,7}|\(?0?\d{1,2}[-./ ]\d{1,2}[-./ ](?:\d{4}|\d{2})\)?(?!\d)|0\d[.:]\d{2} ?[-–] ?\d\d[.:]\d{2}"
)
_SERVICE_TYPES = (
    phonenumbers.PhoneNumberType.TOLL_FREE,
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.SHARED_COST,
    phonenumbers.PhoneNumberType.UAN,
)
_NOT_A_PHONE = re.compile(
    r"\b(?:isbn|issn|doi|pasal|nomor perkara|perkara|no\. perkara|nomor surat|số hiệu|rp|idr|usd|rt|rw)[\s:.]*$", re.I
)
_LINE_SHAPED = re.compile(r"\(0\d{1,3}\)[ -]?\d{3,4}[ -]?\d{3,5}$|0(?:21|22|24|31|61)[ -]?\d{3,4}[ -]?\d{4}$|02\d[ .-]?\d{4}[ .-]?\d{4}$")
_SERVICE = re.compile(r"0800|0809|0807")
_ANY_LINE = re.compile(r"0\d{8,11}$")


def _line_is_real(number: str) -> bool:
    """Whether the numbering plan of Indonesia, Vietnam or (with a plus) any land knows this number as a person's or an office's line."""
    if number.startswith("00"):
        number = "+" + number[2:]
    elif number[:2] in ("62", "84"):
        number = "+" + number
    regions = (None,) if number.startswith("+") else ("ID", "VN")
    for region in regions:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) not in _SERVICE_TYPES:
            return True
    return False


def _phones(text: str) -> Iterator[Found]:
    for match in _PHONE.finditer(text):
        if _DATE_LIKE.match(match.group()) or _NOT_A_PHONE.search(_before(text, match.start())):
            continue
        said = _SAYS_PHONE.search(_before(text, match.start())) is not None
        for start, end in _shortenings(text, *match.span()):
            written = text[start:end]
            if _is_phone(written, said) and not (_MONEY_AFTER.match(text, end) and end != match.end()):
                yield Found("phone", start + (written.startswith("(") and ")" not in written), end)
                break
    for match in _PHONE_BARE.finditer(text):
        said = _SAYS_PHONE.search(_before(text, match.start())) and not _MONEY_AFTER.match(text, match.end())
        if said and _is_phone("0" + match.group(), said=False):
            yield Found("phone", *match.span())


def _is_phone(written: str, said: bool) -> bool:
    """A mobile number or a city's line by its shape, any line the numbering plan knows, any length that fits after a word for phone."""
    compact = "".join(character for character in written if character.isdigit() or character == "+")
    if _MOBILE.match(compact) or _LINE_SHAPED.match(written) or (said and _ANY_LINE.match(compact) and not _SERVICE.match(compact)):
        return True
    return _line_is_real(compact)


# ---- all together -----------------------------------------------------------------------------------------------------------
Detector = Callable[[str], Iterator[Found]]
DETECTORS: tuple[Detector, ...] = (_emails, _handles, _npwps, _niks, _cccds, _papers, _plates, _accounts, _phones)
"""In order of right: what an earlier one claims, a later one may not touch."""

_MAY_STAND_IN_ADDRESS = (_emails, _handles)
_WORTH_A_LOOK = re.compile(r"\d{3}|\d\D?\d|@|\bat\b|\.(?:com|me|net|app)/", re.I)


_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff\u20e3"
_DRESSED = re.compile(rf"(?P<unseen>[{_UNSEEN}]+)|(?P<blank>[\u2000-\u200a\u3000])|[\uff01-\uff5e]|[^\D0-9]")
"""Zero-width and soft marks, wide blanks, full-width letters, and figures of any script but our own (also keycaps)."""
_KEYCAP = ("\ufe0f", "\u20e3")
_SISTER_LINE = re.compile(rf"/(\d{{3,4}}[ .\-]?\d{{3,4}})(?!%){_END}")
_IN_LISTS: frozenset[IdentifierKind] = frozenset(("NIK", "NPWP", "CCCD", "NIP", "account", "phone", "tax"))


def _plain_letter(match: re.Match[str]) -> str:
    figure = unicodedata.decimal(match.group(), None)
    if figure is not None:
        return str(figure)
    return " " if match["blank"] else unicodedata.normalize("NFKC", match.group())


def _plainly(text: str) -> tuple[str, list[int]]:
    """The text in plain dress, and for every letter of it where it stands in the original."""
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for match in _DRESSED.finditer(text):
        pieces.append(text[at : match.start()])
        places.extend(range(at, match.start()))
        at = match.end()
        if not match["unseen"]:
            pieces.append(_plain_letter(match))
            places.append(match.start())
    pieces.append(text[at:])
    places.extend(range(at, len(text)))
    return "".join(pieces), places


def find_identifiers(text: str) -> tuple[Found, ...]:
    """All identifiers of a text, in order of place, never overlapping."""
    if text.isascii() or not _DRESSED.search(text):
        return _find(text)
    plain, places = _plainly(text)
    found: list[Found] = []
    for one in _find(plain):
        end = places[one.end - 1] + 1
        while text[end : end + 1] in _KEYCAP:  # the box around a last figure goes with it
            end += 1
        found.append(Found(one.kind, places[one.start], end))
    taken = bytearray(len(text))
    for one in found:
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
    for one in _find(text):  # an unseen mark may also part two numbers
        parted = _DRESSED.match(text, one.end) or (one.start and _DRESSED.match(text, one.start - 1))
        if parted and 1 not in taken[one.start : one.end]:
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def _find(text: str) -> tuple[Found, ...]:
    if not _WORTH_A_LOOK.search(text):
        return ()
    claimed, linked = bytearray(len(text)), bytearray(len(text))  # a mark a letter: lists of spans were quadratic in a page of handles
    for match in _ADDRESS.finditer(text) if "/" in text or "www." in text else ():
        linked[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    found: list[Found] = []

    def take(ones: Iterable[Found], in_addresses: bool = False) -> None:
        for one in ones:
            place = slice(one.start, one.end)
            if 1 not in claimed[place] and (in_addresses or 1 not in linked[place]):
                found.append(one)
                claimed[place] = b"\1" * (one.end - one.start)

    for detector in DETECTORS:
        before = len(found)
        take(detector(text), detector in _MAY_STAND_IN_ADDRESS)
        take(_listed(text, found[before:]))
    return tuple(sorted(found, key=lambda one: one.start))


def _shape(written: str) -> str:
    return "".join("0" if character.isdigit() else character for character in written)


def _listed(text: str, found: Sequence[Found]) -> Iterator[Found]:
    """What stands behind a slash or comma in the very shape of the number before it: `rek 1234567890/0987654321`, `(021) 555123/555124`."""
    known = {one.start for one in found}  # each walks on for itself: a long list is read once
    for one in found:
        if one.kind == "plate" and text[one.end : one.end + 1] in ("/", ",") and (plate := _PLATE_ID_BARE.match(text, one.end + 1)):
            yield Found("plate", *plate.span())
        if one.kind not in _IN_LISTS:
            continue
        shape, end = _shape(text[one.start : one.end]), one.end
        while text[end : end + 1] in ("/", ",") and _shape(text[end + 1 : end + 1 + len(shape)]) == shape:
            start, end = end + 1, end + 1 + len(shape)
            if start in known or text[end : end + 1].isalnum() or _MONEY_AFTER.match(text, end):
                break
            yield Found(one.kind, start, end)
        if one.kind == "phone" and (sister := _SISTER_LINE.match(text, one.end)):
            yield Found("phone", *sister.span(1))
