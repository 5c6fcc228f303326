"""Queries whose text is written once: the same rows as the ORM gives, whatever the values, from any thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count, F

from kentongan.office.kept import Kept
from kentongan.office.listening.models import Article, Membership, Story

pytestmark = pytest.mark.django_db


def of_office(office, since):
    return (
        Story.objects.filter(office=office, last__gt=since).select_related("headline_article").annotate(n=Count("members")).order_by("pk")
    )


def told(rows):
    return [(row.pk, row.headline, row.headline_article.title, row.n) for row in rows]


def test_its_rows_are_those_of_the_plain_query_for_every_value_in_one_query(house, count_queries):
    kept = Kept(of_office)
    moments = [story.last for story in Story.objects.all()]
    for office in (house.ours.pk, house.theirs.pk, 0):
        for since in (min(moments) - timedelta(days=1), *moments):
            plain = told(of_office(office, since))
            with count_queries() as said:
                rows = kept(office, since)
                assert told(rows) == plain
            assert len(said) == 1


def test_the_text_is_written_once(house):
    made = []

    def written(office):
        made.append(office)
        return Story.objects.filter(office=office).values_list("pk", flat=True)

    kept = Kept(written)
    assert kept(house.ours.pk) and set(kept(house.ours.pk)).isdisjoint(kept(house.theirs.pk))
    assert len(made) == 1


def test_lists_of_any_length_are_one_value_and_columns_may_be_read_alone(house):
    kept = Kept(lambda stories: Membership.objects.filter(story__any_of=stories).values_list("story", F("article__title")).order_by("pk"))
    stories = list(Story.objects.values_list("pk", flat=True))
    for chosen in (stories, stories[:1], [], [-5], stories * 50):
        assert kept(chosen) == list(Membership.objects.filter(story__in=chosen).values_list("story", "article__title").order_by("pk"))


def test_threads_do_not_get_each_others_values(house, transactional_db):
    kept = Kept(lambda pk: Article.objects.filter(pk=pk).values_list("pk", flat=True))
    wanted = list(Article.objects.values_list("pk", flat=True)) * 20

    def ask(pk):
        try:
            return [kept(pk) for _ in range(5)] == [[pk]] * 5
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(ask, wanted))


@pytest.mark.parametrize("value", [None, True, 1.5, {"a": 1}])
def test_a_value_that_may_change_the_text_is_refused(value):
    with pytest.raises(TypeError):
        Kept(lambda office: Story.objects.filter(office=office))(value)


def test_a_value_that_is_no_parameter_is_refused(house):
    with pytest.raises(ValueError, match="not a parameter"):
        Kept(lambda office, size: Story.objects.filter(office=office)[:5])(house.ours.pk, 5)


def test_numbers_texts_and_days_are_bound_as_what_they_are(house):
    kept = Kept(lambda level, seq: Story.objects.filter(level=level, change_seq__gte=seq).order_by("pk"))
    for level in ("watch", "medium", "high", "crisis", "'; --"):
        assert kept(level, 0) == list(Story.objects.filter(level=level, change_seq__gte=0).order_by("pk"))
    days = Kept(lambda day: Story.objects.filter(first__date__gte=day).order_by("pk"))
    first = Story.objects.earliest("first").first.date()
    for day in (first - timedelta(days=2), first + timedelta(days=400)):
        assert days(day) == list(Story.objects.filter(first__date__gte=day).order_by("pk"))
