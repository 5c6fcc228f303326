"""What may be watched: issues, places, offices; never a private person. The figures at the end are the ones the documentation gives."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.names import load_tagger
from kentongan.engine.ordinary import is_listed
from kentongan.engine.query_names import is_profile, judge, names_a_holder, normalised

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "names"
TAGGER = load_tagger()

PEOPLE = """
    Budi Santoso|budi santoso|BUDI SANTOSO|"Budi Santoso" banjir|banjir -budi santoso|Siti Aminah banjir|guru siti aminah|Pak Budi
    Bu Siti RT 3|mbak rina|Wali Kota OR Budi Santoso|Wali Kota, Siti Aminah|Anies Baswedan|joko widodo|John Smith
    Nguyễn Văn An|nguyễn văn an|nguyen van an|NGUYEN VAN AN|Trần Thị Mai|tran thi mai|Phạm Minh Tuấn kẹt xe|anh Nguyễn Văn Bình
""".replace("\n", "|").split("|")
FINE = """
    Wali Kota Muarasena|Wali Kota|Kepala Dinas Kesehatan|Wali Kota Budi|Chủ tịch ubnd tỉnh|Mayor|Pak Camat
    Jalan Ahmad Yani|jalan ahmad yani rusak|SMA Budi Utomo|Puskesmas Rawa Kenari
    harga beras naik|banjir rob|demam berdarah|sampah menumpuk|pungutan liar sekolah|listrik padam|dana desa|PPDB|jembatan ambruk
    đường Nguyễn Trãi|duong nguyen van linh|ngập nước|cúp điện|giá xăng
    đường sắt hà nội|sốt xuất huyết|hồ sơ đất đai|cao tốc bắc nam|kim ngạch xuất khẩu
    water outage|flood warning|Kecamatan Rawa jalan rusak|gunung merapi|Pilkada
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("query", [one.strip() for one in PEOPLE if one.strip()])
def test_a_private_person_is_not_watched(query):
    assert judge(query, TAGGER).finding == "name"


@pytest.mark.parametrize("query", [one.strip() for one in FINE if one.strip()])
def test_issues_places_and_offices_are_watched(query):
    assert judge(query, TAGGER).allowed


@pytest.mark.parametrize("query", ["0812-3456-7890", "warga@papan.example", "@budisantoso", "NIK 3273012501900001"])
def test_numbers_and_handles_of_people_are_not_watched(query):
    assert judge(query, TAGGER).finding == "identifier"


def test_it_says_where_the_name_stands():
    found = judge("  banjir   di   rumah  Budi Santoso ", TAGGER)
    assert normalised("  banjir   di   rumah  Budi Santoso ")[found.start : found.end] == "Budi Santoso"


HELD = """
    Wali Kota Budi Santoso|wali kota budi santoso|Budi Santoso, Wali Kota Muarasena|Kepala Dinas Kesehatan Budi Santoso
    Chủ tịch Nguyễn Văn An|chủ tịch ubnd nguyễn văn an|Mayor John Smith
""".replace("\n", "|").split("|")
HOLDERS = ("Budi Santoso", "Nguyễn Văn An", "John Smith", "Muarasena")


@pytest.mark.parametrize("query", [one.strip() for one in HELD if one.strip()])
def test_a_full_name_beside_a_public_office_is_watched_only_where_the_office_lists_it(query):
    assert judge(query, TAGGER).finding == "name"
    assert judge(query, TAGGER, HOLDERS).allowed


def test_a_neighbours_name_does_not_hide_behind_an_office_and_a_holders_name_alone_is_a_persons():
    assert judge("Wali Kota Siti Aminah", TAGGER, HOLDERS).finding == "name"
    assert judge("Wali Kota Budi Santoso Wijaya", TAGGER, HOLDERS).finding == "name"
    assert judge("Budi Santoso", TAGGER, HOLDERS).finding == "name"


def test_a_ward_of_the_office_may_be_looked_for_alone_and_hides_nobody():
    wards = ("Pelita Dalam", "Lê Lợi")
    assert judge("Pelita Dalam", TAGGER).finding == "name"
    assert judge("Pelita Dalam", TAGGER, (), wards).allowed
    assert judge("banjir pelita dalam", TAGGER, (), wards).allowed
    assert judge("Budi Santoso OR Pelita Dalam", TAGGER, (), wards).finding == "name"
    assert judge("Pelita Dalam Santoso", TAGGER, (), wards).finding == "name"


THINGS = """
    galon|tandon|tangki|Galon|gayung|galon kosong|tandon kosong|air tandon|tangki bocor|harga gayung|isi ulang gayung|galon OR tandon
    "tandon bocor" -galon|tangki bocor di pasar
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("query", [one.strip() for one in THINGS if one.strip()])
def test_things_that_end_as_names_do_are_watched(query):
    assert judge(query, TAGGER).allowed


def press_writes_it_small(words):
    """An office whose press writes everything small: the worst that evidence can say."""
    return words.islower()


@pytest.mark.parametrize(
    "query",
    [
        "Budi", "budi", "Surya", "panel surya", "Agus", "joko", "Tandon Santoso", "tandon santoso", "Galon Aminah", "tangki santoso",
        "galon OR Budi", "Budi OR galon", "Pak Galon", "Bu Tandon", "mbak bunga lestari", "Bu Bunga Lestari", "galon Budi Santoso",
        "nguyen van an galon", "Pak Budi galon", "gayung joko", "Wali Kota Budi Tandon",
    ],
)  # fmt: skip
def test_a_name_that_is_also_a_word_or_stands_beside_a_thing_is_a_name(query):
    assert judge(query, TAGGER, HOLDERS).finding == "name"


@pytest.mark.parametrize("query", ["Budi", "surya", "Agus", "joko", "hidayat", "Pak Bayu", "tandon santoso", "bayu santoso", "Siti Aminah"])
def test_what_looks_like_a_name_within_sentences_stays_one_however_the_press_writes_it(query):
    assert judge(query, TAGGER, (), (), press_writes_it_small).finding == "name"


def test_a_word_the_tagger_never_read_is_none_where_the_press_writes_it_small():
    assert judge("bayu", TAGGER).finding == "name"
    assert judge("bayu", TAGGER, (), (), press_writes_it_small).allowed
    assert judge("Bayu", TAGGER, (), (), {"bayu": True}.__getitem__).allowed  # asked as it would be found


def test_the_press_is_asked_only_of_what_would_be_refused():
    asked = []
    judge("harga beras naik OR bayu OR Budi", TAGGER, (), (), lambda words: bool(asked.append(words)))
    assert asked == ["bayu"]


def test_no_thing_of_the_list_is_a_word_of_a_persons_name():
    people = {word.lower() for name, tags in NAMED for one in entities(name, tags) for word in one.split()}
    assert not {word for word in people if is_listed(word)}


def test_a_second_name_does_not_hide_behind_the_office_of_the_first():
    assert judge("Wali Kota Budi Santoso OR Siti Aminah", TAGGER).finding == "name"
    assert judge('Wali Kota "Siti Aminah"', TAGGER).finding == "name"


@pytest.mark.parametrize(
    "address",
    [
        "https://mastodon.example/@budi", "https://mastodon.example/@budi.rss", "https://mastodon.example/users/budi",
        "https://x.com/budi", "https://www.instagram.com/budi.s/", "https://www.facebook.com/profile.php?id=100", "https://bsky.app/profile/b",
        "https://www.tiktok.com/@budi", "https://www.linkedin.com/in/budi", "https://old.reddit.com/", "https://www.reddit.com/user/budi",
    ],
)  # fmt: skip
def test_a_profile_is_no_source(address):
    assert is_profile(address) is ("old.reddit" not in address)


@pytest.mark.parametrize(
    "address",
    [
        "https://kota.example/feed", "https://mastodon.example/tags/banjir", "https://x.com/hashtag/banjir", "https://www.youtube.com/@kota",
        "https://t.me/s/kota", "https://bsky.app/search?q=banjir", "imaps://mail.example/INBOX", "#banjir@mastodon.example", "", "http://[",
    ],
)  # fmt: skip
def test_what_is_no_profile_may_be_a_source(address):
    assert not is_profile(address)


@given(st.text(max_size=80))
def test_any_words_get_the_same_answer_twice_and_a_place_inside_them(words):
    found = judge(words, TAGGER)
    assert found == judge(words, TAGGER)
    assert 0 <= found.start <= found.end <= len(normalised(words))
    assert found.allowed is (found.end == 0)


def entities(name, tags):
    """The distinct entities of the wanted tags in a tagged set."""
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("the evaluation data lies beside the project, not in it")
    out = set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            current: list[str] = []
            for token, tag in [*zip(row["tokens"], row["tags"], strict=True), ("", "O")]:
                if tag.startswith("I-") and tag[2:] in tags and current:
                    current.append(token)
                    continue
                if current:
                    out.add(" ".join(current).replace("_", " "))
                current = [token] if tag.startswith("B-") and tag[2:] in tags else []
    return sorted(out)[:400]


NAMED = (("nergrit-id-valid", {"PERSON"}), ("nerp-id-valid", {"PPL"}))


@pytest.mark.parametrize(
    ("name", "tags", "at_least"),
    [("nergrit-id-valid", {"PERSON"}, 0.85), ("nerp-id-valid", {"PPL"}, 0.90), ("phoner-vi-dev", {"NAME"}, 0.80)],
)
def test_most_full_names_are_refused_in_small_letters_too(name, tags, at_least):
    people = [one.lower() if "-id-" in name else one for one in entities(name, tags) if " " in one and "." not in one]
    refused = sum(not judge(one, TAGGER).allowed for one in people)
    assert refused / len(people) >= at_least


@pytest.mark.parametrize(
    ("name", "tags", "at_most"),
    [
        ("nergrit-id-valid", {"PLACE", "ORGANISATION"}, 0.10),
        ("nerp-id-valid", {"PLC", "EVT"}, 0.10),
        ("phoner-vi-dev", {"ORGANIZATION"}, 0.08),
    ],
)
def test_few_places_and_organisations_are_taken_for_people(name, tags, at_most):
    things = entities(name, tags)
    refused = sum(not judge(one, TAGGER).allowed for one in things)
    assert refused / len(things) <= at_most


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("wali kota", True),
        ("Camat Cempaka", True),
        ("Chủ tịch UBND", True),
        ("Dinas Kesehatan", False),
        ("kecamatan", False),
        ("trợ giá xe buýt", False),
    ],
)
def test_an_office_that_one_person_holds_is_told_from_a_body(words, held):
    assert names_a_holder(words) is held
