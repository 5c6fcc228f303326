"""Every sentence the engine can give as a reason, in plain English with named values.

The office translates these by gettext with the English sentence as key; the command line prints them as they are. A test fails when
a code is used and not listed here, or listed and not translated. Group the codes by the module that uses them.

What a reader of feeds, pages or lists could not take is a `Remark`: the English sentence itself, which remembers its code and values.
"""

from __future__ import annotations

from collections.abc import Mapping

from kentongan.engine.records import Reason, Value

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
    "fetch.busy": "There was no turn for us: our two connections were in use, or the host asks for a pause.",
    # visits: what was observed when a host did not answer as hoped
    "visit.no_answer": "No answer within {seconds:.1f} s.",
    "visit.slow": "Only {bytes} bytes came in {seconds:.1f} s.",
    "visit.slow_redirects": "Redirects used up all the time there is.",
    "visit.closed": "The visit was broken off because we stopped.",
    "visit.waited": "No connection to {host} was free within {seconds:.0f} s.",
    "visit.pause": "{host} asks for {seconds:.0f} s between two visits (crawl-delay); the next turn comes later.",
    "visit.long_pause": "{host} asks for {hours:.0f} h between two visits (crawl-delay); a day is the longest we wait.",
    "visit.loop": "The redirects lead back to {address}.",
    "visit.redirects": "More than {n} redirects.",
    "visit.robots": "The robots.txt of {host} asks us not to read {path}.",
    "visit.announced": "The answer announces {bytes} bytes, more than {limit}.",
    # readers: what was left out of a feed, a page or a list, and why
    "feed.empty": "The answer is empty.",
    "feed.page": "This is a web page, not a feed.",
    "feed.none": "There is no feed in this answer.",
    "feed.packed": "The answer is packed and cannot be unpacked: {fault}.",
    "feed.long": "The answer is longer than {mb} MB; only the beginning was read.",
    "feed.marks": "The answer has more than {n} tags or entities; only the beginning was read.",
    "feed.entities": "The document declares hundreds of entities; it was not read.",
    "feed.deep": "The document is nested more than {n} levels deep; it was not read.",
    "feed.failed": "The feed cannot be read: {fault}.",
    "feed.malformed": "Not quite well-formed: {fault}.",
    "feed.malformed_at": "Not quite well-formed: {fault} (line {line}).",
    "feed.json": "This is not readable JSON: {fault}.",
    "feed.json_object": "This JSON is not a feed: it is not an object.",
    "feed.json_items": "This JSON is not a feed: it has no list of items.",
    "feed.json_version": "The version of JSON Feed is not named.",
    "feed.entry_empty": "Entries that say nothing, left out: {n}.",
    "feed.entry_again": "Entries that repeat another entry, left out: {n}.",
    "feed.entry_renamed": "Entries with the id of another entry, now known by their link: {n}.",
    "feed.entry_over": "Only the first {limit} entries were read.",
    "feed.listing": "No link on this page fits the pattern {pattern}.",
    "feed.no_page": "There is no page in this answer.",
    "feed.sitemap": "The sitemap {address} could not be read: {outcome}.",
    "page.long": "The page is longer than {mb} MB; only the beginning was read.",
    "page.tags": "The page has more than {n} tags; only the beginning was read.",
    "page.empty": "The page is empty.",
    "page.failed": "The page cannot be read: {fault}.",
    "page.bytes": "Some bytes do not belong to the character set that is declared; they were replaced.",
    "item.no_address": "Items without an address, left out: {n}.",
    "item.no_words": "Items without words, left out: {n}.",
    "item.repeated": "Items that repeat an address, left out: {n}.",
    "item.strange_time": "Items whose time cannot be right, so that the time they were seen is used: {n}.",
    "opml.long": "The file is longer than {mb} MB; it was not read.",
    "opml.entities": "The file declares entities; it was not read.",
    "opml.other": "The file is not OPML.",
    "opml.broken": "The file is not OPML: {fault}.",
    "opml.address": "Entries whose address is not http or https, left out: {n}.",
    "opml.again": "Entries that repeat an address, left out: {n}.",
    "opml.over": "Only the first {limit} entries were read, left out: {n}.",
    # silence: what usually speaks or runs, and has not
    "silence.stopped": "It has said nothing for {hours} hours; {expected} items would be usual.",
    "silence.shrunk": "It says about {share} % of its usual: {n} items where {expected} would be usual.",
    "silence.window": "It has said nothing for {days} days.",
    "silence.job": "This work has not been done for {hours} hours.",
    "silence.failed": "Jobs that failed and are not tried again: {n}.",
    # kinds of source: what each one is, in a sentence
    "source.feed": "A feed (RSS, Atom, JSON Feed) that an outlet offers.",
    "source.sitemap": "A news sitemap that an outlet offers to search engines.",
    "source.listing": "A page of links to articles.",
    "source.mastodon": "Public posts with a hashtag, or the public local timeline, of a Mastodon server.",
    "source.bluesky": "Public posts on Bluesky that have the words or the hashtag.",
    "source.youtube": "The videos of an institution's or outlet's YouTube channel, by title and description.",
    "source.telegram": "The public preview page of an institution's or outlet's Telegram channel.",
    "source.imap": "The office's own mailbox: letters of citizens, or newsletters of outlets.",
    # public posts and mailboxes: what is not read, and why
    "post.person": "This is the address of a person. Kentongan reads topics, never one person's posts: give a hashtag or words instead.",
    "post.mastodon_address": "Write #hashtag@host, https://host/tags/hashtag or https://host/public/local.",
    "post.bluesky_address": "Write words to search for, a #hashtag, or the address of a search or hashtag page of bsky.app.",
    "post.youtube_address": "Write the address of a channel: https://www.youtube.com/channel/UC… or the channel's page.",
    "post.youtube_channel": "This page does not name a channel.",
    "post.telegram_address": "Write the address of a public channel, for example https://t.me/s/channel.",
    "post.telegram_closed": "Groups, invitations and private chats are closed rooms and are not read.",
    "post.telegram_preview": "There is no public preview: this is a group, a person or a channel that does not show itself.",
    "post.not_public": "Posts that are not meant for everybody, left out: {n}.",
    "post.stopped": "The rest could not be read this time: {outcome}.",
    "post.more": "There are more new posts than are read in one visit; the rest comes with the next.",
    "post.missed": "There were more new posts than one visit reads; some may have been missed.",
    "post.no_list": "This answer holds no list of posts.",
    "post.no_token": "The sign-in was accepted, but no token came with it.",
    "mail.address": "Write imaps://host/folder, for example imaps://mail.kota.example/INBOX.",
    "mail.plain": "Without TLS the password could be read on the way: write imaps://, not imap://.",
    "mail.credentials": "A mailbox needs a user and a password.",
    "mail.sign_in": "The server did not accept user and password.",
    "mail.characters": "User or password hold a character that this server cannot take.",
    "mail.folder": "There is no such folder, or it is not ours to open.",
    "mail.large": "The server sent more than it was asked for.",
    "mail.closed": "The server closed the connection.",
    "mail.no_imap": "What answers there is no IMAP server.",
    "mail.older": "Older letters that were there before the first visit, left out: {n}.",
    "mail.more": "There are more new letters than are read in one visit; the rest comes with the next.",
    "mail.automatic": "Automatic answers, left out: {n}.",
    "mail.not_newsletter": "Letters that are no newsletter, left out: {n}.",
    "mail.unreadable": "Letters that could not be read, left out: {n}.",
    "mail.cut": "Letters that were cut because they are long: {n}.",
    # warnings, fact-checks, day files, complaints: what is not taken, and why
    "source.warnings": "Warnings of weather, earth and water: CAP files, lists of them, or BMKG's earthquakes.",
    "source.checks": "Fact-checks of claims: a checker's feed, or a JSON feed of ClaimReview.",
    "source.mediacloud": "Day files of story addresses, as Media Cloud publishes them.",
    "source.complaints": "The export of a complaints system (SP4N-LAPOR!): only how many by topic, place and week.",
    "xml.long": "The document is longer than {n} bytes; it was not read.",
    "xml.entities": "The document declares a document type or entities; it was not read.",
    "xml.broken": "The document is not well-formed XML: {fault}.",
    "file.cut": "The file is damaged or cut off; what was whole before was read: {fault}.",
    "warning.other": "The document is no CAP warning.",
    "warning.head": "The warning has no identifier or no time it was sent; it was left out.",
    "warning.status": "The warning {identifier} is not real or not meant for everybody ({status}, {scope}); it was left out.",
    "warning.message": "The message {identifier} is of type {type} and warns of nothing.",
    "warning.event": "A part of the warning names no event; it was left out.",
    "warning.empty": "The warning {identifier} names no event and ends none.",
    "warning.later": "Warnings left for the next visit: {n}.",
    "warning.failed": "The warning {address} could not be read: {outcome}.",
    "quake.other": "The document is no list of earthquakes.",
    "quake.row": "Earthquakes without a time or a place, left out: {n}.",
    "check.other": "The answer is neither a feed nor JSON.",
    "check.page": "The page {address} could not be read: {outcome}.",
    "check.json": "The ClaimReview of {address} is not JSON.",
    "check.empty": "Checks without a claim or a rating, left out: {n}.",
    "check.over": "Only the first {n} checks were read.",
    "check.later": "Checks left for the next visit: {n}.",
    "cloud.date": "An address with a date in it needs the first day after a #, for example #2026-11-01.",
    "cloud.waiting": "The next day's file is not there yet.",
    "cloud.missing": "No file for {day}.",
    "push.item": "Item {n} was left out: “{field}” is missing or cannot be read.",
    "push.again": "Item {n} repeats an address and was left out.",
    "complaint.columns": "No column names the topic or the time. Known names: {names}.",
    "complaint.rows": "Rows without a topic or a readable time, left out: {n}.",
    "complaint.over": "Only the first {n} rows were read.",
    "complaint.free_text": "The column {column} holds {n} different texts, not topics; nothing of it was kept.",
    "complaint.other": "The answer is no table.",
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
    "rhythm.pause": "The host asks for {minutes:.0f} minutes between two visits (crawl-delay).",
    # briefing: what is missing
    "briefing.silent": "{source} answers, but has said nothing since {when}.",
    "briefing.stopped": "{source} has said nothing since {when}; {expected} items would be usual.",
    "briefing.shrunk": "{source} says about {share} % of its usual since {when}.",
    "briefing.kind_silent": "Nothing from all sources of the kind “{source_kind}” since {when}; {expected} items would be usual.",
    "briefing.kind_shrunk": "Sources of the kind “{source_kind}” say about {share} % of their usual since {when}.",
    "briefing.all_silent": "No source has said anything since {when}; {expected} items would be usual. Check whether the network works.",
    "briefing.all_shrunk": "All sources together say about {share} % of their usual since {when}.",
    "briefing.job_silent": "Background work stands still since {when}: {task}.",
    "briefing.job_failed": "Background work failed at {when} and is not tried again: {task}.",
    "briefing.standstill": "Background work has stood still since {when}: nothing new is collected.",
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
    "signal.topic": "{count} items on one matter ({topic}) in {hours:.0f} h, usually {expected:.1f} at this time.",
    "signal.carried": "Many small stories carry it, among them: {headlines}.",
    "signal.outlets": "Outlets: {outlets}; stories: {stories}.",
    "signal.until": "Falls back if nothing further comes by {time}.",
    "signal.fell": "Fell back: nothing further in {hours:.0f} h.",
    # briefing
    "briefing.rising": "Rising: {count} items in {hours:.0f} h, usually {expected:.1f} at this time.",
    "briefing.new": "New since your last visit, first at {time}.",
    "briefing.grew": "Items since your last visit: {count}.",
    "briefing.quiet": "Nothing further since {time}.",
    "briefing.outlets": "Outlets: {outlets}; articles: {articles}, copies: {copies}.",
    "briefing.also": "The same event in further stories ({count}): {headlines}.",
    "briefing.next.hold": "Name the owner now; holding statement within 60 minutes.",
    "briefing.next.assign": "Assign an owner; agree the facts.",
    "briefing.next.answer": "Answer what people ask, or say who will.",
    "briefing.next.verify": "Ask the responsible unit whether it is so.",
    "briefing.next.watch": "Watch.",
}


class Remark(str):
    """An English sentence of `SENTENCES` that remembers its code and values, so that a reader of another language is told the same."""

    code: str
    values: Mapping[str, Value]

    def __new__(cls, code: str, values: Mapping[str, Value]) -> Remark:
        said = super().__new__(cls, SENTENCES[code].format(**values))
        said.code, said.values = code, dict(values)
        return said

    def __getnewargs__(self) -> tuple[str, Mapping[str, Value]]:  # type: ignore[override]
        return self.code, self.values


def remark(code: str, **values: Value) -> Remark:
    """What was observed or left out. A missing value is a bug and raises KeyError."""
    return Remark(code, values)


def sentence(reason: Reason) -> str:
    """The English sentence of a reason; a missing value is a bug and raises KeyError."""
    return SENTENCES[reason.code].format(**reason.values)
