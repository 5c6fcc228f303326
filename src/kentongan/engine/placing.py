"""One run of the pipeline after copies and vectors are known: places each step in stories, tallies and bursts and
gathers the outputs.

Everything said of a story is computed at the step that changed it, never at the end of the call, so that what is said
does not depend on where the stream was cut."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from kentongan.engine import bursts, stories, tallies
from kentongan.engine.kinds import kind_of
from kentongan.engine.places import Gazetteer, where_of
from kentongan.engine.records import Article, Copy, Reason, Severity, Signal, Story
from kentongan.engine.severity import assess
from kentongan.engine.signals import carriers, main_story, signal_of
from kentongan.engine.steps import Counted, HeldBack, Merge, Moved, Output, Placed, Signalled, Split, StoryChanged, StoryMerged
from kentongan.engine.topics import Lists, topics_of_article
from kentongan.engine.vectors import FloatArray
from kentongan.engine.words import title_terms
from kentongan.errors import InputError

_GROWTH_HOURS = 24
_MOST_PLACES = 3


@dataclass(slots=True)
class Placing:
    """The running parts of one call. `outputs` is called once, at the end."""

    stories: stories.State
    bursts: bursts.State
    tallies: tallies.State
    story_settings: stories.Settings
    burst_settings: bursts.Settings
    gazetteer: Gazetteer | None = None
    topics: Lists | None = None
    meant: bool = False
    """Whether the vectors are of the embedder that the heads were taught with."""
    _outputs: list[Output] = field(default_factory=list[Output])
    _changed: dict[str, StoryChanged] = field(default_factory=dict[str, StoryChanged])

    def arrive(
        self, article: Article, copy: Copy, vector: FloatArray | None, marks: tuple[str, ...] = (), near: tuple[str, ...] = ()
    ) -> None:
        """Place an article that bears these `marks`, and `near` by its meaning. A page read again changes nothing but says again where it
        belongs."""
        again = article.id in self.stories.place
        self.stories, joined = stories.step(self.stories, article, vector, copy, self.story_settings)
        self._outputs.append(Placed(copy, joined.assignment, vector, () if again else near))
        if again:
            return
        for part in joined.parted:
            self._moved(part.articles, part.story, Reason("story.new", {"days": self.story_settings.active_days}))
        places = self._places(article)
        member = tallies.member_of(article, copy, self.gazetteer.apart(places) if self.gazetteer else ())
        tallies.add(self.tallies, joined.story.id, member)
        changes = [change for gone in joined.merged for change in self._merged(gone, joined.story.id)]
        if not member.copy:
            sighting = bursts.Sighting(
                article.id,
                joined.story.id,
                member.seconds,
                article.outlet,
                title_terms(article),
                member.harm,
                topics_of_article(article, self.topics),
                places,
                article.source_kind,
                self._kinds(article, vector, member.asks),
                (*marks, *near),
            )
            self._outputs.append(Counted(article.id, tuple(sighting.groups())))
            changes += bursts.step(self.bursts, sighting, self.burst_settings)
        tallies.sweep(self.tallies, self.bursts.watermark.now, self.story_settings.keep_days)
        self._say(joined.story)
        self._signals(changes)

    def merge(self, step: Merge) -> None:
        """Join two stories as an officer says; passed over when they are not there to be joined."""
        try:
            gone = stories.get_story(self.stories, step.other).id
            self.stories, story = stories.merge(self.stories, step.into, step.other)
        except InputError:
            return
        changes = self._merged(gone, story.id)
        self._say(story)
        self._signals(changes)

    def split(self, step: Split) -> None:
        """Part a story as an officer says; passed over when it cannot be parted so."""
        try:
            self.stories, (rest, fresh) = stories.split(self.stories, step.story, step.articles)
        except InputError:
            return
        self._moved(step.articles, fresh, Reason("story.officer"))
        self._say(rest)

    def tick(self, at: datetime) -> None:
        """Let time pass."""
        self._signals(bursts.tick(self.bursts, at.timestamp(), self.burst_settings))

    def outputs(self) -> list[Output]:
        """Everything said, in order, each changed story once at the end."""
        return [*self._outputs, *self._changed.values()]

    def _merged(self, gone: str, into: str) -> list[bursts.Change]:
        tallies.merge(self.tallies, gone, into)
        changes = bursts.merge(self.bursts, gone, into)
        self._changed.pop(gone, None)
        self._outputs.append(StoryMerged(gone, into))
        return changes

    def _moved(self, articles: tuple[str, ...], fresh: Story, reason: Reason) -> None:
        tallies.move(self.tallies, articles, fresh.id)
        bursts.move(self.bursts, articles, fresh.id)
        self._outputs.append(Moved(tuple(articles), fresh.id, reason))
        self._say(fresh)

    def _say(self, story: Story) -> None:
        tally = self.tallies.tallies.get(story.id)
        counts = tally.counts() if tally else ()
        self._changed.pop(story.id, None)
        self._changed[story.id] = StoryChanged(story, self._severity(story.id), counts)

    def _severity(self, story: str) -> Severity:
        observed, expected = bursts.growth(self.bursts, story, _GROWTH_HOURS, self.burst_settings)
        tally = self.tallies.tallies.get(story) or tallies.Tally()
        return self._assess(tally, observed, expected, _GROWTH_HOURS)

    def _assess(self, tally: tallies.Tally, observed: float, expected: float, hours: int) -> Severity:
        places = len(self.gazetteer.apart(tally.places)) if self.gazetteer else 0
        return assess(tally.evidence(observed, expected, hours, places))

    def _signals(self, changes: list[bursts.Change]) -> None:
        for change in changes:
            burst = change.burst
            if change.what == "fell" and not burst.shown:
                continue  # nobody was told of it
            names = carriers(burst) if burst.is_group else (main_story(burst),)
            headlines = [(name, self._headline(name)) for name in names]
            known = [(name, headline) for name, headline in headlines if headline] or [(names[0], burst.key[1:])]
            severity = self._severity_of_group(burst) if burst.is_group else self._severity(names[0])
            new = not burst.shown
            if new and not bursts.may_tell(self.bursts, burst, severity.level, self.burst_settings):
                self._hold(signal_of(self.bursts, change, known, severity, self.burst_settings), burst)
                continue
            if new:
                bursts.tell(self.bursts, burst, self.burst_settings)
            self._outputs.append(Signalled(signal_of(self.bursts, change, known, severity, self.burst_settings), new))

    def _hold(self, signal: Signal, burst: bursts.Burst) -> None:
        bursts.hold(self.bursts, burst, signal.subject)
        budget, told = self.burst_settings.alert_budget, len(self.bursts.budget.told)
        kept = told < budget
        why = Reason("signal.kept", {"told": told, "budget": budget}) if kept else Reason("signal.held", {"budget": budget})
        self._outputs.append(HeldBack(replace(signal, reasons=(*signal.reasons, why)), budget))

    def _kinds(self, article: Article, vector: FloatArray | None, asks: bool) -> tuple[str, ...]:
        """What kind of item it is, where the built-in judge is sure, and that somebody asks in it. Of the press only that: it is there to
        report, and the judge was taught no headlines (it calls a third of 72,539 of them announcements)."""
        found: list[str] = ["question"] if asks else []
        if article.source_kind != "press":
            vector = vector if self.meant else None
            found.append(kind_of(article.title, article.text, vector, article.language, article.source_kind).kind)
        return tuple(dict.fromkeys(kind for kind in found if kind))

    def _places(self, article: Article) -> tuple[str, ...]:
        if self.gazetteer is None:
            return ()
        text = where_of(article.title, article.text)
        return self.gazetteer.places_in(text, public=article.source_kind == "public")[:_MOST_PLACES]

    def _headline(self, story: str) -> str:
        """The headline of a story; empty where it was forgotten while its signal was still running."""
        try:
            return stories.get_story(self.stories, story).headline
        except InputError:
            return ""

    def _severity_of_group(self, burst: bursts.Burst) -> Severity:
        """A group is as serious as its reports together."""
        together = tallies.Tally()
        for story in burst.stories:
            tally = self.tallies.tallies.get(story)
            for member in tally.members if tally else ():
                if member.article in burst.articles:
                    together.add(member)
        return self._assess(together, float(burst.told), burst.expected, round(burst.hours))
