"""Every sentence the engine can give as a reason, in plain English with named values.

The office translates these by gettext with the English sentence as key; the command line prints them as they are. A test fails when
a code is used and not listed here, or listed and not translated. Group the codes by the module that uses them.
"""

from __future__ import annotations

from kentongan.engine.records import Reason

SENTENCES: dict[str, str] = {
    # duplicates
    "copy.original": "First seen here.",
    "copy.address": "The same page, read again.",
    "copy.exact": "The same text, word for word.",
    "copy.headline": "The same headline within hours.",
    "copy.near": "{share:.0%} of the text is the same.",
    "copy.rewrite": "The same report rewritten: {share:.0%} of its sentences return.",
    # stories
    "story.new": "No story of the last {days:.0f} days is close enough.",
    "story.meaning": "Close in meaning to this story ({score:.2f}).",
    "story.words": "Shares rare words: {words}.",
    "story.numbers": "Shares figures: {numbers}.",
    "story.copy": "A copy of an article that belongs here.",
    "story.language": "Told in another language.",
    "story.officer": "Put here by an officer.",
    # fetching: why a source did not answer as hoped
    "fetch.ok": "It answered.",
    "fetch.not_modified": "Nothing has changed since the last visit.",
    "fetch.moved": "It answered with a redirect that does not say where to.",
    "fetch.not_found": "The address does not exist there (404).",
    "fetch.gone": "The address was removed for good (410).",
    "fetch.forbidden": "The host does not let us in (403).",
    "fetch.unauthorized": "The host wants a sign-in (401).",
    "fetch.client_error": "The host did not accept the request.",
    "fetch.server_error": "The host has a fault of its own.",
    "fetch.too_many_requests": "The host asks for fewer visits (429).",
    "fetch.robots_disallow": "The host's robots.txt asks us not to read this.",
    "fetch.robots_unreadable": "The host's robots.txt could not be read, so nothing else is asked for now.",
    "fetch.dns_failure": "The host's name is not known.",
    "fetch.refused": "The host does not take connections.",
    "fetch.tls_failure": "The host's certificate cannot be trusted.",
    "fetch.timeout": "The host did not answer in time.",
    "fetch.too_slow": "The host answers too slowly to wait for.",
    "fetch.too_large": "The answer is larger than allowed. Look for a smaller feed of the outlet, or raise KENTONGAN_FETCH_MAX_MB.",
    "fetch.bad_encoding": "The answer cannot be unpacked.",
    "fetch.redirect_loop": "The address redirects in a circle.",
    "fetch.too_many_redirects": "The address redirects too many times.",
    "fetch.private_address": "The address leads into a private network and is not allowed by name.",
    "fetch.bad_address": "This is not an address that can be asked.",
    "fetch.protocol_error": "The host's answer is not valid HTTP.",
    "fetch.unreadable": "The answer is neither a feed nor a page that can be read.",
    "fetch.interrupted": "The connection broke before the answer was complete.",
    "fetch.busy": "Our own two connections to this host were both in use.",
    # rhythm: why a source is visited when it is
    "rhythm.new": "Not visited yet.",
    "rhythm.learned": "About {per_day:.1f} new items a day.",
    "rhythm.overflow": "Everything listed was new, so items may have been missed; the next visit comes sooner.",
    "rhythm.silence": "Nothing new for {days:.1f} days.",
    "rhythm.wish": "The source asks to be left alone for {minutes:.0f} minutes.",
    "rhythm.retry_after": "The host asked to come back in {minutes:.0f} minutes.",
    "rhythm.backoff": "Failed {failures} times in a row; visits are spaced out.",
    "rhythm.daily": "Looked at once a day until someone changes the address.",
    "rhythm.busy": "Comes again as soon as a connection is free.",
    # briefing: what is missing
    "briefing.silent": "{source} answers, but has said nothing since {when}.",
    "briefing.failing": "{source} could not be read since {when}.",
    "briefing.skipped": "{source} is skipped: {why}",
    "briefing.waiting": "Items that still wait to be read: {n}.",
    "briefing.nothing_heard": "Nothing has been read yet.",
    "briefing.no_sources": "No source is listened to yet: add the first ones under Sources.",
    # severity
    "severity.harm.0": "No harm is spoken of.",
    "severity.harm.1": "Nuisance or worry: {words} (articles: {count}).",
    "severity.harm.2": "Money, rights, homes or services: {words} (articles: {count}).",
    "severity.harm.3": "Death, injury, illness or hazard: {words} (articles: {count}).",
    "severity.harm.4": "Danger to many lives: {words} (articles: {count}).",
    "severity.velocity": "{observed:.0f} items in {hours} h, usually {expected:.1f}.",
    "severity.reach": "Distinct outlets: {outlets}.",
    "severity.gap": "Questions nobody official has answered: {questions}.",
    "severity.gap.answered": "People asked, and an official source has answered.",
    "severity.credibility.official": "An official source says it.",
    "severity.credibility.press": "Press outlets that say it: {outlets}; nothing official yet.",
    "severity.credibility.public": "Only public posts say it ({posts}); not confirmed.",
    "severity.guard.harm": "Danger to many lives makes it a crisis, whatever the reach.",
    "severity.guard.talk": "No harm and no open question: talk alone is never above low.",
    # signals
    "signal.count": "{count} items in {hours:.0f} h, usually {expected:.1f} at this time.",
    "signal.term": "“{term}” in {count} items in {hours:.0f} h, usually {expected:.1f} at this time.",
    "signal.outlets": "Outlets: {outlets}; stories: {stories}.",
    "signal.until": "Falls back if fewer than {n} further by {time}.",
    "signal.fell": "Fell back: nothing further in {hours:.0f} h.",
    # briefing
    "briefing.rising": "Rising: {count} items in {hours:.0f} h, usually {expected:.1f} at this time.",
    "briefing.new": "New since your last visit, first at {time}.",
    "briefing.grew": "Items since your last visit: {count}.",
    "briefing.quiet": "Nothing further since {time}.",
    "briefing.outlets": "Outlets: {outlets}; articles: {articles}, copies: {copies}.",
    "briefing.next.hold": "Name the owner now; holding statement within 60 minutes.",
    "briefing.next.assign": "Assign an owner; agree the facts.",
    "briefing.next.answer": "Answer what people ask, or say who will.",
    "briefing.next.verify": "Ask the responsible unit whether it is so.",
    "briefing.next.watch": "Watch.",
}


def sentence(reason: Reason) -> str:
    """The English sentence of a reason; a missing value is a bug and raises KeyError."""
    return SENTENCES[reason.code].format(**reason.values)
