"""The newsroom for programs: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1, sitemap (sitemaps.org 0.9), NewsArticle (schema.org) in a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as Tree

from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from kentongan.office.desk.models import Issue, Statement
from kentongan.office.newsroom.queries import Item
from kentongan.office.people.models import Office
from kentongan.office.xml import holdable

Address = Callable[[str], str]
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def atom(office: Office, items: Sequence[Item], home: str, here: str, address: Address) -> str:
    """The feed; `address` gives the address of an item by its slug."""
    feed = Atom1Feed(title=office.name, link=home, description="", language=office.language, feed_url=here, feed_guid=home)
    for item in items:
        feed.add_item(
            title=holdable(marked(item)), link=address(item.slug), description=holdable(_noted(item, item.summary, " ")),
            unique_id=address(item.slug), pubdate=item.at, updateddate=item.changed or item.at, author_name=office.name,
        )  # fmt: skip
    return feed.writeString("utf-8")


def rss(office: Office, items: Sequence[Item], home: str, here: str, address: Address) -> str:
    """The same as RSS 2.0, which knows no moment of a change: only the title and the text say that there was one."""
    feed = Rss201rev2Feed(title=office.name, link=home, description=office.name, language=office.language, feed_url=here)
    for item in items:
        feed.add_item(
            title=holdable(marked(item)), link=address(item.slug), description=holdable(_noted(item, item.summary, " ")),
            unique_id=address(item.slug), unique_id_is_permalink=True, pubdate=item.at,
        )  # fmt: skip
    return feed.writeString("utf-8")


def marked(item: Item) -> str:
    """The title as a feed tells it, in the language of the text: withdrawn, corrected or a correction first says so."""
    title = {"title": item.title}
    with translation.override(item.language):
        if item.state == Statement.State.WITHDRAWN:
            return gettext("Withdrawn: %(title)s") % title
        if item.state == Statement.State.CORRECTED:
            return gettext("Corrected: %(title)s") % title
        return gettext("Correction: %(title)s") % title if item.wrong else item.title


def _noted(item: Item, text: str, between: str) -> str:
    """The text after what must be read with it: that it does not hold any more, or what was wrong before."""
    with translation.override(item.language):
        note = {
            Statement.State.WITHDRAWN.value: gettext("Withdrawn: this does not hold any more."),
            Statement.State.CORRECTED.value: gettext("Corrected: this does not hold any more."),
        }.get(item.state, item.wrong)
    return between.join(filter(None, (note, text)))


def json_feed(office: Office, items: Sequence[Item], home: str, here: str, address: Address) -> dict[str, Any]:
    """The same as JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": office.name,
        "home_page_url": home,
        "feed_url": here,
        "language": office.language,
        "items": [
            {
                "id": address(item.slug), "url": address(item.slug), "title": marked(item), "language": item.language,
                "content_text": _noted(item, "\n".join(sentence for part in item.parts for sentence in part.sentences), "\n"),
                "date_published": item.at.isoformat(), "date_modified": (item.changed or item.at).isoformat(),
                "_state": item.state, "_correction": item.wrong,
            }
            for item in items
        ],
    }  # fmt: skip


def sitemap(home: str, addresses: Sequence[tuple[str, datetime]], address: Address) -> bytes:
    """Every publication with the day it last changed."""
    root = Tree.Element("urlset", xmlns=SITEMAP)
    for where, changed in [(home, None), *((address(slug), changed) for slug, changed in addresses)]:
        entry = Tree.SubElement(root, "url")
        Tree.SubElement(entry, "loc").text = where
        if changed is not None:
            Tree.SubElement(entry, "lastmod").text = changed.date().isoformat()
    return Tree.tostring(root, encoding="utf-8", xml_declaration=True)


STATUS = {Statement.State.WITHDRAWN.value: "Withdrawn", Statement.State.CORRECTED.value: "Corrected"}
"""The states that schema.org's `creativeWorkStatus` tells."""


def news_article(office: Office, item: Item, here: str, newer: str = "") -> SafeString:
    """The metadata of a page; `<`, `>` and `&` are written as escapes so that no text ends the script element.

    `newer`: the address of what corrects it.
    """
    said = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": item.title, "datePublished": item.at.isoformat(),
        "inLanguage": item.language, "url": here, "description": item.summary,
        "publisher": {"@type": "GovernmentOrganization", "name": office.name}, "dateModified": (item.changed or item.at).isoformat(),
    }  # fmt: skip
    correction = newer or item.wrong
    said |= {"correction": correction} if correction else {}
    said |= {"creativeWorkStatus": STATUS[item.state]} if item.state in STATUS else {}
    return _in_a_script(said)


def claim_review(office: Office, item: Item, claim: str, here: str) -> SafeString:
    """ClaimReview (schema.org) of a clarification whose claim a named person found false; the rating is what the record says."""
    with translation.override(item.language):
        rating = str(Issue.Truth.FALSE.label)
    organization = {"@type": "GovernmentOrganization", "name": office.name}
    said = {
        "@context": "https://schema.org", "@type": "ClaimReview", "url": here, "datePublished": item.at.isoformat(),
        "inLanguage": item.language, "claimReviewed": claim, "author": organization,
        "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": rating},
    }  # fmt: skip
    return _in_a_script(said)


def _in_a_script(said: dict[str, Any]) -> SafeString:
    text = json.dumps(said, ensure_ascii=False)
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S308
