"""The public page: everybody reads what an office listens to and why; nobody reads a person or a small group from it."""

from __future__ import annotations

import html
import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

import kentongan.engine
from kentongan.engine.teaching import digest_of
from kentongan.errors import InputError, RefusedError
from kentongan.office.administration import transparency
from kentongan.office.administration.models import Correction
from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes, releases, watches
from kentongan.office.listening.labels_models import Teaching
from kentongan.office.listening.models import Article, Source, Watch
from kentongan.office.people.models import Place
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of, furnished

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings):
    settings.CLOCK = STILL
    found = furnished()
    found.ours.contact, found.ours.about = "ppid@muarasena.example", "Kami mendengar supaya dapat menjawab."
    found.ours.save()
    return found


@pytest.fixture
def legal(house):
    return builders.make_user(house.ours, "hukum", "legal", first_name="Rahasia", last_name="Sekali")


def page(house, person=None, language="en", name="transparency"):
    return client_of(person, language).get(reverse(name, args=[house.ours.slug]))


def test_everybody_reads_topics_sources_retention_ai_and_whom_to_ask_without_signing_in(house, legal):
    draft = purposes.Draft("watch", "Banjir", "Mendengar banjir.", "Perwali 9/2025", legal, date(2025, 11, 1), date(2026, 5, 1))
    row = purposes.register(legal, draft, builders.NOW)
    watches.begin(house.officer, row, "Banjir rob", "banjir rob", builders.NOW)
    answer = page(house)
    assert answer.status_code == 200
    body = answer.content.decode()
    for words in (
        "Mendengar banjir.",
        "Perwali 9/2025",
        "banjir rob",
        "Sena Petang",
        "ppid@muarasena.example",
        "None writes a text",
        "180",
    ):
        assert words in body
    assert "<script" not in body
    assert "Rahasia" not in body
    assert "hukum" not in body


@pytest.mark.parametrize(("language", "words"), [("en", "listens to"), ("id", "id"), ("vi", "vi")])
def test_it_speaks_three_languages(house, language, words):
    answer = page(house, language=language)
    assert answer.headers["Content-Language"] == language
    assert words in answer.content.decode()


def test_it_is_the_page_of_that_office_for_strangers_and_people_of_others_alike(house):
    assert "Sena Petang" in page(house, house.stranger).content.decode()
    answer = client_of(None).get(reverse("transparency", args=["lain"]))
    assert answer.status_code == 200
    assert "Sena Petang" not in answer.content.decode()
    assert client_of(None).get(reverse("transparency", args=["tidak-ada"])).status_code == 404


def test_programs_read_the_same(house):
    data = json.loads(page(house, name="transparency_json").content)
    assert data["office"]["contact"] == "ppid@muarasena.example"
    assert {one["name"] for one in data["sources"]} >= {"Sena Petang"}
    assert data["kept_days"]["visits"] == 30
    assert data["smallest_group"] == 10
    assert not {"owner", "person", "user"} & set(json.dumps(data).split('"'))


HEADS = {path.stem for path in (Path(kentongan.engine.__file__).parent / "heads").glob("*.npz")}


def test_every_head_there_is_stands_among_the_uses_of_ai_with_its_limit(house):
    assert {"tone", "kinds", "claims", "centres", "names", "language"} <= HEADS
    assert {use.name for use in transparency.AI_USES} == HEADS | {"vectors", "forecasts", transparency.TAUGHT}
    for language in ("en", "id", "vi"):
        body = html.unescape(page(house, language=language).content.decode())
        with translation.override(language):
            for use in transparency.AI_USES:
                assert str(use.what) in body
                assert str(use.limit) in body
    data = json.loads(page(house, name="transparency_json").content)
    assert len(data["ai_uses"]) == len(transparency.AI_USES)


def test_a_head_the_office_taught_itself_is_named_while_it_is_used(house):
    assert "Not in use now." in page(house).content.decode()
    weights = {"shift": [0.0] * 8}
    row = Teaching.objects.create(
        office=house.ours, head="kinds", state="active", asked_by=house.officer, asked_at=builders.NOW, digest=digest_of("kinds"),
        weights=weights,
    )  # fmt: skip
    assert "In use now: Kind." in page(house).content.decode()
    assert json.loads(page(house, name="transparency_json").content)["taught_heads"] == ["Kind"]
    Teaching.objects.filter(pk=row.pk).update(digest="of another head")
    assert "Not in use now." in page(house).content.decode()


def test_a_watch_by_place_or_headlines_says_what_it_looks_for_but_not_the_headlines(house, legal):
    draft = purposes.Draft("watch", "Air", "Mendengar air.", "Perwali 9/2025", legal, date(2025, 11, 1), date(2026, 5, 1))
    row = purposes.register(legal, draft, builders.NOW)
    place = Place.objects.create(office=house.ours, code="33.99", name="Kelurahan Rawa Sena", level="village")
    Watch.objects.create(
        office=house.ours, purpose=row, name="Rawa", places=[place.code, "gone"], examples=["Warga mengeluh air", "b", "c"],
        created_by=house.officer, created=builders.NOW,
    )  # fmt: skip
    body = page(house).content.decode()
    assert "Only in: Kelurahan Rawa Sena" in body
    assert "Like 3 headlines" in body
    (one,) = json.loads(page(house, name="transparency_json").content)["watches"]
    assert one == {"name": "Rawa", "query": "", "places": ["Kelurahan Rawa Sena"], "example_headlines": 3, "topic": "Air"}
    assert "Warga mengeluh" not in body


def test_paused_sources_are_counted_and_not_among_those_that_are_read(house):
    Source.objects.filter(office=house.ours).update(paused=False)
    before = json.loads(page(house, name="transparency_json").content)
    assert (before["paused_sources"], "paused" in page(house).content.decode()) == (0, False)
    Source.objects.filter(name="Sena Petang").update(paused=True)
    after = json.loads(page(house, name="transparency_json").content)
    assert (after["paused_sources"], len(after["sources"])) == (1, len(before["sources"]) - 1)
    assert "1 more source is paused and not read at present." in page(house).content.decode()


def test_a_mailbox_is_not_addressed(house):
    Source.objects.filter(name="Sena Petang").update(kind="imap", url="imaps://mail.muarasena.example/INBOX", site_url="")
    assert "imaps://" not in page(house).content.decode()
    assert "imaps://" not in page(house, name="transparency_json").content.decode()


def test_it_costs_the_same_number_of_queries_whatever_there_is(house, legal):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert page(house).status_code == 200
        return len(seen)

    before = cost()
    for number in range(5):
        builders.make_source(house.ours, f"Warta {number}", builders.NOW)
        draft = purposes.Draft("watch", f"Topik {number}", "x", "y", legal, date(2025, 11, 1), date(2026, 5, 1))
        watches.begin(house.officer, purposes.register(legal, draft, builders.NOW), f"Air {number}", f"air {number}", builders.NOW)
        transparency.add_correction(legal, date(2025, 11, 20), f"Angka {number}", "Benar", builders.NOW)
    assert cost() <= before + 1  # the second query of the watches


def test_yearly_figures_come_from_months_that_are_over_and_hide_small_groups(house):
    Article.objects.all().delete()
    for number in range(25):
        builders.make_article(house.ours, builders.Told("Radar", 24 * 40, f"Banjir {number}", "x", "id"), source=None)
    for number in range(9):
        told = builders.Told("Papan", 24 * 40, f"Air {number}", "x", "id", kind="public")
        builders.make_article(house.ours, told, source=None)
    assert releases.release_volumes(house.ours, builders.NOW) == 1
    (year,) = releases.get_years(house.ours)
    assert (year.items, dict(year.by_kind)) == (25, {"press": 25})
    Article.objects.all().delete()
    assert releases.release_volumes(house.ours, builders.NOW) == 0
    assert "2025" in page(house).content.decode()


def test_a_correction_is_published_by_the_legal_officer_and_stays(house, legal):
    client = client_of(legal)
    fields = {"on": "2025-11-20", "what": "Kami menulis 12 RT.", "instead": "Yang benar 21 RT."}
    assert client.post(reverse("own_transparency"), fields).status_code == 302
    assert "Yang benar 21 RT." in page(house).content.decode()
    (line,) = Line.objects.filter(act="correction.made")
    assert json.loads(line.detail) == {"on": "2025-11-20"}
    assert client_of(house.reader).get(reverse("own_transparency")).status_code == 200
    assert client_of(house.officer).post(reverse("own_transparency"), fields).status_code == 403
    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    ("on", "what", "instead", "field"),
    [
        (0, " ", "x", "what"), (0, "x", "", "instead"), (1, "x", "y", "on"), (0, "Hubungi 0812-3456-7890", "y", "what"),
        (0, "x" * 2001, "y", "what"),
    ],
)  # fmt: skip
def test_a_correction_that_says_too_little_or_too_much_is_refused(house, legal, on, what, instead, field):
    with pytest.raises(InputError) as raised:
        transparency.add_correction(legal, builders.NOW.date() + timedelta(days=on), what, instead, builders.NOW)
    assert raised.value.subject == field


def test_nobody_else_corrects_in_the_offices_name(house):
    with pytest.raises(RefusedError):
        transparency.add_correction(house.officer, builders.NOW.date(), "x", "y", builders.NOW)
