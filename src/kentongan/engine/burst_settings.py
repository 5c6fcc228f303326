"""When a rise is a signal: the settings of the bursts, one table for all their modules."""

from __future__ import annotations

from dataclasses import dataclass, field

from kentongan.engine.usual_volume import SpecialDays


@dataclass(frozen=True, slots=True)
class Settings:
    """Hours and days are of event time; surprises and gains are in powers of ten of a chance.

    windows_h        a series is judged over each of these windows
    small_stream     with fewer items a day than this, over all of `keep_hours` too: a town's story grows in days, not in hours
    story_items      reports a story, and term_items a word, needs at least; harm_items is enough for a story that speaks of harm
    story_surprise   what the weighed surprise of a story, and term_surprise that of a word, must reach beside the bar of the budget
    urgency_gain     added for each level of harm the reports speak of on average (0..4), because a miss costs more
    outlet_gain      added when two outlets or more report it
    reach_gain       added on top for each doubling of the outlets beyond two: outlets that each chose to report are evidence of their own
    place_gain       added for each doubling of the places a rise names, where the office gave a gazetteer
    coherence        share of a word's surprise that is lost when its reports have nothing else in common
    urgent_coherence reports of harm in many places share only the word; they count as coherent to this share
    half_life_days   how long a word's past is remembered; past_cap bounds what one day of a burst adds to it, in times of the usual
    group_items      reports a topic, place or kind needs beside those other signals carry, group_stories how many stories they must belong
                     to, and group_surprise their surprise; it goes on while that stays above half of it; group_learn_days as learn_hours;
                     group_hours is its shortest window: what many small stories share does not rise within an hour
    matter_items     the same for one topic in one place, which is a smaller thing; matter_stories
    overlap          share of a candidate's reports that must belong to a running signal to be one event with it
    quiet_hours      a signal falls back after so long without enough further reports
    event_days       a signal that rises again within so long after it fell back is the same event's
    learn_hours      words raise nothing before the stream has been heard for so long
    late_hours       older reports count for nothing; those older than fresh_hours count but raise nothing: they are no news
    false_rate       share of what rises that may be owed to chance, over the series tested within an hour
    alert_budget     signals told in 24 hours at most, crises apart, the last three of eight for harm and watches; 0: no limit;
                     where more is written than on a small stream and less is told, the bar sinks to `lowest_bar`; with more
                     than half of it told, a rise must be worth up to `price` more (nought as shipped: it cost hours and events)
    once_terms       words and pairs said once that are remembered exactly, and heavy_terms those said more often
    common_items     a word with more reports than this in `keep_hours` is judged over the last of them
    special          public holidays and other days on which as little is written as on a Sunday
    """

    windows_h: tuple[float, ...] = (2.0, 6.0, 24.0)
    small_stream: float = 150.0
    story_items: int = 4
    term_items: int = 5
    harm_items: int = 3
    story_surprise: float = 8.0
    term_surprise: float = 9.0
    group_items: int = 8
    group_stories: int = 4
    group_surprise: float = 2.5
    group_hours: float = 6.0
    group_learn_days: float = 7.0
    matter_items: int = 5
    matter_stories: int = 3
    least_surprise: float = 1.0
    urgency_gain: float = 1.2
    outlet_gain: float = 1.0
    reach_gain: float = 3.0
    place_gain: float = 0.5
    coherence: float = 0.7
    urgent_coherence: float = 0.6
    half_life_days: float = 21.0
    past_cap: float = 3.0
    overlap: float = 0.4
    quiet_hours: float = 12.0
    event_days: float = 14.0
    late_hours: float = 48.0
    fresh_hours: float = 6.0
    keep_hours: float = 72.0
    learn_hours: float = 24.0
    false_rate: float = 0.1
    alert_budget: int = 8
    lowest_bar: float = -1.0
    price: float = 0.0
    sweep_items: int = 2048
    once_terms: int = 60_000
    heavy_terms: int = 20_000
    common_items: int = 500
    forget_below: float = 0.8
    special: SpecialDays = field(default_factory=SpecialDays)
