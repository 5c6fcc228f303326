"""What is found as an identifier, and what that looks alike is left."""

from __future__ import annotations

import itertools

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.identifiers import cccd_is_plausible, find_identifiers, nik_is_plausible
from kentongan.measure.privacy_eval import make_texts, score


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find_identifiers(text)]


@pytest.mark.parametrize(
    "number",
    [
        "081234567890",
        "0812-3456-7890",
        "0812 3456 7890",
        "0812.3456.7890",
        "+6281234567890",
        "+62 812-3456-7890",
        "6281234567890",
        "(+62) 81234567890",
        "006281234567890",
        "(021) 5551234",
        "021-5551234",
        "0274 512345",
        "+62 21 5551234",
        "0812–3456–7890",
        "0912345678",
        "0912.345.678",
        "091 234 5678",
        "+84 91 234 5678",
        "84912345678",
        "(028) 3823 4567",
        "024.38234567",
        "+65 9123 4567",
    ],
)
def test_it_finds_a_phone_number_however_it_is_written(number: str) -> None:
    for text in (number, f"Hubungi {number}.", f"gọi {number}, cảm ơn", f"{number} tidak diangkat", f"\u00a0{number}\n"):
        assert found(text) == [("phone", number)], text


def test_it_takes_a_number_without_its_first_zero_only_after_a_word_for_phone() -> None:
    assert found("WA 812-3456-7890") == [("phone", "812-3456-7890")]
    assert found("anggaran 8123456789") == []


def test_a_line_the_numbering_plan_does_not_know_is_taken_by_its_shape_or_after_a_word_for_phone() -> None:
    assert found("kantor (0274) 123456 tutup") == [("phone", "(0274) 123456")]
    assert found("kantor 021-1234567 tutup") == [("phone", "021-1234567")]
    assert found("telp 0100 123456") == [("phone", "0100 123456")]
    assert found("kode 0100 123456") == []
    assert found("telp 0800-1-500-123") == []


@pytest.mark.parametrize(
    "text",
    [
        "Telepon 110, 112, 113, 115, 117, 118, 119 atau 129",
        "Halo BCA 1500888 dan call center 1500123",
        "bebas pulsa 0800-1-500-100",
        "tổng đài 1900 1234 hoặc 1800 6789, gọi 1022",
        "Rp 1.250.000.000",
        "Rp81234567890",
        "1.200.000.000 đồng",
        "02-11-2025",
        "2.11.2025",
        "07.30-16.00 WIB",
        "koordinat -6.200000, 106.816666",
        "10.762622, 106.660172",
        "ISBN 978-602-03-1234-5",
        "ISBN 0-8044-2957-X",
        "Nomor 0812/Pid.B/2024/PN Jkt",
        "Perkara 081/PUU-XXII/2024",
        "LP/B/0123/IV/2025",
        "270.203.917 jiwa",
        "12,5 % naik 0,35 poin",
        "https://www.kompas.com/read/2025/10/06/21064971/judul",
        "https://vnexpress.net/tin-4992107.html?id=0912345678",
        "detik.com/berita/d-8148279/judul-081234567890",
        "Tol Cipali KM 85 B arah Jakarta",
        "RT 05 RW 012",
        "skor 3-1, 45 menit",
        "NIP tidak dicantumkan",
        "G20 DI BALI",
        "PM 2.5",
        "F-16 AU",
        "vitamin B 12",
        "QL1A",
        "COVID-19",
        "2024-2029",
        "@ Rp 5.000",
        "@10.000/kg",
        "Airbus A400M mendarat",
        "mesin F110-GE-129",
        "jet T-50. FA-50 menyusul",
        "kode rekening 5.1.02.04.01",
        "4 B 2022 - NIK belum ada",
        "Kawasaki Z650 S 2026",
        "Galaxy A12 5 G",
        "nomor RT 05 2020-2027",
    ],
)
def test_it_leaves_what_only_looks_like_an_identifier(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "nik", ["3273011203456789", "3273 0112 0345 6789", "327301.120345.6789", "3273-0112-0345-6789", "3171015203990002"]
)
def test_it_finds_an_nik_by_its_build(nik: str) -> None:
    assert found(f"warga dengan {nik} belum terdaftar") == [("NIK", nik)]


def test_it_finds_an_nik_with_a_wrong_date_only_when_it_is_called_so() -> None:
    assert found("NIK 3273019913456781") == [("NIK", "3273019913456781")]
    assert found("kode 3273019913456781") == []


@given(
    st.sampled_from(["11", "32", "53", "97"]),
    st.integers(1, 31),
    st.booleans(),
    st.integers(1, 12),
    st.integers(0, 99),
    st.integers(1, 9999),
)
def test_every_well_built_nik_is_plausible(province: str, day: int, woman: bool, month: int, year: int, serial: int) -> None:
    assert nik_is_plausible(f"{province}0101{day + 40 * woman:02d}{month:02d}{year:02d}{serial:04d}")


@pytest.mark.parametrize(
    "digits", ["9973011203456789", "3200011203456789", "3273003203456789", "3273013213456789", "3273017213456789", "327301120345"]
)
def test_an_nik_of_no_province_district_or_date_is_not_plausible(digits: str) -> None:
    assert not nik_is_plausible(digits)


def test_it_finds_tax_numbers() -> None:
    assert found("NPWP 09.254.294.3-407.000 aktif") == [("NPWP", "09.254.294.3-407.000")]
    assert found("NPWP: 092542943407000") == [("NPWP", "092542943407000")]
    assert found("MST 0312345678-001") == [("tax", "0312345678-001")]


def test_it_finds_vietnamese_papers() -> None:
    assert found("CCCD 079201001234 bị lộ") == [("CCCD", "079201001234")]
    assert found("số 001 203 001 234 bị lộ") == [("CCCD", "001 203 001 234")]
    assert found("CMND 023456789 hết hạn") == [("CCCD", "023456789")]
    assert found("doanh thu 523456789") == []
    assert found("hộ chiếu B1234567") == [("passport", "B1234567")]
    assert found("NIP 198503122010011005 atas nama") == [("NIP", "198503122010011005")]


def test_twelve_figures_are_hidden_whether_they_are_a_phone_or_a_card() -> None:
    assert found("WA 083812345678") == [("phone", "083812345678")]
    assert found("căn cước 083812345678") == [("CCCD", "083812345678")]
    assert cccd_is_plausible("083112345678")
    assert not cccd_is_plausible("083912345678")


@pytest.mark.parametrize(
    "plate",
    [
        "B 1234 XYZ",
        "B1234XYZ",
        "AD-4567-BG",
        "DK 123 AB",
        "L 8789 US",
        "51F-123.45",
        "29-B1 123.45",
        "59X1-234.56",
        "30A-12345",
        "29LD-012.34",
        "80B 123.45",
    ],
)
def test_it_finds_plates(plate: str) -> None:
    assert found(f"mobil {plate} parkir sembarangan") == [("plate", plate)]


def test_it_finds_a_loosely_written_plate_only_after_a_word_for_plate() -> None:
    assert found("nopol b 1234") == [("plate", "b 1234")]
    assert found("biển số 51f 12345") == [("plate", "51f 12345")]
    assert found("ukuran b 1234") == []
    assert found("motor ad 4567 bg parkir di trotoar") == [("plate", "ad 4567 bg")]
    assert found("jarak b 4567 bg") == []
    assert found("mobil h 2024 di jalan") == []


def test_it_finds_accounts_only_next_to_a_bank_or_a_word_for_account() -> None:
    assert found("rekening BCA 1234567890 a.n. panitia") == [("account", "1234567890")]
    assert found("STK: 0123 4567 8901 Vietcombank") == [("account", "0123 4567 8901")]
    assert found("BRI 1234-01-012345-50-6") == [("account", "1234-01-012345-50-6")]
    assert found("kredit BRI Rp 1.250.000.000") == []
    assert found("dana BRI 1.250.000.000 cair") == []
    assert found("produksi 1234567890 butir") == []
    assert found("kartu 4111 1111 1111 1111") == [("account", "4111 1111 1111 1111")]


def test_a_count_after_a_number_is_no_part_of_it() -> None:
    assert found("hubungi 0812 3456 7890 25 orang") == [("phone", "0812 3456 7890")]
    assert found("tài khoản Agribank 4530515617 473 triệu đồng") == [("account", "4530515617")]


@pytest.mark.parametrize(
    "address", ["a@b.vn", "budi.santoso+kota@mail.ugm.ac.id", "nama [at] gmail [dot] com", "nama(at)gmail.com", "Q_9@x-y.co.id"]
)
def test_it_finds_email_addresses(address: str) -> None:
    assert found(f"kirim ke {address}, ya") == [("email", address)]


@pytest.mark.parametrize(
    "handle",
    [
        "@budi_s",
        "@a.b.c",
        "t.me/budi",
        "https://www.instagram.com/budi.s/?hl=id",
        "https://x.com/lan/status/123456",
        "tiktok.com/@lan",
        "@lan@mastodon.social",
    ],
)
def test_it_finds_handles_and_profiles(handle: str) -> None:
    assert [text for _, text in found(f"kata {handle} tadi")] == [handle]


@pytest.mark.parametrize(
    "text",
    [
        "https://www.instagram.com/p/Cxyz123/",
        "https://www.facebook.com/groups/123456",
        "https://x.com/i/lists/1",
        "lihat https://kompas.com/tag/banjir",
    ],
)
def test_a_post_or_group_is_no_profile(text: str) -> None:
    assert found(text) == []


@settings(max_examples=300)
@given(st.text(alphabet="0123456789 +-.()/@ABXYZabc₫\nNIKrekSTK", max_size=80))
def test_what_is_found_lies_in_order_and_never_overlaps(text: str) -> None:
    spans = [(one.start, one.end) for one in find_identifiers(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@settings(max_examples=200)
@given(st.sampled_from(["ID", "VN"]), st.integers(0, 10**8))
def test_it_finds_every_mobile_number_the_numbering_plan_gives_as_example(region: str, jitter: int) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    number = phonenumbers.PhoneNumber(
        country_code=example.country_code,
        national_number=int(str(example.national_number)[:3] + f"{jitter:08d}"[: len(str(example.national_number)) - 3]),
    )
    for style in (
        phonenumbers.PhoneNumberFormat.E164,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.NATIONAL,
    ):
        written = phonenumbers.format_number(number, style)
        assert [text for _, text in found(f"hubungi {written} segera")] == [written]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Telp.08123456789", ["08123456789"]),
        ("no.081234567890", ["081234567890"]),
        ("WA/081234567890", ["081234567890"]),
        ("WA081234567890", ["081234567890"]),
        ("#081234567890", ["081234567890"]),
        ("_081234567890_", ["081234567890"]),
        ("@6281234567890", ["6281234567890"]),
        ("0812-3456-7890/Rina", ["0812-3456-7890"]),
        ("081234567890/081398765432", ["081234567890", "081398765432"]),
        ("081234567890-081398765432", ["081234567890", "081398765432"]),
        ("0912345678,0987654321", ["0912345678", "0987654321"]),
        ("0812-3456-7890/0813-3456-7891", ["0812-3456-7890", "0813-3456-7891"]),
        ("(021) 5551234/5551235", ["(021) 5551234", "5551235"]),
        ("(021) 5551234/35", ["(021) 5551234"]),
        ("NIK.3273011203456789", ["3273011203456789"]),
        ("No.KTP/3273011203456789", ["3273011203456789"]),
        ("3273011203456789/3273011203456790", ["3273011203456789", "3273011203456790"]),
        ("CCCD.079201001234", ["079201001234"]),
        ("(079201001234)", ["079201001234"]),
        ("092 052 632 996/092 052 632 992", ["092 052 632 996", "092 052 632 992"]),
        ("Rek.BCA.1234567890", ["1234567890"]),
        ("rek BCA 1234567890/2987654321", ["1234567890", "2987654321"]),
        ("NPWP.09.254.294.3-407.000", ["09.254.294.3-407.000"]),
        ("B 1234 XYZ/B 2345 ABC", ["B 1234 XYZ", "B 2345 ABC"]),
        ("nopol L209B/L737B", ["L209B", "L737B"]),
        ("Nopol.B 1234 XYZ", ["B 1234 XYZ"]),
        ("51F-123.45/51F-678.90", ["51F-123.45", "51F-678.90"]),
        ("IG/@budi_s", ["@budi_s"]),
        ("https://api.whatsapp.com/send?phone=6281234567890", ["https://api.whatsapp.com/send?phone=6281234567890"]),
    ],
)
def test_a_number_tied_to_a_word_or_to_another_number_is_found(text: str, hidden: list[str]) -> None:
    assert [written for _, written in found(text)] == hidden
    assert [written for _, written in found(f"Info {text}, ya")] == hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("WA 0812\u200b3456\u200b7890 ya", "0812\u200b3456\u200b7890"),
        ("WA 0812\u00ad3456\u20607890.", "0812\u00ad3456\u20607890"),
        ("\u200b\u200bWA\u200b 081234567890\u200b", "081234567890"),
        ("WA ０８１２３４５６７８９０ ya", "０８１２３４５６７８９０"),
        ("WA ٠٨١٢٣٤٥٦٧٨٩٠ ya", "٠٨١٢٣٤٥٦٧٨٩٠"),
        ("0812\u20093456\u30007890", "0812\u20093456\u30007890"),
        ("0\ufe0f\u20e3812345678" + "9\ufe0f\u20e3 ya", "0\ufe0f\u20e38123456789\ufe0f\u20e3"),
        ("NIK 3273\ufeff011203456789", "3273\ufeff011203456789"),
        ("kirim ke ｂｕｄｉ＠gmail．com", "ｂｕｄｉ＠gmail．com"),
        ("B\u200b 1234 XYZ", "B\u200b 1234 XYZ"),
    ],
)
def test_a_number_is_found_in_whatever_letters_and_its_place_is_that_of_the_original(text: str, hidden: str) -> None:
    assert [written for _, written in found(text)] == [hidden]


def test_an_unseen_mark_between_two_numbers_parts_them() -> None:
    assert [written for _, written in found("081234567890\u200b081398765432")] == ["081234567890", "081398765432"]


@pytest.mark.parametrize(
    "text",
    [
        "-0.947083123, 100.417181",
        "-6.200000,106.816666",
        "Rp.62.500.000.000",
        "1.250.000,500.000.000",
        "Nomor 3273011203456789/2/2024",
        "Surat B-1234-KS/IX/2025",
        "ZX-10RR 2026",
        "🌊\u200d🌊 0,0812345678 %",
    ],
)
def test_a_figure_that_goes_on_behind_its_punctuation_is_left(text: str) -> None:
    assert found(text) == []


def test_the_generator_writes_every_spelling_it_names() -> None:
    texts = [one.text for one in make_texts(2_000, seed=3)]
    for sign in ("Telp.0", "WA/", "Rek.BCA.", "/Rina", "\u200b", "０"):
        assert any(sign in text for text in texts), sign


def test_a_made_up_set_not_used_in_development_is_hidden_as_the_issue_asks() -> None:
    figures = score(make_texts(2_000, seed=20_261_122))
    assert figures["recall_bar"] >= 0.995  # type: ignore[operator]
    assert figures["precision_bar"] >= 0.99  # type: ignore[operator]
    assert figures["recall"] >= 0.995  # type: ignore[operator]
