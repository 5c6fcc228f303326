"""The official lists of places of Indonesia and Viet Nam, recognised by the names of their columns. Pure.

Indonesia (Kemendagri, *Kode dan Data Wilayah Administrasi Pemerintahan*): one unit a line, code and name; the code says the level and what
stands above: 11 province · 11.01 regency (01-69) or city (71-99) · 11.01.01 district · 11.01.01.2001 village (desa, 2…) or ward
(kelurahan, 1…). Dots may be missing. Viet Nam (GSO, *Danh mục hành chính*): one commune-level unit a line with the units above it; until
30 June 2025 with a district (Mã QH), since 1 July 2025 without. Codes have 2, 3 and 5 digits; leading noughts that a spreadsheet dropped
are put back.

Known limits: the lists say nothing of what became of what; the columns `replaces` and `since` of our own form do. Names are taken as they
stand. Written after the public form of the lists and tried on small samples made by hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_SPACES = re.compile(r"[\s_/.\-]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a list. `parent` is a code or ""."""

    code: str
    name: str
    level: str
    parent: str
    english: str = ""


def key(header: str) -> str:
    """A header as it is compared: small letters without accents, single underscores. "Mã TP" → "ma_tp"."""
    bare = unicodedata.normalize("NFD", header.strip().lower().replace("đ", "d"))
    letters = "".join(character for character in bare if not unicodedata.combining(character))
    return _SPACES.sub("_", letters).strip("_")


_CODES = ("kode", "kode_wilayah", "kode_kemendagri", "kd_wilayah", "code")
_NAMES = ("nama", "nama_wilayah", "nama_provinsi_kabupaten_kota_kecamatan_kelurahan_desa", "name")
_PROVINCE = (("ma_tp", "ma_tinh", "ma_tinh_tp"), ("tinh_thanh_pho", "tinh_tp", "tinh", "ten_tinh"))
_DISTRICT = (("ma_qh", "ma_huyen"), ("quan_huyen", "huyen", "ten_huyen"))
_COMMUNE = (("ma_px", "ma_xa"), ("phuong_xa", "phuong_xa_dac_khu", "xa", "ten_xa"))
_VIETNAMESE = (("thi tran", "commune"), ("phuong", "ward"), ("xa", "commune"), ("dac khu", "special_zone"))


def rows(fields: Mapping[str, str], country: str) -> list[Unit]:
    """The units one line names, highest first; empty where the columns are of neither list."""
    if _first(fields, _PROVINCE[0]) and _first(fields, _PROVINCE[1]):
        return _vietnamese(fields)
    code, name = _first(fields, _CODES), _first(fields, _NAMES)
    unit = _indonesian(code, name) if country == "ID" and code and name else None
    return [unit] if unit else []


def _first(fields: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _indonesian(code: str, name: str) -> Unit | None:
    digits = code.replace(".", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (2, 4, 6, 10):
        return None
    parts = [digits[:2], digits[2:4], digits[4:6], digits[6:]]
    parts = [part for part in parts if part]
    if "." in code and code != ".".join(parts):
        return None
    match len(parts):
        case 1:
            level = "province"
        case 2:
            level = "city" if int(parts[1]) >= 71 else "regency"
        case 3:
            level = "district"
        case _:
            level = "ward" if parts[3].startswith("1") else "village"
    return Unit(".".join(parts), name, level, ".".join(parts[:-1]))


def _vietnamese(fields: Mapping[str, str]) -> list[Unit]:
    province = _padded(_first(fields, _PROVINCE[0]), 2)
    units = [Unit(province, _first(fields, _PROVINCE[1]), "province", "")]
    district, district_name = _first(fields, _DISTRICT[0]), _first(fields, _DISTRICT[1])
    if district and district_name:
        units.append(Unit(_padded(district, 3), district_name, "district", province))
    commune, name = _first(fields, _COMMUNE[0]), _first(fields, _COMMUNE[1])
    if commune and name:
        said = key(_first(fields, ("cap",)) or name).replace("_", " ")
        level = next((level for word, level in _VIETNAMESE if said.startswith(word)), "commune")
        english = _first(fields, ("ten_tieng_anh",))
        units.append(Unit(_padded(commune, 5), name, level, units[-1].code, english))
    return units


def _padded(code: str, digits: int) -> str:
    """Spreadsheets drop leading noughts: 1 → 01, 4 → 00004."""
    return code.zfill(digits) if code.isdigit() else code
