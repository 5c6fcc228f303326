"""Whether what is to be watched names a private person: a query, a watch's name, the address of a source. Pure.

Observed. People search with few words and no capitals ("budi santoso", "nguyen van an"). Offices are named with a person or without
("Wali Kota Budi Santoso", "Kepala Dinas Kesehatan"), and streets, schools and companies are called after people ("Jalan Ahmad Yani").

Method. The query is cut at operators, quotation marks, commas and minus signs, and each piece is read by the taggers that
hide names in public posts (`names.py`), as it is typed and, where it has no capitals or nothing else, also with every word
capitalised and inside two short sentences, because a tagger of running text needs something around a name, and two words by two, because
what stands around in a query is no sentence. Vietnamese in small letters or without accents, which no tagger knows, is read by its family
and middle names. A name that is found may stand where a word for a public body stands before it (at most four words away, no other name
between) or right after it, or a word for a place or house right before it. Beside the word for a public office that one person holds
("Wali Kota", "Budi Santoso, Wali Kota") a full name may stand only when the caller says that it is known: the office's own list of who
holds a public office, and its places ("Wali Kota Muarasena"). A single word right after such a word may stand: a place, a field of work, or
what the press calls the holder. A thing may stand ("tandon bocor"): what the tagger takes for a name by its letters alone is none where it
is listed as a thing or, a single word, the press writes it small (`ordinary.py`), provided that nothing beside it looks like a name, and,
for what is not listed, that it does not look like one within both sentences. Numbers, addresses and handles of people (`identifiers.py`)
may never stand.

Known failures. Figures: `docs/reference/privacy.md`. A neighbour's name after the word for a body ("PDAM Budi Santoso") passes, for bodies
are called so; and so does a single name after an office. Therefore every watch stands in the register with owner and purpose, and on the
public page. Names that are common words, nicknames and names in other languages pass. A village named like a person is refused until a
word for the place stands before it.

Why no list of everybody in office is carried: it would be a list of persons, never complete, and stale the day it is made. An office
registers the few it has to name, each with the day the term ends.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from kentongan.engine.identifiers import find_identifiers
from kentongan.engine.names import NameTagger, Span
from kentongan.engine.names_vi import is_vietnamese
from kentongan.engine.ordinary import is_listed

Finding = Literal["name", "identifier"]
LONGEST = 2_000
BETWEEN_WORDS = 4


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for line in text.splitlines() for part in line.split("|") if part.strip())


HELD: tuple[str, ...] = _phrases(
    """
    presiden|wakil presiden|wapres|menteri|menko|wakil menteri|wamen|gubernur|wagub|wakil gubernur|bupati|wabup|wakil bupati|wali kota
    walikota|wawali|sekda|sekretaris daerah|sekretaris kota|camat|lurah|kepala desa|kades|pj bupati|kepala dinas|kadis|kepala badan
    kaban|kepala kantor|kepala bidang|kepala puskesmas|kepala kepolisian|kapolri|kapolda|kapolres|kapolsek|dandim|danrem|pangdam|kajari
    kajati|jaksa agung|ketua dprd|anggota dprd|ketua dpr|anggota dpr|ketua mpr|ketua kpu|ketua bawaslu|direktur utama|dirut|juru bicara
    chủ tịch|phó chủ tịch|bí thư|phó bí thư|thủ tướng|phó thủ tướng|bộ trưởng|thứ trưởng|chánh văn phòng|người phát ngôn|giám đốc sở
    phó giám đốc sở|trưởng phòng|trưởng công an|giám đốc công an|đại biểu quốc hội|đại biểu hđnd
    chu tich|bi thu|thu tuong|bo truong|giam doc so
    president|vice president|minister|governor|mayor|deputy mayor|regent|chairman of the people's committee|councillor|council member
    head of department|head of agency|chief of police|spokesperson
    """
)
"""Words for a public office that one person holds, in Indonesian, Vietnamese (with and without accents) and English."""
BODIES: tuple[str, ...] = _phrases(
    """
    dinas|badan|kementerian|dprd|dpr|pemkot|pemkab|pemprov|polres|polda|polsek|puskesmas|bpbd|pdam|perumda
    ubnd|hđnd|sở|bộ|ban quản lý|công an tỉnh|công an phường|công an xã|công an thành phố
    agency|department|ministry|city council|city hall
    """
)
"""Words for a public body."""
OFFICE_WORDS = (*HELD, *BODIES)
NAMED_AFTER: tuple[str, ...] = _phrases(
    """
    jalan|jln|jl|gang|gg|jembatan|bandara|pelabuhan|stasiun|terminal|stadion|gelora|gor|taman|pasar|rumah sakit|rs|rsud|rsu|rsup|klinik
    sd|sdn|smp|smpn|sma|sman|smk|smkn|sekolah|universitas|univ|institut|masjid|gereja|pura|vihara|pondok pesantren|pesantren|yayasan|pt
    cv|ud|koperasi|bank|hotel|museum|monumen|waduk|bendungan|sungai|kali|gunung|bukit|pulau|danau|teluk|pantai|kota|kabupaten|kab
    kecamatan|kec|kelurahan|kel|desa|dusun|kampung|provinsi|undang-undang|badai|topan|siklon|piala|tol|flyover|underpass
    đường|phố|ngõ|hẻm|quận|phường|xã|tỉnh|huyện|thành phố|tp|thôn|ấp|xóm|làng|khu phố|khu|trường|thpt|thcs|tiểu học|mầm non|đại học
    bệnh viện|bv|công ty|tập đoàn|cầu|chợ|công viên|sân bay|đảo|chùa|đền|hồ|sông|núi|ga|bến xe|cảng|hầm|đèo|kênh|rạch|nhà thờ|chung cư|bão
    duong|pho|quan|phuong|benh vien|truong|cau|cho
    street|road|bridge|airport|station|stadium|park|market|hospital|clinic|school|university|college|mosque|church|temple|foundation|company
    river|mount|mountain|island|lake|dam|city of|district|ward|village|storm|cyclone|typhoon
    """
)
"""Words for places, houses, companies and storms, which are called after people."""

_FAMILY = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đinh|trịnh|đoàn|trương|lâm|phùng|mai|tô|đào|lương"
    "|tạ|vương|cao|hà"
)
_MIDDLE = (
    "van|thi|huu|duc|minh|quoc|ngoc|thanh|xuan|hong|dinh|cong|kim|quang|tuan|hoai|bao|gia|nhat|tien|trong|viet|anh|tan|phuong|bich|my"
    "|ngan|kieu|nhu|dang|hai|khanh|hoang|trung|phu|si|sy|dai|thuy|tuyet|diem|cam|huy|manh|hung|the|ba|chi"
)
_FAMILIES = frozenset(_FAMILY.split("|"))
_MIDDLES = frozenset(_MIDDLE.split("|"))
_WORD = re.compile(r"[^\W\d_]+")
_PIECES = re.compile(r"[\"“”„«»()|,;]|(?<!\w)(?:OR|AND|NOT|ATAU|HOẶC)(?!\w)|(?<!\S)-(?=\S)")
_HONORIFIC = re.compile(
    r"(?<!\w)(?:pak|bu|mas|mbak|mbah|bang|kang|ustaz|ustad|ustadz)\s+(?!(?:guru|rt|rw|polisi|tani|haji|dan|dari|di|yang)(?!\w))"
    r"(?P<name>[^\W\d_]{3,})",
    re.I,
)
_CARRIERS = (("Menurut ", ", hal itu benar."), ("warga mengeluh tentang ", " sejak kemarin"))
"""A word must look like a name in both: after *menurut* nearly any word does."""


def _pattern(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


_OFFICE = re.compile(rf"(?<!\w)(?:{_pattern(OFFICE_WORDS)})(?!\w)", re.I)
_HOLDER = re.compile(rf"(?<!\w)(?:{_pattern(HELD)})(?!\w)", re.I)
_OFFICE_AFTER = re.compile(rf"\s*[,(–-]\s*(?:selaku |sebagai |là |as )?(?P<word>{_pattern(OFFICE_WORDS)})(?!\w)", re.I)
_HELD = frozenset(word.casefold() for word in HELD)
_NAMED_AFTER = re.compile(rf"(?<!\w)(?:{_pattern(NAMED_AFTER)})\.?\s+$", re.I)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`finding` is "" where nothing speaks against the words; else what was found at `start`…`end` (characters of the normalised words)."""

    finding: Finding | Literal[""] = ""
    start: int = 0
    end: int = 0

    @property
    def allowed(self) -> bool:
        """Whether the words may be watched."""
        return not self.finding


ALLOWED = Verdict()


def normalised(words: str) -> str:
    """Composed letters, single blanks; the form in which words are judged."""
    return " ".join(unicodedata.normalize("NFC", words[:LONGEST]).split())


def nothing_heard(words: str) -> bool:
    """For who has heard nothing of how words are written."""
    del words
    return False


def judge(
    words: str, tagger: NameTagger, known: Iterable[str] = (), places: Iterable[str] = (), ordinary: Callable[[str], bool] = nothing_heard
) -> Verdict:
    """Whether a query or a title names a private person. Deterministic.

    `known` are the names that may stand beside the word for a public office: of who holds one, and of places. `places` are names that may
    stand alone: a ward may be called as people are ("Pelita Dalam", "Lê Lợi"). `ordinary` says of a word in lower case whether the press
    writes it as a word (`ordinary.is_used_small`); it is asked only of what would else be refused.
    """
    names = [folded(name).split() for name in known]
    text = normalised(words)
    for one in find_identifiers(text):
        return Verdict("identifier", one.start, one.end)
    found = _merged(_names_in(text, tagger))
    wards = _standing(places, text)
    for start, end in found:
        in_ward = any(a <= start and end <= b for a, b in wards)
        if not in_ward and not _in_public_role(text, start, end, found, names) and not _is_thing(text, (start, end), tagger, ordinary):
            return Verdict("name", start, end)
    return ALLOWED


def _is_thing(text: str, span: Span, tagger: NameTagger, ordinary: Callable[[str], bool]) -> bool:
    """Whether what looks like a name is an ordinary word, and nothing beside it in its piece looks like a name."""
    said = text[slice(*span)]
    alone = len(_WORD.findall(said)) == 1  # of two words the press may write each small, and together they are somebody
    if not is_listed(said) and not (alone and not _within_sentences(said, tagger) and ordinary(said.lower())):
        return False
    start, end = next((a, b) for a, b in _pieces(text) if a <= span[0] < b)
    piece = text[start:end]
    if any(a < span[1] - start and span[0] - start < b for a, b in (*_addressed(piece), *_vietnamese(piece))):
        return False
    beside = [word for part in (text[start : span[0]], text[span[1] : end]) for word in _WORD.findall(part)]
    return all(is_listed(word) or not _could_be_a_name(word, tagger) for word in beside)


def _within_sentences(words: str, tagger: NameTagger) -> bool:
    """Whether the words look like a name in both sentences."""
    return any(all(any(_inside(form, *carrier, tagger)) for carrier in _CARRIERS) for form in _forms(words))


def _could_be_a_name(word: str, tagger: NameTagger) -> bool:
    """Whether a word looks like a name alone or in either sentence."""
    return any(tagger.spans(form) or any(any(_inside(form, *carrier, tagger)) for carrier in _CARRIERS) for form in _forms(word))


def _standing(names: Iterable[str], text: str) -> list[Span]:
    """Where these names stand in a text, whole, and not before a further word with a capital, which would make them somebody's."""
    plain = folded(text)
    wanted = [re.escape(folded(name)) for name in names] if len(plain) == len(text) else []
    found = [match.span() for name in wanted for match in re.finditer(rf"(?<!\w){name}(?!\w)", plain)]
    return [(start, end) for start, end in found if not text[end : end + 2].strip().isupper() or text[end + 1 : end + 4] == "OR "]


def names_an_office(words: str) -> bool:
    """Whether the words name a public office or body."""
    return _OFFICE.search(normalised(words)) is not None


def names_a_holder(words: str) -> bool:
    """Whether the words name an office that one person holds: what is thought of it is thought of that person."""
    return _HOLDER.search(normalised(words)) is not None


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Overlapping spans as one: what stands with an office stands with it whole."""
    out: list[Span] = []
    for start, end in sorted(set(spans)):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _names_in(text: str, tagger: NameTagger) -> Iterator[Span]:
    for start, end in _pieces(text):
        piece = text[start:end]
        for a, b in (*_tagged(piece, tagger), *_vietnamese(piece), *_addressed(piece)):
            yield start + a, start + b


def _addressed(piece: str) -> Iterator[Span]:
    """*Pak Budi*, *mbak rina*; not *Pak Camat*, who is an office."""
    for match in _HONORIFIC.finditer(piece):
        if not _OFFICE.match(piece, match.start("name")):
            yield match.span("name")


def _tagged(piece: str, tagger: NameTagger) -> Iterator[Span]:
    if is_vietnamese(piece):
        if not piece.islower():
            yield from tagger.spans(piece)
        return
    for form in _forms(piece):
        yield from (span for span in tagger.spans(form) if any(character.isalpha() for character in form[slice(*span)]))
        one, other = (set(_inside(form, before, after, tagger)) for before, after in _CARRIERS)
        yield from ((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))
    words = list(_WORD.finditer(piece))
    for first, second in itertools.pairwise(words):
        pair = piece[first.start() : second.end()]
        if len(words) > 2 and (0, len(pair)) in tagger.spans(pair):
            yield first.start(), second.end()


def _inside(form: str, before: str, after: str, tagger: NameTagger) -> Iterator[Span]:
    """What is found of `form` when it stands in a sentence."""
    for a, b in tagger.spans(f"{before}{form}{after}"):
        start, end = max(0, a - len(before)), min(b - len(before), len(form))
        if start < end:
            yield start, end


def _vietnamese(piece: str) -> Iterator[Span]:
    """Family, middle and given name in small letters, or without any accent."""
    words = list(_WORD.finditer(piece.lower()))
    families = _FAMILIES if is_vietnamese(piece) else {folded(name) for name in _FAMILIES}
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        if first.group() in families and folded(second.group()) in _MIDDLES and piece[first.end() : second.start()] == " ":
            yield first.start(), third.end()


def folded(text: str) -> str:
    """Lower case without accents, đ as d."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(character for character in bare if not unicodedata.combining(character))


def _pieces(text: str) -> Iterator[Span]:
    at = 0
    for match in [*_PIECES.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[at:end]
        if piece.strip():
            shift = len(piece) - len(piece.lstrip())
            yield at + shift, at + shift + len(piece.strip())
        at = match.end() if match else end


def _forms(piece: str) -> Iterator[str]:
    """As typed, and where capitals tell nothing also with every word capitalised."""
    yield piece
    if piece.islower() or piece.isupper():
        titled = piece.title()
        if len(titled) == len(piece):
            yield titled


def _in_public_role(text: str, start: int, end: int, names: list[Span], known: list[list[str]]) -> bool:
    """Whether the name stands with a public body, or with a public office that it is known for, or is itself a place's or a house's."""
    piece_start = max((span[1] for span in _pieces_before(text, start)), default=0)
    offices = list(_OFFICE.finditer(text, piece_start, end))
    place = _NAMED_AFTER.search(text[:start])
    if place is not None and not any(office.start() < place.start() < office.end() for office in offices):  # "Wali Kota" is no city
        return True
    after = _OFFICE_AFTER.match(text, end)
    if after is not None:
        return after["word"].casefold() not in _HELD or _is_known(_WORD.findall(text[start:end]), known)
    near = [office for office in offices if _stands_before(text, office, start, names)]
    if not near:
        return False
    named = _WORD.findall(text[max(start, near[-1].end()) : end])  # a tagger may take the office for a part of the name
    held = any(office.group().casefold() in _HELD for office in near)
    alone = len(named) <= 1 and not text[near[-1].end() : start].strip()
    return not held or alone or _is_known(named, known)


def _stands_before(text: str, office: re.Match[str], start: int, names: list[Span]) -> bool:
    """Whether the word for an office is the name's: not many words and no other name between them."""
    between = text[office.end() : start] if office.end() <= start else ""
    others = any(a >= office.end() and b <= start for a, b in names)
    return not others and len(between.split()) <= BETWEEN_WORDS


def _is_known(words: list[str], known: list[list[str]]) -> bool:
    """Whether these words, in this order, are a name that is known or a part of one."""
    wanted = [folded(word) for word in words]
    return any(wanted == name[at : at + len(wanted)] for name in known for at in range(len(name) - len(wanted) + 1)) if wanted else True


def _pieces_before(text: str, start: int) -> Iterator[Span]:
    for match in _PIECES.finditer(text, 0, start):
        yield match.span()


_PERSON_PATHS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("facebook.com", re.compile(r"^/(?:profile\.php|people/)", re.I)),
    ("linkedin.com", re.compile(r"^/in/", re.I)),
    ("x.com", re.compile(r"^/(?!hashtag/|search|i/|explore)[A-Za-z0-9_]{1,15}(?:/|$)")),
    ("twitter.com", re.compile(r"^/(?!hashtag/|search|i/|explore)[A-Za-z0-9_]{1,15}(?:/|$)")),
    ("instagram.com", re.compile(r"^/(?!explore/|p/|reel/|tv/)[A-Za-z0-9_.]{1,30}(?:/|$)")),
    ("threads.net", re.compile(r"^/@")),
    ("threads.com", re.compile(r"^/@")),
    ("tiktok.com", re.compile(r"^/@")),
    ("bsky.app", re.compile(r"^/profile/")),
    ("zalo.me", re.compile(r"^/\d{6,}")),
    ("wa.me", re.compile(r"^/")),
    ("reddit.com", re.compile(r"^/(?:u|user)/")),
    ("medium.com", re.compile(r"^/@")),
)
_PERSON_PATH_ANYWHERE = re.compile(r"^/(?:@[^/]+|users/[^/]+)(?:/|\.rss|\.atom|$)", re.I)


def is_profile(address: str) -> bool:
    """Whether a web address is somebody's profile or timeline: `/@name` anywhere, and the forms of the well-known networks.

    Agencies have profiles too; they are read where the agency publishes itself (its site, its channel), so that no rule has to know
    whose a profile is.
    """
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("mobile.")
    except ValueError:
        return False
    path = parts.path or "/"
    if host in ("youtube.com", "youtu.be"):
        return False
    if _PERSON_PATH_ANYWHERE.match(path):
        return True
    return any(host == name and pattern.match(path) is not None for name, pattern in _PERSON_PATHS)
