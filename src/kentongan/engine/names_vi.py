"""Names of persons in Vietnamese text, by rule.

Observed. A full name is a family name (some sixty cover nearly everyone; Nguyễn alone a third) and one to four more capitalised
syllables. Private people in the news and in posts are mostly called by title and given name (*chị Lan*, *ông Bảy*) or by initials
(*anh N.V.T.*, *bà Th.*). Streets, wards, schools and hospitals bear names of persons too and must stay readable, for they say where.

Method. Three patterns, in this order: a title followed by capitalised syllables or initials; three or more initials; a family name
followed by capitalised syllables, unless a word before it says that a place or house is meant, or it begins a known place. Two-syllable
names need one of the commonest family names. After a person's name was found, its last syllable with a title is a name by the first
pattern.

Known failures. Given names alone without title (*Lan nói…*); everything in small letters; names of the Central Highlands (*H'Hen Niê*)
without title; streets written without *đường* or *phố*; foreign names without title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

Span = tuple[int, int]

_UPPER = "A-ZÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_LOWER = "a-zà-ãè-êìíò-õùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
_ONLY_VIETNAMESE = re.compile("[ăđơưĂĐƠƯạ-ỹẠ-Ỹ]")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    """Phrases parted by `|` or a new line."""
    return tuple(phrase.strip() for line in text.splitlines() for phrase in line.split("|") if phrase.strip())


_FAMILY_COMMON = _words("""
    Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đoàn Trương Lâm Phùng Mai Tô
    Đào Lương Tạ Vương
""")
_FAMILY_RARE = _words("""
    Âu Bạch Bành Bế Ca Cái Cao Cấn Chử Châu Chu Chung Cù Danh Diệp Doãn Đàm Đan Đậu Điền Đinh Đồng Giang Giàng
    Giáp Hà Hạ Hàn Hầu Hình Hứa Kha Khổng Khuất Khúc Kiều Kim Kiên La Lã Lại Lò Lộc Lục Lư Lưu Lường Ma Mã Mạc Mạch
    Mẫn Nghiêm Ngụy Nhan Ninh Nông Ông Phí Phó Quách Quan Quàng Sầm Sơn Sử Sùng Tăng Thạch Thái Thân Thi Thiều Tiêu
    Tòng Tôn Tống Trang Triệu Từ Ung Ưng Văn Vàng Vi Viên Vừ Xa
""")
_PLACES = frozenset(
    _phrases("""
    Bạch Long|Bạch Mai|Cao Bằng|Cao Lãnh|Chu Lai|Châu Phi|Châu Thành|Châu Á|Châu Âu|Châu Đốc|Dương Kinh|
    Dương Minh|Giang Nam|Giang Tây|Hoàng Anh|Hoàng Cầu|Hoàng Liên|Hoàng Mai|Hoàng Sa|Hoàng Su|Hà Giang|Hà Lan|
    Hà Nam|Hà Nội|Hà Tiên|Hà Trung|Hà Tĩnh|Hà Đông|Hàn Quốc|Hồ Chí|Hồ Gươm|Hồ Tây|Kim Bôi|Kim Sơn|Kim Thành|
    Kim Động|Kiên Giang|Kiên Lương|La Gi|La Mã|Lai Châu|Lâm Hà|Lâm Đồng|Lê Chân|Lý Sơn|Lương Sơn|Lương Tài|Lộc Hà|
    Lộc Ninh|Lục Nam|Lục Ngạn|Ma Cao|Mai Châu|Mai Dịch|Mai Linh|Mai Sơn|Ninh Bình|Ninh Kiều|Ninh Thuận|Phan Rang|
    Phan Thiết|Phó Ban|Phó Bí|Phó Chủ|Phó Giám|Phó Thủ|Phó Trưởng|Quan Hóa|Quan Sơn|Sơn La|Sơn Trà|Sơn Tây|
    Thái Bình|Thái Bình Dương|Thái Lan|Thái Nguyên|Thạch Hà|Thạch Thất|Trang Bom|Trần Văn Thời|Trần Đề|Tân Phú|
    Tô Châu|Tô Lịch|Tôn Đản|Tống Sơn|Từ Dũ|Từ Liêm|Từ Sơn|Vi Thanh|Viên Chăn|Võ Nhai|Văn Bàn|Văn Giang|Văn Lâm|
    Vũ Hán|Vũ Quang|Vũ Thư|Vương Quốc|Đinh Hương|Đoàn Thanh|Đường Lâm|Đặng Xá|Đồng Hà|Đồng Hới|Đồng Nai|Đồng Tháp|
    Đồng Xoài
""")
)
_TITLES = "|".join(
    _phrases("""
    ông|bà|anh|chị|em|cô|chú|bác|cụ|cậu|dì|thím|mợ|cháu|bé|thầy|tên|vợ|chồng|con trai|con gái|con rể|bác sĩ|bs|ts|
    ths|pgs|gs|tiến sĩ|thạc sĩ|luật sư|bị cáo|nghi phạm|nạn nhân|bệnh nhân|nghi can|đối tượng|chủ tịch|
    phó chủ tịch|giám đốc|phó giám đốc|bí thư|thủ tướng|phó thủ tướng|bộ trưởng|thứ trưởng|đại tá|thượng tá|
    trung tá|thiếu tá|đại úy|thượng úy|trung úy|thiếu tướng|trung tướng|cựu cầu thủ|cầu thủ|ca sĩ|nghệ sĩ|nhà báo|
    ca bệnh|tài xế|hiệu trưởng|trưởng thôn|y sĩ|điều dưỡng
""")
)
_SYLLABLE = rf"[{_UPPER}][{_LOWER}]{{1,6}}"
_INITIAL = rf"(?:[{_UPPER}]|Th|Ph|Ng|Nh|Tr|Kh|Ch|Gi|Qu)\."
_INITIALS = rf"(?:{_INITIAL} ?){{0,5}}(?:{_INITIAL}|[{_UPPER}](?![\w.]))"
_GIVEN = rf"{_SYLLABLE}(?: (?:{_SYLLABLE}|{_INITIAL}(?!\w))){{0,4}}"
_TITLED = re.compile(
    rf"(?<![\w.])(?i:{_TITLES})(?: (?:là|tên|tên là))? (?P<name>{_GIVEN}|{_INITIALS})",
)
_MANY_INITIALS = re.compile(
    rf"(?<![\w.])(?P<name>(?:{_INITIAL} ?){{1,5}}(?:{_INITIAL}|[{_UPPER}](?![\w.])))|(?<![\w.])(?P<one>[{_UPPER}]\.)(?= [{_LOWER}])"
)
_NO_INITIALS = re.compile(r"(?:T\.? ?P|T\.? ?Ư|U\.? ?S|A\.? ?I|S\.? ?O|V\.? ?I\.? ?P|U\.? ?B)\b|[QPFK]\.$")
_FULL = re.compile(
    rf"(?<![\w.-])(?P<name>(?P<family>{'|'.join(sorted({*_FAMILY_COMMON, *_FAMILY_RARE}, key=len, reverse=True))})"
    rf" {_SYLLABLE}(?: (?:{_SYLLABLE}|{_INITIAL}(?!\w))){{0,3}})(?!\w)"
)
_PLACE_WORDS = "|".join(
    _phrases(r"""
    đường|phố|ngõ|hẻm|quận|phường|xã|tỉnh|huyện|thị xã|thị trấn|thành phố|tp\.?|thôn|ấp|xóm|làng|tổ|khu|trường|
    thpt|thcs|tiểu học|mầm non|đại học|đh|bệnh viện|bv|viện|công ty|tập đoàn|cầu|chợ|công viên|sân|đảo|chùa|đền|
    hồ|sông|núi|giải|tượng đài|quảng trường|ga|bến xe|nút giao|ngã tư|ngã ba|cảng|hầm|đèo|kênh|rạch|nhà thờ|dự án|
    bản|cư xá|chung cư|nhà hát|nhà xuất bản|quê|ở|tại|đến|từ|về
""")
)
_PLACE_BEFORE = re.compile(rf"(?:{_PLACE_WORDS})\s+$", re.I)
_HOUSE_NUMBER = re.compile(r"(?<!nhân )(?<!nhân số )\b\d+[A-Z]?\s+$")
_CAPITAL_BEFORE = re.compile(rf"[{_UPPER}][\w.&-]*\s+$")
_NO_NAMES = frozenset(
    _words("""
    Anh Ban Bình Bắc Bệnh Bộ COVID Chính Chủ Covid Công Cục Giám Hà Hàn Hội Khoa Liên Mỹ Nam Nga Nhật Pháp Phòng Phó
    Quốc Sài Sở TP Trung Trưởng Trạm Tây Tòa Tổng UBND Viện Việt Y Đà Đông Đại Đảng Đức Ấn Ủy
""")
)
"""No name starts so after a title alone: *giám đốc Bệnh viện*, *bộ trưởng Y tế*, *bác sĩ Đà Nẵng*."""
_AFTER_BA = frozenset({"Rịa", "Triệu", "Trưng", "Nà", "Đình", "Đen", "Chiểu"})


def is_vietnamese(text: str) -> bool:
    """Whether letters that only Vietnamese uses make up at least a twentieth of the text's letters."""
    letters = sum(character.isalpha() for character in text)
    return 20 * len(_ONLY_VIETNAMESE.findall(unicodedata.normalize("NFC", text))) >= letters > 0


def _titled(text: str) -> Iterator[Span]:
    for match in _TITLED.finditer(text):
        syllables = match.group("name").split(" ")
        title_is_ba = text[: match.start("name")].rstrip().endswith(("Bà", "Ông"))
        if " ".join(syllables[:2]) in _PLACES or (title_is_ba and (syllables[0] in _AFTER_BA or _says_place(text, match.start()))):
            continue
        if syllables[0] in _NO_NAMES and (len(syllables) < 3 or syllables[0] not in _FAMILY_RARE):
            continue
        if not re.match(r" (?:ủy|uỷ|phủ|viện|tế|tịch|phố)\b", text[match.end() :]):
            yield match.span("name")


def _initialled(text: str) -> Iterator[Span]:
    for match in _MANY_INITIALS.finditer(text):
        if not _NO_INITIALS.match(match.group()):
            yield match.span()


def _full(text: str) -> Iterator[Span]:
    for match in _FULL.finditer(text):
        syllables = match.group("name").split(" ")
        if " ".join(syllables[:2]) in _PLACES or " ".join(syllables[:3]) in _PLACES or _says_place(text, match.start()):
            continue
        if len(syllables) > 2 or match.group("family") in _FAMILY_COMMON:
            yield match.span("name")


def _says_place(text: str, start: int) -> bool:
    """Whether what stands before makes it a street, a ward, a house: a word for it, a house number, or a longer capitalised name."""
    before = text[max(0, start - 24) : start]
    if _PLACE_BEFORE.search(before) or _HOUSE_NUMBER.search(before):
        return True
    word = _CAPITAL_BEFORE.search(before)
    return word is not None and not re.fullmatch(rf"(?i:{_TITLES}|theo|và|của)\s+", word.group())


def _again(text: str, found: list[Span]) -> Iterator[Span]:
    """The given name of a full name found, wherever it stands alone in the same text."""
    given = sorted({text[start:end].split(" ")[-1] for start, end in found if " " in text[start:end]})
    for name in given:
        if re.fullmatch(_SYLLABLE, name) and name not in _NO_NAMES:
            for match in re.finditer(rf"(?<![\w.-]){name}(?![\w-])(?! [{_UPPER}])", text):
                if not _says_place(text, match.start()):
                    yield match.span()


class VietnameseRules:
    """The rules as a tagger: see `kentongan.engine.names.NameTagger`."""

    def spans(self, text: str) -> tuple[Span, ...]:
        """(start, end) of every name, in characters of the text, in order, never overlapping."""
        found: list[Span] = []
        for rule in (_titled, _initialled, _full):
            _add(found, rule(text))
        _add(found, list(_again(text, found)))
        return tuple(sorted(found))


def _add(found: list[Span], more: Iterable[Span]) -> None:
    for start, end in more:
        if all(end <= a or start >= b for a, b in found):
            found.append((start, end))
