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

_UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_LOWER = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_ONLY_VIETNAMESE = re.compile("[ăđơưĂĐƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ]")

_FAMILY_COMMON = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đoàn Trương Lâm Phùng Mai Tô Đào Lương Tạ Vương"
).split()
_FAMILY_RARE = (
    "Âu Bạch Bành Bế Ca Cái Cao Cấn Chử Châu Chu Chung Cù Danh Diệp Doãn Đàm Đan Đậu Điền Đinh Đồng Đường Giang Giàng Giáp Hà Hạ Hàn Hầu Hình "
    "Hứa Kha Khổng Khuất Khúc Kiều Kim Kiên La Lã Lại Lò Lộc Lục Lư Lưu Lường Ma Mã Mạc Mạch Mẫn Nghiêm Ngụy Nhan Ninh Nông Ông Phí Phó Quách "
    "Quan Quàng Sầm Sơn Sử Sùng Tăng Thạch Thái Thân Thi Thiều Tiêu Tòng Tôn Tống Trang Triệu Từ Ung Ưng Văn Vàng Vi Viên Vừ Xa"
).split()
_PLACES = frozenset(
    (
        "Hà Nội|Hà Nam|Hà Giang|Hà Tĩnh|Hà Đông|Hà Tiên|Hà Lan|Hà Trung|Hồ Chí|Hồ Tây|Hồ Gươm|Thái Bình|Thái Nguyên|Thái Lan|Thái Bình Dương|Cao Bằng|"
        "Cao Lãnh|Lâm Đồng|Lâm Hà|Đồng Nai|Đồng Tháp|Đồng Hới|Đồng Hà|Đồng Xoài|Ninh Bình|Ninh Thuận|Ninh Kiều|Bạch Mai|Bạch Long|Tô Lịch|Từ Liêm|"
        "Từ Sơn|Từ Dũ|Mai Sơn|Mai Châu|Mai Dịch|Mai Linh|Lý Sơn|Châu Đốc|Châu Âu|Châu Á|Châu Phi|Châu Thành|Chu Lai|La Mã|La Gi|Lục Ngạn|Lục Nam|Vũ Hán|"
        "Vũ Thư|Vũ Quang|Thạch Thất|Thạch Hà|Võ Nhai|Phan Thiết|Phan Rang|Đoàn Thanh|Đinh Hương|Dương Kinh|Dương Minh|Lê Chân|Hoàng Mai|Hoàng Sa|"
        "Hoàng Liên|Hoàng Anh|Hoàng Su|Hoàng Cầu|Viên Chăn|Sơn La|Sơn Tây|Sơn Trà|Văn Giang|Văn Lâm|Văn Bàn|Trần Đề|Trần Văn Thời|Hàn Quốc|Kim Sơn|"
        "Kim Thành|Kim Bôi|Kim Động|Kiên Giang|Kiên Lương|Vi Thanh|Lai Châu|Đường Lâm|Tôn Đản|Tân Phú|Lương Sơn|Lương Tài|Đặng Xá|Phó Chủ|Phó Giám|"
        "Phó Thủ|Phó Trưởng|Phó Bí|Phó Ban|Trang Bom|Giang Nam|Giang Tây|Ma Cao|Quan Hóa|Quan Sơn|Lộc Ninh|Lộc Hà|Tống Sơn|Vương Quốc|Tô Châu"
    ).split("|")
)
_TITLES = (
    r"ông|bà|anh|chị|em|cô|chú|bác|cụ|cậu|dì|thím|mợ|cháu|bé|thầy|tên|vợ|chồng|con trai|con gái|con rể|bác sĩ|bs|ts|ths|pgs|gs|tiến sĩ|thạc sĩ|"
    r"luật sư|bị cáo|nghi phạm|nạn nhân|bệnh nhân|nghi can|đối tượng|chủ tịch|phó chủ tịch|giám đốc|phó giám đốc|bí thư|thủ tướng|"
    r"phó thủ tướng|bộ trưởng|thứ trưởng|đại tá|thượng tá|trung tá|thiếu tá|đại úy|thượng úy|trung úy|thiếu tướng|trung tướng|cựu cầu thủ|cầu thủ|ca sĩ|"
    r"nghệ sĩ|nhà báo|ca bệnh|tài xế|hiệu trưởng|trưởng thôn|y sĩ|điều dưỡng"
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
_PLACE_BEFORE = re.compile(
    r"(?:đường|phố|ngõ|hẻm|quận|phường|xã|tỉnh|huyện|thị xã|thị trấn|thành phố|tp\.?|thôn|ấp|xóm|làng|tổ|khu|trường|thpt|thcs|tiểu học|mầm non|đại học|đh|"
    r"bệnh viện|bv|viện|công ty|tập đoàn|cầu|chợ|công viên|sân|đảo|chùa|đền|hồ|sông|núi|giải|tượng đài|quảng trường|ga|bến xe|nút giao|ngã tư|ngã ba|"
    r"cảng|hầm|đèo|kênh|rạch|nhà thờ|dự án|thôn|bản|cư xá|chung cư|nhà hát|nhà xuất bản|quê|ở|tại|đến|từ|về)\s+$",
    re.I,
)
_HOUSE_NUMBER = re.compile(r"(?<!nhân )(?<!nhân số )\b\d+[A-Z]?\s+$")
_CAPITAL_BEFORE = re.compile(rf"[{_UPPER}][\w.&-]*\s+$")
_NO_NAMES = frozenset(
    (
        "Anh Mỹ Pháp Đức Nga Nhật Hàn Covid COVID Ủy Hội Sở Bộ Ban Đảng Quốc Công Liên Phòng Việt Bệnh Chủ Giám Phó Trưởng Chính Trung "
        "Viện Khoa Cục Tổng Ủy Đà Hà Sài Bình Y Nam Bắc Đông Tây Ấn Trạm Tòa Đại UBND TP"
    ).split()
)
"""No name starts so after a title alone: *giám đốc Bệnh viện*, *bộ trưởng Y tế*, *bác sĩ Đà Nẵng*."""
_AFTER_BA = frozenset("Rịa Triệu Trưng Nà Đình Đen".split())


def is_vietnamese(text: str) -> bool:
    """Whether letters that only Vietnamese uses make up at least a fiftieth of the text's letters."""
    letters = sum(character.isalpha() for character in text)
    return 50 * len(_ONLY_VIETNAMESE.findall(unicodedata.normalize("NFC", text))) >= letters > 0


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
