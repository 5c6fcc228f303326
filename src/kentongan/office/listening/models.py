"""What is heard: sources and their visits, articles, stories, signals, briefings. No field names or counts a person of the public.

The *journal* is the one order in which the engine reads: an entry for every article and every officer's merge or split. The listener
replays it to any state, so outputs (stories, copies, signals) are derived and can be made again; articles and decisions cannot.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, HnswIndex

from kentongan.engine.records import Language

DIMENSION = 384
MEANING_GROUPS: tuple[tuple[Language, ...], ...] = (("id", "ms", "jv", "su"), ("vi",), ("en",), ("other",))
"""Languages that are looked through together by meaning; each group has an index of its own, so that the rarest is found as quickly."""


class Purpose(models.Model):
    """A row of the purpose register: why something is listened to, on what legal basis, who answers for it, and until when.

    Every source, watch and search alert belongs to one that has begun and not ended; the database itself refuses a row without.
    """

    class Kind(models.TextChoices):
        SOURCES = "sources", _("Source list")
        WATCH = "watch", _("Watch topic")
        ALERT = "alert", _("Search alert")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="purposes")
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    purpose = models.TextField()
    legal_basis = models.CharField(max_length=500)
    owner = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    starts = models.DateField()
    ends = models.DateField()
    ended = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="purpose_ends_after_it_starts"),
            models.CheckConstraint(condition=~models.Q(purpose="") & ~models.Q(legal_basis=""), name="purpose_says_why_and_by_what_right"),
        ]
        indexes = [models.Index(fields=["office", "ends"], name="purpose_by_end")]
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Watch(models.Model):
    """What is looked for again and again: a watch topic or a search alert. Never a private person (`watches.begin`).

    `query` is read by `engine.watching`; `places` are codes of the office's places; `examples` are headlines, `meaning` what they have in
    common, and `close` and `wider` how near to it something must be (`engine.watching_meaning`).
    """

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="watches")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="watches")
    name = models.CharField(max_length=200)
    query = models.CharField(max_length=500, blank=True)
    places = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    examples = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    meaning = HalfVectorField(dimensions=DIMENSION, null=True)
    close = models.FloatField(default=0.0)
    wider = models.FloatField(default=0.0)
    wide = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    created = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    seen_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(query="") | models.Q(places__len__gt=0) | models.Q(meaning__isnull=False), name="watch_has_words"
            )
        ]
        ordering = ["name", "pk"]


class Source(models.Model):
    """A public place that is visited, or the office's own mailbox or push: `kind` names its reader (`adapters.sources.KINDS`)."""

    class Kind(models.TextChoices):
        FEED = "feed", _("Feed")
        SITEMAP = "sitemap", _("News sitemap")
        LISTING = "listing", _("Listing page")
        MASTODON = "mastodon", _("Mastodon hashtag")
        BLUESKY = "bluesky", _("Bluesky search")
        YOUTUBE = "youtube", _("YouTube channel")
        TELEGRAM = "telegram", _("Telegram public channel")
        IMAP = "imap", _("Mailbox")
        WARNINGS = "warnings", _("Hazard warnings")
        CHECKS = "checks", _("Fact-checks")
        MEDIACLOUD = "mediacloud", _("List of addresses (Media Cloud)")
        COMPLAINTS = "complaints", _("Export of complaints (counts only)")
        PUSH = "push", _("Signed push")
        FILE = "file", _("Imported file")

    class SourceKind(models.TextChoices):
        PRESS = "press", _("Press")
        OFFICIAL = "official", _("Official")
        PUBLIC = "public", _("Public posts")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="sources")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="sources")
    name = models.CharField(max_length=200)
    outlet = models.CharField(max_length=200)
    url = models.URLField(max_length=1000)
    site_url = models.URLField(max_length=1000, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FEED)
    source_kind = models.CharField(max_length=10, choices=SourceKind, default=SourceKind.PRESS)
    pattern = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=10, blank=True)
    area = models.CharField(max_length=200, blank=True)
    paused = models.BooleanField(default=False)
    paused_reason = models.CharField(max_length=300, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    cursor = models.TextField(blank=True)
    """Where the reader left off, in its own words."""
    rhythm = models.JSONField(default=dict)
    backfilled = models.BooleanField(default=False)
    next_visit = models.DateTimeField(null=True)
    last_visit = models.DateTimeField(null=True)
    last_success = models.DateTimeField(null=True)
    last_item = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=30, blank=True)
    outcome_detail = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0)
    """Counts what people changed, not what visits found."""
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "url"], name="source_once_per_office")]
        indexes = [models.Index(fields=["next_visit"], condition=models.Q(paused=False), name="source_due")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """One visit to a source and its named outcome. Kept `keep_raw_days`."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="visits")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=30)
    detail = models.CharField(max_length=500, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    elapsed_ms = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["source", "-at"], name="visit_recent")]
        ordering = ["-at"]

    def save(self, *args: Any, **given: Any) -> None:
        """The office is that of what it belongs to."""
        self.office_id = self.office_id or self.source.office_id
        super().save(*args, **given)


class Article(models.Model):
    """An item with its text, personal data already hidden. `key` is the engine's id: hash of the canonical address it was found under.

    `url` is what is cited: the address the page gives itself, where its page was read. `updated` is when the source says it last changed
    the item, where that is later than `published`; what was read is not read again (`is_changed` tells).
    """

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="articles")
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="articles")
    key = models.CharField(max_length=32)
    url = models.URLField(max_length=2000)
    outlet = models.CharField(max_length=200)
    source_kind = models.CharField(max_length=10, choices=Source.SourceKind)
    title = models.CharField(max_length=1000)
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=5)
    section = models.CharField(max_length=200, blank=True)
    published = models.DateTimeField()
    published_known = models.BooleanField(default=True)
    updated = models.DateTimeField(null=True)
    seen = models.DateTimeField()
    page_state = models.CharField(max_length=30, blank=True)
    embedding = HalfVectorField(dimensions=DIMENSION, null=True)
    search = SearchVectorField(null=True)
    voice = models.CharField(max_length=32, blank=True)
    """Only until the listener has placed a public post: then it is counted in `StoryVoice` and emptied here."""
    waiting = models.BooleanField(default=True)
    """Not yet in the journal. `search` is filled by a trigger (migration 0002)."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="article_once_per_office")]
        indexes = [
            models.Index(fields=["office", "published"], condition=models.Q(waiting=True), name="article_waiting"),
            models.Index(fields=["source", "-published"], condition=models.Q(page_state="due"), name="article_due"),
            models.Index(fields=["office", "-published"], name="article_recent"),
            GinIndex(fields=["search"], name="article_search"),
            *(
                HnswIndex(
                    fields=["embedding"],
                    name=f"article_meaning_{group[0]}",
                    opclasses=["halfvec_ip_ops"],
                    m=16,
                    ef_construction=64,
                    condition=models.Q(language__in=group),
                )
                for group in MEANING_GROUPS
            ),
        ]
        ordering = ["-published"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_changed(self) -> bool:
        """Whether the source says that it changed the item after we had read it."""
        return self.updated is not None and self.updated > self.seen


class JournalEntry(models.Model):
    """One step the engine takes, by `seq` in order. Never changed but that its first reading adds marks by meaning (`journal.settle`)."""

    class Kind(models.TextChoices):
        ARTICLE = "article"
        MERGE = "merge"
        SPLIT = "split"
        TICK = "tick"

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="journal")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    article = models.ForeignKey(Article, null=True, on_delete=models.CASCADE, related_name="journal")
    at = models.DateTimeField()
    payload = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "seq"], name="journal_order")]
        indexes = [
            models.Index(fields=["office", "-at"], condition=models.Q(kind="tick"), name="journal_ticks"),
            models.Index(fields=["office", "at"], condition=models.Q(payload__has_key="marks"), name="journal_marks"),
        ]


class ImportRun(models.Model):
    """How far a file has been imported. `lines` counts lines read, in the same transaction as their articles."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    lines = models.BigIntegerField(default=0)
    articles = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    left_out = models.JSONField(default=dict)
    """Reason (a sentence without what is peculiar to a line) → how many of `skipped`."""
    reached = models.DateTimeField(null=True)
    """Event time up to which the clock was told to the engine."""
    started = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "digest"], name="file_once_per_office")]


class ListenerState(models.Model):
    """Where the office's listener stands. Written in the same transaction as the outputs up to `offset`."""

    office = models.OneToOneField("people.Office", on_delete=models.PROTECT, related_name="listener")
    offset = models.BigIntegerField(default=0)
    snapshot = models.BinaryField(null=True)
    snapshot_offset = models.BigIntegerField(default=0)
    counted = models.BigIntegerField(default=0)
    """Up to which entry what was heard has been counted (`counting`); an engine that reads again does not count again."""
    version = models.CharField(max_length=40, blank=True)
    updated = models.DateTimeField(null=True)
    heard = models.DateTimeField(null=True)


class Story(models.Model):
    """One event told by many, as the engine last said. `counts` are articles per hour (no copies) for the sparkline."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="stories")
    key = models.CharField(max_length=40)
    headline = models.CharField(max_length=1000)
    lead = models.TextField(blank=True)
    headline_article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")
    first = models.DateTimeField()
    last = models.DateTimeField()
    outlets = ArrayField(models.CharField(max_length=200), default=list)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    outlet_count = models.PositiveIntegerField(default=1)
    articles = models.PositiveIntegerField(default=1)
    copies = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=10, default="watch")
    """The level in force: the engine's, or what a person set (`levels`). What the engine itself says stands in `severity`."""
    severity = models.JSONField(default=dict)
    counts = models.JSONField(default=list)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    changed = models.DateTimeField()
    change_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="story_once_per_office")]
        indexes = [
            models.Index(fields=["office", "-last"], condition=models.Q(merged_into=None), name="story_recent"),
            models.Index(fields=["office", "change_seq"], name="story_changed"),
        ]
        ordering = ["-last"]

    def __str__(self) -> str:
        return self.headline


class Membership(models.Model):
    """An article's place in a story: whether it is a copy and of what, how sure, and why (codes of the engine's reasons)."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="membership")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="members")
    original = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="copies")
    copy_kind = models.CharField(max_length=10, default="original")
    copy_score = models.FloatField(default=1.0)
    copy_reason = models.JSONField(default=dict)
    score = models.FloatField(default=1.0)
    reasons = models.JSONField(default=list)

    def save(self, *args: Any, **given: Any) -> None:
        """The office is that of what it belongs to."""
        self.office_id = self.office_id or self.article.office_id
        super().save(*args, **given)


class Signal(models.Model):
    """A story or term above its own past. One event is one signal that is updated."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        DISMISSED = "dismissed", _("Dismissed")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="signals")
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    subject = models.CharField(max_length=1000)
    story = models.ForeignKey(Story, null=True, on_delete=models.SET_NULL, related_name="signals")
    raised = models.DateTimeField()
    updated = models.DateTimeField()
    since = models.DateTimeField()
    observed = models.FloatField()
    expected = models.FloatField()
    outlets = ArrayField(models.CharField(max_length=200), default=list)
    level = models.CharField(max_length=10)
    severity = models.JSONField(default=dict)
    series = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    change_seq = models.BigIntegerField(default=0)
    state = models.CharField(max_length=15, choices=State, default=State.NEW)
    state_reason = models.CharField(max_length=500, blank=True)
    state_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    state_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="signal_once_per_office")]
        indexes = [models.Index(fields=["office", "-raised"], name="signal_recent")]
        ordering = ["-raised"]


class Briefing(models.Model):
    """A signed briefing: what it said and its sources, as they were. Never changed once signed."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="briefings")
    at = models.DateTimeField()
    since = models.DateTimeField()
    language = models.CharField(max_length=5)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    signed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]


class StoryMark(models.Model):
    """What the office decided about a story on the briefing: seen, watched, or not ours."""

    class Mark(models.TextChoices):
        SEEN = "seen", _("Seen")
        WATCH = "watch", _("Watch")
        NOT_OURS = "not_ours", _("Not ours")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="marks")
    mark = models.CharField(max_length=10, choices=Mark)
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "story"], name="one_mark_per_story")]


class BriefingVisit(models.Model):
    """When a person last opened the briefing, so that "since your last visit" is true."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    user = models.OneToOneField("people.User", on_delete=models.CASCADE, related_name="briefing_visit")
    at = models.DateTimeField()
    previous = models.DateTimeField(null=True)

    def save(self, *args: Any, **given: Any) -> None:
        """The office is that of what it belongs to."""
        self.office_id = self.office_id or self.user.office_id
        super().save(*args, **given)


class VoiceKey(models.Model):
    """The salt of one office and one month, under which authors of public posts become `voice` hashes. Destroyed when the month is over."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    salt = models.BinaryField(max_length=32, null=True)
    destroyed = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "month"], name="voice_key_once_a_month"),
            models.CheckConstraint(condition=models.Q(salt=None) | models.Q(destroyed=None), name="destroyed_key_has_no_salt"),
        ]


class StoryVoice(models.Model):
    """One distinct voice in one story: a hash of voice and story, so that no two stories (and no posts) can be tied together."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="voices")
    token = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "token"], name="voice_once_per_story")]


class Credential(models.Model):
    """The secrets of a source, sealed with the key of the data folder; written, tested, never shown."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="credential")
    sealed = models.BinaryField()
    fields = models.JSONField(default=list)
    """The names of what is set, never the values."""
    set_by = models.ForeignKey("people.User", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    tested = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)


class PushReceipt(models.Model):
    """A signed push that was taken, so that the same one is not taken twice. Kept a day."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "nonce"], name="push_once")]


class SourceProposal(models.Model):
    """A host that covers our stories and is not yet a source ("also covered by …")."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        ADDED = "added", _("Added")
        DECLINED = "declined", _("Declined")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    host = models.CharField(max_length=253)
    name = models.CharField(max_length=200, blank=True)
    example = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")
    times = models.PositiveIntegerField(default=1)
    first = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.NEW)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "host"], name="proposal_once_per_host")]
        ordering = ["-times", "host"]


class FactCheck(models.Model):
    """A claim that a fact-checker has looked at, in the checker's own words (`engine.notices.FactCheck`)."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=32)
    """Hash of address and claim."""
    url = models.URLField(max_length=2000)
    claim = models.TextField()
    rating = models.CharField(max_length=200)
    checker = models.CharField(max_length=200)
    checked = models.DateTimeField(null=True)
    claim_url = models.URLField(max_length=2000, blank=True)
    language = models.CharField(max_length=5, blank=True)
    seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="fact_check_once")]
        ordering = ["-seen"]


class Hazard(models.Model):
    """A warning as its agency last said it (`engine.notices.Hazard`)."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="+")
    identifier = models.CharField(max_length=300)
    event = models.CharField(max_length=200)
    headline = models.CharField(max_length=500, blank=True)
    severity = models.CharField(max_length=10)
    urgency = models.CharField(max_length=10)
    certainty = models.CharField(max_length=10)
    areas = ArrayField(models.CharField(max_length=300), default=list)
    sent = models.DateTimeField()
    onset = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)
    instruction = models.TextField(blank=True)
    url = models.URLField(max_length=2000, blank=True)
    sender = models.CharField(max_length=300, blank=True)
    polygons = models.JSONField(default=list)
    ended = models.BooleanField(default=False)
    seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "identifier"], name="hazard_once")]
        indexes = [models.Index(fields=["office", "-sent"], name="hazard_recent")]
        ordering = ["-sent"]


class TopicCount(models.Model):
    """Complaints of one topic from one place in one period: all that is kept of a complaints export. Shown only from ten up."""

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="+")
    topic = models.CharField(max_length=100)
    place = models.CharField(max_length=200, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "source", "topic", "place", "start", "end"], name="topic_count_once")]


class Silence(models.Model):
    """Something that should have spoken and did not: a source, a kind of source, a job, the system; or of which too little is said."""

    class Kind(models.TextChoices):
        SOURCE = "source", _("Source")
        SOURCES = "sources", _("Kind of source")
        JOB = "job", _("Background work")
        SYSTEM = "system", _("The system")
        MARK = "mark", _("Watch or agency")
        TOPIC = "topic", _("Topic")
        PLACE = "place", _("Place")

    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=200)
    source = models.ForeignKey(Source, null=True, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    noticed = models.DateTimeField()
    expected = models.FloatField()
    observed = models.FloatField()
    reason = models.JSONField(default=dict)
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "subject"], condition=models.Q(ended=None), name="one_silence_at_a_time"),
        ]
        ordering = ["-since"]


from kentongan.office.listening import claims_models as claims_models  # noqa: E402  its models are this room's too
from kentongan.office.listening import counting_models as counting_models  # noqa: E402
from kentongan.office.listening import events_models as events_models  # noqa: E402
from kentongan.office.listening import forecasts_models as forecasts_models  # noqa: E402
from kentongan.office.listening import held_models as held_models  # noqa: E402
from kentongan.office.listening import labels_models as labels_models  # noqa: E402
from kentongan.office.listening import levels_models as levels_models  # noqa: E402
from kentongan.office.listening import retention_models as retention_models  # noqa: E402
from kentongan.office.listening import tones_models as tones_models  # noqa: E402
from kentongan.office.listening import topics_models as topics_models  # noqa: E402
from kentongan.office.listening import watches_models as watches_models  # noqa: E402
