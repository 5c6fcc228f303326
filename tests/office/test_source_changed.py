"""A source that is changed: what it says of itself, and under which purpose it stands, on the page and by program."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes, services
from kentongan.office.listening.change_pages import ChangeForm
from kentongan.office.listening.models import Article, Purpose, Source
from kentongan.office.people.versions import ConflictError
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of
from test_api import Program, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
DAY = NOW.date()


@pytest.fixture
def source(house):
    return Source.objects.get(office=house.ours, name="Sena Petang")


@pytest.fixture
def client(house):
    return client_of(house.officer)


def another(house, title="Layanan air", **changed):
    draft = purposes.Draft(
        "sources", title, "Mendengar gangguan air.", "Perwali 25/2017", house.administrator, DAY, DAY + timedelta(days=200)
    )
    return purposes.register(house.administrator, replace(draft, **changed), NOW)


def change(who, source, purpose=None, version=0, **said):
    stands = Source.objects.select_related("purpose").get(pk=source.pk)
    return services.change_source(who, stands, version, replace(services.draft_of(stands), **said), purpose or stands.purpose, NOW)


def fields(source, **changed):
    stands = Source.objects.get(pk=source.pk)
    names = ("name", "outlet", "area", "language", "version")
    return {**{name: getattr(stands, name) for name in names}, "purpose": stands.purpose_id, **changed}


def lines(act="source.changed"):
    return [json.loads(line.detail) for line in Line.objects.filter(act=act).order_by("id")]


def text(response):
    return response.content.decode()


def test_a_source_gets_another_name_outlet_place_and_language_on_its_page(house, client, source):
    where = reverse("change_source", args=[source.pk])
    assert where in text(client.get(reverse("source", args=[source.pk])))
    page = text(client.get(where))
    assert 'value="Sena Petang"' in page
    assert "pausing it keeps what was heard" in page
    heard = list(Article.objects.filter(source=source).order_by("pk").values_list("outlet", flat=True))
    said = {"name": " Sena  Sore ", "outlet": "", "area": "Kelurahan Hilir", "language": "id"}
    assert client.post(where, fields(source, **said)).url == reverse("source", args=[source.pk])
    source.refresh_from_db()
    assert (source.name, source.outlet, source.area, source.language) == ("Sena Sore", "Sena Sore", "Kelurahan Hilir", "id")
    assert source.version == 1
    assert list(Article.objects.filter(source=source).order_by("pk").values_list("outlet", flat=True)) == heard
    (line,) = lines()
    assert set(line["fields"]) >= {"name", "outlet", "area"}
    assert "Sena" not in json.dumps(line)


def test_what_is_kept_as_it_is_leaves_no_line(house, client, source):
    client.post(reverse("change_source", args=[source.pk]), fields(source))
    source.refresh_from_db()
    assert (source.version, lines()) == (0, [])


def test_who_comes_second_sees_both_versions_and_may_keep_the_own_one(house, client, source):
    where = reverse("change_source", args=[source.pk])
    mine = fields(source, area="Hilir")
    client.post(where, fields(source, area="Hulu"))
    late = client.post(where, mine)
    assert late.status_code == 409
    assert [(stored, typed) for _, stored, typed in late.context["conflict"]] == [("Hulu", "Hilir")]
    assert "Keep mine" in text(late)
    again = mine | {"version": late.context["form"].data["version"]}
    assert client.post(where, again).status_code == 302
    source.refresh_from_db()
    assert (source.area, source.version) == ("Hilir", 2)
    with pytest.raises(ConflictError):
        change(house.officer, source, name="Lain", version=1)


def test_a_source_whose_purpose_was_ended_is_led_to_another_one_and_goes_on_under_it(house, client, source):
    old, new = source.purpose, another(house)
    purposes.end(house.administrator, old, "Selesai", NOW)
    where = reverse("change_source", args=[source.pk])
    page = text(client.get(reverse("source", args=[source.pk])))
    assert reverse("resume_source", args=[source.pk]) not in page
    assert "Choose another purpose" in page
    sent = client.post(reverse("resume_source", args=[source.pk]))
    assert sent.url == where
    page = client.get(where)
    assert f"The purpose “{old.title}” has been ended. Choose another one" in text(page)
    assert page.context["form"]["purpose"].value() == new.pk
    assert f"{old.title} (is over)" in text(page)
    client.post(where, fields(source, purpose=new.pk))
    source.refresh_from_db()
    assert (source.purpose, source.paused, source.paused_reason, source.next_visit) == (new, False, "", NOW)
    assert lines() == [{"before": old.pk, "fields": ["purpose"], "purpose": new.pk}]
    assert len(lines("source.resumed")) == 1


def test_what_somebody_paused_stays_paused_under_another_purpose(house, source):
    services.pause_source(house.officer, source, "situs pindah", NOW)
    moved = change(house.officer, source, another(house))
    assert (moved.paused, moved.paused_reason) == (True, "situs pindah")
    assert lines("source.resumed") == []


def test_under_a_purpose_that_is_over_a_source_may_be_renamed_but_does_not_go_on(house, client, source):
    purposes.end(house.administrator, source.purpose, "Selesai", NOW)
    page = client.get(reverse("change_source", args=[source.pk]))
    assert "No purpose for sources runs" in text(page)
    assert "Ask an administrator or the legal officer" in text(page)
    assert reverse("new_purpose") in text(client_of(house.administrator).get(reverse("change_source", args=[source.pk])))
    client.post(reverse("change_source", args=[source.pk]), fields(source, name="Sena Malam"))
    source.refresh_from_db()
    assert (source.name, source.paused) == ("Sena Malam", True)


@pytest.mark.parametrize("which", ["ended", "over", "watch", "theirs"])
def test_nothing_is_moved_under_a_purpose_that_does_not_hold_or_is_not_for_sources(house, client, source, which):
    if which == "theirs":
        wrong = builders.purpose_of(house.theirs)
    else:
        wrong = another(house, kind="watch" if which == "watch" else "sources")
    if which == "ended":
        purposes.end(house.administrator, wrong, "Selesai", NOW)
    elif which == "over":
        Purpose.objects.filter(pk=wrong.pk).update(starts=date(2025, 1, 1), ends=date(2025, 2, 1))
    before = source.purpose
    with pytest.raises((InputError, RefusedError)):
        change(house.officer, source, wrong)
    answer = client.post(reverse("change_source", args=[source.pk]), fields(source, purpose=wrong.pk))
    assert (answer.status_code, "purpose" in answer.context["form"].errors) == (422, True)
    source.refresh_from_db()
    assert (source.purpose, source.version, lines()) == (before, 0, [])


def test_a_source_that_may_not_be_added_any_more_is_not_moved_either(house):
    profile = builders.make_source(house.ours, "Budi", url="https://mastodon.example/@budi.rss")
    person = builders.make_source(house.ours, "Kata", url="budi santoso", kind="bluesky", source_kind="public")
    with pytest.raises(RefusedError, match="profile"):
        change(house.officer, profile, another(house))
    with pytest.raises(RefusedError, match="names a person"):
        change(house.officer, person, name="Kata kunci")


def test_another_pattern_reads_the_listing_anew_and_none_is_refused(house, client):
    listing = builders.make_source(
        house.ours, "Daftar", kind="listing", pattern="/berita/*", etag="x", last_modified="y", cursor="z", language="jw-ID"
    )
    where = reverse("change_source", args=[listing.pk])
    refused = client.post(where, fields(listing, pattern=""))
    assert refused.status_code == 422
    assert "every link on it would be read" in refused.context["form"].errors["pattern"][0]
    client.post(where, fields(listing, pattern="/warta/*"))
    listing.refresh_from_db()
    assert (listing.pattern, listing.etag, listing.last_modified, listing.cursor) == ("/warta/*", "", "", "")
    assert listing.language == "jw-ID", "a language that is no choice stays"
    client.post(where, fields(listing, name="Daftar warta", pattern="/warta/*"))
    assert Source.objects.get(pk=listing.pk).name == "Daftar warta"


def test_a_pattern_is_asked_only_where_the_kind_has_one_and_stays_otherwise(house, source):
    Source.objects.filter(pk=source.pk).update(pattern="/a/*")
    assert "pattern" not in ChangeForm(source=source, now=NOW).fields
    assert change(house.officer, source, name="Lain").pattern == "/a/*"


def test_pushes_and_imported_files_are_changed_too(house):
    for kind in ("push", "file"):
        made = builders.make_source(house.ours, f"Kiriman {kind}", url=f"https://{kind}.invalid/1", kind=kind)
        assert change(house.officer, made, another(house, f"Untuk {kind}")).purpose.title == f"Untuk {kind}"


def test_a_name_is_needed(house, source):
    with pytest.raises(InputError, match="Give the source a name"):
        change(house.officer, source, name=" \n ")


def test_fifty_purposes_cost_the_page_no_query(house, client, source, count_queries):
    where = reverse("change_source", args=[source.pk])
    with count_queries() as few:
        client.get(where)
    rows = [Purpose.objects.get(pk=source.purpose_id) for _ in range(50)]
    for number, row in enumerate(rows):
        row.pk, row.title = None, f"Tujuan {number}"
    Purpose.objects.bulk_create(rows)
    with count_queries() as many:
        page = client.get(where)
    assert "Tujuan 49" in text(page)
    assert len(many) == len(few)


@pytest.mark.parametrize(("language", "words"), [("id", "Ubah sumber ini"), ("vi", "Sửa nguồn này")])
def test_the_page_is_said_in_the_readers_language(house, source, language, words):
    purposes.end(house.administrator, source.purpose, "Selesai", NOW)
    page = text(client_of(house.officer, language).get(reverse("change_source", args=[source.pk])))
    assert words in page
    for english in ("Change this source", "What cannot be changed", "No purpose for sources", "is over", "keep the outlet"):
        assert english not in page


# by program


def test_a_program_changes_what_it_names_and_leaves_the_rest(house, source):
    program = Program(token_for(house.officer))
    new = another(house)
    read = program.get(f"sources/{source.pk}").json()
    answer = program.post(f"sources/{source.pk}/change", {"version": read["version"], "area": "Hilir", "purpose": new.pk})
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["area"], said["purpose"], said["version"]) == ("Hilir", new.pk, 1)
    assert {name: said[name] for name in ("name", "outlet", "url", "language")} == {
        name: read[name] for name in ("name", "outlet", "url", "language")
    }
    late = program.post(f"sources/{source.pk}/change", {"version": 0, "name": "Lain"})
    assert late.status_code == 409


@pytest.mark.parametrize(
    "wrong", [{"version": 0, "purpose": 987_654}, {"version": 0, "url": "https://x.example/"}, {"name": "Tanpa versi"}]
)
def test_a_program_is_told_what_is_wrong_with_its_change(house, source, wrong):
    answer = Program(token_for(house.officer)).post(f"sources/{source.pk}/change", wrong)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert Source.objects.get(pk=source.pk).version == 0
