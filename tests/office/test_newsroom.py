"""The public site: what was said to everybody, as it was said, for people, readers of feeds and search engines."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from approvals import asked as waiting
from approvals import decide, people_of, sight_of, sound
from desk import NOW, page
from django.test import Client
from django.urls import reverse
from statements import FRAME, TEXT, Papers, papers

from kentongan.office.desk import statement_approval, statement_queries, statement_services
from kentongan.office.desk.models import Publication, Sentence, Statement
from kentongan.office.desk.statement_correcting import begin_correction
from kentongan.office.desk.statement_publishing import publish, publish_in_emergency
from kentongan.office.desk.statement_queries import get_last, sentences_of
from kentongan.office.newsroom import machines, queries
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
SECTIONS = ("instruction", "instruction", "next_update", "contact")


@pytest.fixture
def room() -> Papers:
    return people_of(papers())


def published(
    room: Papers, text: str = "Jauhi tepi sungai.\nPindah ke balai kecamatan.", language: str = "id", kind: str = "chat"
) -> Publication:
    found = statement_services.begin(room.desk.lina, room.issue, kind, language, FRAME, NOW)
    found = statement_services.write(room.desk.lina, found, text, FRAME, found.version, NOW)
    for one in sentences_of(get_last(found)):
        found = statement_services.settle_sentence(room.desk.lina, found, one.key, "instruction", (), found.version, NOW)
    return publish_in_emergency(room.desk.sari, found, "Air naik cepat", sight_of(found), NOW)


def asked(room: Papers, name: str = "news_of_office", *more: str, client: Client | None = None, **query: str):
    return (client or Client(HTTP_ACCEPT_LANGUAGE="en")).get(reverse(name, args=[room.desk.office.slug, *more]), query)


def test_an_office_that_published_nothing_says_so(room) -> None:
    answer = asked(room)
    assert answer.status_code == 200
    assert "Nothing has been published yet." in answer.content.decode()


def test_what_was_published_stands_there_for_a_stranger_word_for_word(room) -> None:
    one = published(room)
    assert "Jauhi tepi sungai." in asked(room).content.decode()
    body = asked(room, "news_item", one.slug).content.decode()
    assert all(sentence in body for sentence in one.version.text.split("\n"))
    assert room.desk.lina.shown not in body, "the office speaks; the ledger knows who"
    assert 'lang="id"' in body


def test_papers_for_the_office_itself_are_not_there(room) -> None:
    kinds = {kind.value for kind in statement_queries.FOR_EVERYBODY}
    assert kinds == {"holding", "press", "release", "clarification", "faq", "social", "chat", "sms", "radio"}
    one = published(room)
    Statement.objects.filter(pk=one.statement_id).update(kind="leader_note")
    assert asked(room, "news_item", one.slug).status_code == 404
    assert one.slug not in asked(room).content.decode()
    assert json.loads(asked(room, "news_json").content)["items"] == []


def test_a_draft_and_an_unknown_address_are_404_and_another_office_shows_nothing_of_it(room) -> None:
    room.written(TEXT)
    one = published(room)
    assert asked(room, "news_item", "2026-01-01-tidak-ada").status_code == 404
    other = builders.make_office("Kota Jauh", "jauh")
    assert Client().get(reverse("news_item", args=[other.slug, one.slug])).status_code == 404
    assert Client().get(reverse("news_of_office", args=["tidak-ada"])).status_code == 404
    assert one.slug not in Client().get(reverse("news_of_office", args=[other.slug])).content.decode()


def test_what_was_withdrawn_stays_readable_with_its_mark(room) -> None:
    one = published(room)
    found = Statement.objects.get(pk=one.statement_id)
    statement_approval.withdraw(room.desk.sari, found, "Air sudah surut", found.version, NOW + timedelta(hours=1))
    for answer in (asked(room), asked(room, "news_item", one.slug)):
        assert "Withdrawn: this does not hold any more." in answer.content.decode()
    assert "Jauhi tepi sungai." in asked(room, "news_item", one.slug).content.decode()


def test_words_and_languages_narrow_the_list_and_hostile_ones_break_nothing(room) -> None:
    one, other = published(room), published(room, "Stay away from the river.", "en")
    assert (one.slug in asked(room, q="SUNGAI").content.decode(), other.slug in asked(room, q="sungai").content.decode()) == (True, False)
    assert one.slug not in asked(room, language="en").content.decode()
    assert "Nothing was found." in asked(room, q="%").content.decode()
    for query in ({"q": "<script>'\0" * 50}, {"start": "-1"}, {"start": "٣"}, {"start": "9" * 40}, {"language": "xx"}):
        answer = asked(room, **query)
        assert answer.status_code == 200
        assert "<script>'" not in answer.content.decode()


def test_another_language_of_the_same_paper_is_one_link_away(room) -> None:
    one, other = published(room), published(room, "Stay away from the river.", "en")
    assert reverse("news_item", args=[room.desk.office.slug, other.slug]) in asked(room, "news_item", one.slug).content.decode()


def test_no_text_ends_the_script_of_the_metadata(room) -> None:
    part = queries.Part("", ["</script><script>alert(1)</script>"])
    item = queries.Item("x", "Jauhi </script><b>sungai</b> & pindah", "Post", "id", NOW, [part], None, "published")
    said = machines.news_article(room.desk.office, item, "https://kota.example/o/kota/news/x/")
    assert not {"<", ">", "&"} & set(said)
    assert json.loads(said)["headline"] == "Jauhi </script><b>sungai</b> & pindah"


def test_a_page_carries_its_metadata(room) -> None:
    one = published(room)
    (said,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', asked(room, "news_item", one.slug).content.decode(), re.DOTALL
    )
    told = json.loads(said)
    assert (told["@type"], told["headline"], told["inLanguage"]) == ("NewsArticle", "Jauhi tepi sungai.", "id")


def test_feeds_and_sitemap_name_every_publication_once(room) -> None:
    slugs = [published(room).slug, published(room, "Hindari jalan\u0007 utama.").slug]
    atom = Tree.fromstring(asked(room, "news_atom").content)
    entries = atom.findall("{http://www.w3.org/2005/Atom}entry")
    assert [entry.find("{http://www.w3.org/2005/Atom}id").text.rsplit("/", 2)[1] for entry in entries] == slugs[::-1]
    told = json.loads(asked(room, "news_json").content)
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["url"].rsplit("/", 2)[1] for item in told["items"]] == slugs[::-1]
    places = [
        one.text for one in Tree.fromstring(asked(room, "news_sitemap").content).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    assert sorted(place.rsplit("/", 2)[1] for place in places[1:]) == sorted(slugs)


def test_who_has_it_is_not_sent_it_again(room) -> None:
    one = published(room)
    tag = asked(room, "news_item", one.slug)["ETag"]
    again = Client(HTTP_ACCEPT_LANGUAGE="en").get(
        reverse("news_item", args=[room.desk.office.slug, one.slug]), headers={"if-none-match": tag}
    )
    assert again.status_code == 304


def test_first_load_needs_no_script_no_font_and_less_than_a_hundred_kilobytes(room) -> None:
    one = published(room)
    body = asked(room, "news_item", one.slug).content
    static = Path(queries.__file__).parents[1] / "static"
    files = {name.split("/static/")[1] for name in re.findall(r'(?:href|src)="(/static/[^"]+)"', body.decode())}
    names = {re.sub(r"\.[0-9a-f]{8,12}(\.\w+)$", r"\1", name) for name in files}
    assert names == {"kentongan/tokens.css", "kentongan/newsroom.css", "kentongan/icon.svg"}
    assert len(body) + sum((static / name).stat().st_size for name in names) < 30_000
    assert b"<script src" not in body


def test_a_page_costs_the_same_queries_with_many_publications(room, count_queries) -> None:
    published(room)
    asked(room)
    with count_queries() as few:
        asked(room)
    for number in range(8):
        published(room, f"Jauhi sungai di RW {number}.")
    with count_queries() as many:
        asked(room)
    assert len(few) == len(many)


def test_what_was_approved_and_published_appears_under_its_kind(room) -> None:
    found = decide(room.dewi, waiting(room))
    one = publish(room.desk.sari, found, sight_of(found), NOW)
    body = asked(room, "news_item", one.slug).content.decode()
    assert "Holding statement" in body
    assert "Jauhi tepi sungai." in body


def test_the_record_of_a_publication_leads_to_what_everybody_reads(room) -> None:
    one = published(room)
    there = reverse("news_item", args=[room.desk.office.slug, one.slug])
    assert there in page(room.desk.sari, reverse("publication", args=[one.statement_id]))
    Statement.objects.filter(pk=one.statement_id).update(kind="sitrep")
    assert there not in page(room.desk.sari, reverse("publication", args=[one.statement_id]))


LATER = NOW + timedelta(hours=1)
WRONG = "Bukan 42 rumah, yang benar 24 rumah."


def corrected(room: Papers) -> tuple[Publication, Publication]:
    """A publication and, an hour later, its correction."""
    found = decide(room.dewi, waiting(room))
    old = publish(room.desk.sari, found, sight_of(found), NOW)
    draft = begin_correction(room.desk.lina, Statement.objects.get(pk=found.pk), WRONG, NOW)
    draft = decide(room.dewi, waiting(room, draft))
    return old, publish(room.desk.sari, draft, sight_of(draft), LATER)


def withdrawn(room: Papers) -> Publication:
    """Something published and withdrawn an hour later."""
    one = published(room)
    found = Statement.objects.get(pk=one.statement_id)
    statement_approval.withdraw(room.desk.sari, found, "Air sudah surut", found.version, LATER)
    return one


def metadata(room: Papers, one: Publication) -> dict[str, str]:
    """What a page says for search engines."""
    body = asked(room, "news_item", one.slug).content.decode()
    return json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)[0])


def test_feeds_say_in_the_language_of_the_text_what_was_withdrawn_or_corrected_and_when(room) -> None:
    gone, (old, new) = withdrawn(room), corrected(room)
    told = {one["id"].rsplit("/", 2)[1]: one for one in json.loads(asked(room, "news_json").content)["items"]}
    marks = [told[one.slug]["title"].partition(":")[0] for one in (gone, old, new)]
    assert marks == ["Ditarik", "Diralat", "Ralat"]
    first = [told[one.slug]["content_text"].split("\n")[0] for one in (gone, old, new)]
    assert first == ["Ditarik: pernyataan ini tidak berlaku lagi.", "Diralat: pernyataan ini tidak berlaku lagi.", WRONG]
    assert {told[one.slug]["date_modified"] for one in (gone, old, new)} == {LATER.isoformat()}
    assert told[old.slug]["date_published"] == NOW.isoformat()
    at = "{http://www.w3.org/2005/Atom}"
    feed = Tree.fromstring(asked(room, "news_atom").content)
    entries = {entry.find(f"{at}id").text.rsplit("/", 2)[1]: entry for entry in feed.findall(f"{at}entry")}
    assert [entries[one.slug].find(f"{at}title").text.partition(":")[0] for one in (gone, old, new)] == marks
    assert WRONG in entries[new.slug].find(f"{at}summary").text
    moments = {entries[one.slug].find(f"{at}updated").text for one in (gone, old)} | {feed.find(f"{at}updated").text}
    assert moments == {LATER.isoformat()}


def test_rss_tells_the_same_as_the_other_feeds(room) -> None:
    gone, (old, new), whole = withdrawn(room), corrected(room), published(room, "Hindari jembatan & dermaga.\u0007")
    answer = asked(room, "news_rss")
    assert answer["Content-Type"].startswith("application/rss+xml")
    items = {item.findtext("guid").rsplit("/", 2)[1]: item for item in Tree.fromstring(answer.content).iter("item")}
    titles = [items[one.slug].findtext("title") for one in (gone, old, new, whole)]
    assert [one.partition(":")[0] for one in titles] == ["Ditarik", "Diralat", "Ralat", "Hindari jembatan & dermaga."]
    assert items[new.slug].findtext("description").startswith(WRONG)
    assert all(item.findtext("link") == item.findtext("guid") for item in items.values())
    assert reverse("news_rss", args=[room.desk.office.slug]) in asked(room).content.decode()


def test_the_metadata_of_a_page_says_that_it_changed_and_what_corrects_it(room) -> None:
    gone, (old, new) = withdrawn(room), corrected(room)
    whole = published(room, "Hindari jembatan.")
    said = [metadata(room, one) for one in (gone, old, new, whole)]
    assert [one.get("creativeWorkStatus") for one in said] == ["Withdrawn", "Corrected", None, None]
    assert [one["dateModified"] for one in said] == [LATER.isoformat()] * 3 + [NOW.isoformat()]
    assert said[1]["correction"].endswith(reverse("news_item", args=[room.desk.office.slug, new.slug]))
    assert [one.get("correction") for one in (said[0], *said[2:])] == [None, WRONG, None]


def test_a_correction_says_what_was_wrong_and_the_old_text_leads_to_it(room) -> None:
    old, new = corrected(room)
    before, after = (asked(room, "news_item", one.slug).content.decode() for one in (old, new))
    assert "This was corrected on" in before
    assert reverse("news_item", args=[room.desk.office.slug, new.slug]) in before
    assert WRONG in after
    assert reverse("news_item", args=[room.desk.office.slug, old.slug]) in after
    assert "Corrected since." in asked(room).content.decode()


@pytest.mark.parametrize("speech", ["id", "vi", "en"])
def test_a_correction_has_its_heading_in_the_language_of_the_text_and_names_what_was_wrong_with_its_day(room, speech) -> None:
    old, new = corrected(room)
    body = asked(room, "news_item", new.slug, client=Client(HTTP_ACCEPT_LANGUAGE=speech)).content.decode()
    block = body.partition('<div class="ahead">')[2].partition("</div>")[0]
    assert block.startswith("<h2>Ralat dan permohonan maaf</h2>")
    assert [one for one in (queries.shortened(old.version.text.split("\n")[0]), NOW.isoformat()[:10], WRONG) if one not in block] == []


def test_whoever_approves_a_correction_reads_its_heading_as_well(room) -> None:
    old, _new = corrected(room)
    made = Statement.objects.get(corrects=old.statement_id)
    assert {made.heading, Statement(language="vi", corrects=made).heading} == {"Ralat dan permohonan maaf", "Thông tin cải chính, xin lỗi"}
    assert Statement(language="vi").heading == ""
    assert f"Ralat dan permohonan maaf. {WRONG}" in page(room.desk.sari, f"/statements/{made.pk}/")


def test_published_corrections_stand_in_the_public_log_for_people_and_programs(room) -> None:
    office = room.desk.office
    body = Client().get(reverse("transparency", args=[office.slug])).content.decode()
    assert WRONG not in body
    _old, new = corrected(room)
    there = reverse("news_item", args=[office.slug, new.slug])
    body = Client().get(reverse("transparency", args=[office.slug])).content.decode()
    assert [one for one in (WRONG, there) if one not in body] == []
    told = Client().get(reverse("transparency_json", args=[office.slug])).json()["published_corrections"]
    assert told == [{"on": NOW.date().isoformat(), "wrong": WRONG, "language": "id", "path": there}]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Its sentences:", "3 written by people", "5 from a template", "Checked by a second person")),
        ("id", ("Asal kalimatnya:", "3 ditulis orang", "5 dari templat", "Sudah diperiksa orang kedua")),
        ("vi", ("Các câu trong văn bản:", "3 câu do người viết", "5 câu theo mẫu", "người thứ hai của cơ quan kiểm tra")),
    ],
)
def test_everybody_reads_where_its_sentences_come_from_in_three_languages(room, language, words) -> None:
    found = decide(room.dewi, waiting(room, sound(room)))
    one = publish(room.desk.sari, found, sight_of(found), NOW)
    body = asked(room, "news_item", one.slug, client=Client(HTTP_ACCEPT_LANGUAGE=language)).content.decode()
    assert [said for said in words if said not in body] == []


def test_what_ai_had_a_part_in_is_counted_apart() -> None:
    rows = [Sentence(origin=origin) for origin in ("human", "ai_draft", "translation_ai", "ai_draft_human_edited", "quote")]
    assert queries.origins_of(rows) == {"human": 1, "quote": 1, "ai": 3}


def test_what_one_person_published_alone_is_not_called_checked(room) -> None:
    body = asked(room, "news_item", published(room).slug).content.decode()
    assert "2 written by people" in body
    assert "second person" not in body
