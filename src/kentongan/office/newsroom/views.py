"""The public site of an office: what it said, for everybody, without signing in and without JavaScript."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kentongan.office.listening import presenting
from kentongan.office.newsroom import machines, queries
from kentongan.office.people import public
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.typed import whole

FRESH_S = 2
STILL = "kentongan.still"
"""In the environment of a request whose page becomes a file (`exporting`): nothing stands there that needs an answer. No header sets it."""


def _address(office: Office, slug: str) -> str:
    return f"{settings.CONFIG.public_url}{reverse('news_item', args=[office.slug, slug])}"


def _kept(request: OfficeRequest, answer: HttpResponse) -> HttpResponse:
    """The answer for everybody: fresh for two seconds, and not sent again to whoever has it."""
    answer["ETag"] = f'W/"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer["Cache-Control"] = f"public, max-age={FRESH_S}"
    answer["Vary"] = "Accept-Language, Cookie"
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer  # type: ignore[return-value]


@require_safe
def news(request: OfficeRequest, slug: str) -> HttpResponse:
    """What the office published, the latest first; by language and words."""
    office = public.enter(request, slug)
    languages = queries.get_languages(office, request.now)
    chosen = request.GET.get("language", "")
    words = request.GET.get("q", "").replace("\0", "")[: queries.LONGEST_WORDS]
    start = whole(request.GET.get("start", ""), 6) or 0
    items, more = queries.get_page(office, request.now, chosen if chosen in languages else "", words, start)
    context = {
        "office": office, "items": items, "words": words, "language": chosen, "languages": languages.items() if len(languages) > 1 else (),
        "next": start + queries.PAGE if more else None, "first": not start, "still": STILL in request.META,
    }  # fmt: skip
    return _kept(request, render(request, "newsroom/news.html", context))


@require_safe
def item(request: OfficeRequest, slug: str, item: str) -> HttpResponse:
    """One publication as it was published, with what became of it."""
    office = public.enter(request, slug)
    one = queries.get_one(office, request.now, item)
    if one is None:
        raise Http404(gettext("There is no publication at this address."))
    earlier = queries.get_earlier(one, request.now)
    shown, claim, newer = queries.item_of(one), queries.get_false_claim(one), queries.get_newer(one)
    context: dict[str, Any] = {
        "office": office,
        "item": shown,
        "others": queries.get_other_languages(one, request.now),
        "earlier": earlier,
        "earlier_title": queries.shortened(earlier.version.text.split("\n")[0]) if earlier is not None else "",
        "newer": newer,
        "metadata": machines.news_article(
            office, shown, _address(office, shown.slug), _address(office, newer.slug) if newer is not None else ""
        ),
        "still": STILL in request.META,
        "review": machines.claim_review(office, shown, claim, _address(office, shown.slug)) if claim else "",
        "ahead": shown.next_update is not None and shown.next_update > request.now,
        "zone": presenting.zone(),
    }
    return _kept(request, render(request, "newsroom/item.html", context))


@require_safe
def atom(request: OfficeRequest, slug: str) -> HttpResponse:
    """The Atom feed."""
    office = public.enter(request, slug)
    body = machines.atom(office, queries.get_latest(office, request.now), *_where(office, "news_atom"), lambda one: _address(office, one))
    return _kept(request, HttpResponse(body, content_type="application/atom+xml; charset=utf-8"))


@require_safe
def rss(request: OfficeRequest, slug: str) -> HttpResponse:
    """The RSS feed."""
    office = public.enter(request, slug)
    body = machines.rss(office, queries.get_latest(office, request.now), *_where(office, "news_rss"), lambda one: _address(office, one))
    return _kept(request, HttpResponse(body, content_type="application/rss+xml; charset=utf-8"))


@require_safe
def json_feed(request: OfficeRequest, slug: str) -> HttpResponse:
    """The JSON feed."""
    office = public.enter(request, slug)
    body = machines.json_feed(
        office, queries.get_latest(office, request.now), *_where(office, "news_json"), lambda one: _address(office, one)
    )
    return _kept(request, JsonResponse(body, json_dumps_params={"ensure_ascii": False}, content_type="application/feed+json"))


@require_safe
def sitemap(request: OfficeRequest, slug: str) -> HttpResponse:
    """The sitemap."""
    office = public.enter(request, slug)
    home, _here = _where(office, "news_sitemap")
    body = machines.sitemap(home, queries.get_addresses(office, request.now), lambda one: _address(office, one))
    return _kept(request, HttpResponse(body, content_type="application/xml"))


def _where(office: Office, name: str) -> tuple[str, str]:
    base: str = settings.CONFIG.public_url
    return f"{base}{reverse('news_of_office', args=[office.slug])}", f"{base}{reverse(name, args=[office.slug])}"
