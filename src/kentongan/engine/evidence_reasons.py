"""What the codes of the evidence gate say, in English, one sentence each: the reason of a verdict that a person reads beside it.

Parts that agree give no reason. The office says them in the reader's language (`statement_saying`).
"""

from __future__ import annotations

from collections.abc import Mapping

from kentongan.engine.records import Reason

SENTENCES: Mapping[str, str] = {
    "evidence.verbatim": "It stands there word for word.",
    "evidence.nothing": "It states nothing that a source could bear out.",
    "evidence.no_passage": "It points to no passage.",
    "evidence.empty": "The passage or the sentence has no words.",
    "evidence.language": "This language is not read: {language}.",
    "evidence.unsure_across": "Sentence and passage are in two languages and share no figure, day or name: nothing can be told surely.",
    "evidence.unsure": "Sentence and passage are in two languages: what seems to be missing may be said in other words.",
    "evidence.meaning": "Closeness in meaning between the two languages: {cosine:.2f}.",
    "evidence.words_left": "Words that the passage does not say: {count}.",
    "evidence.begins_new": "It begins with a word that the passage does not have, which may be a name.",
    "evidence.another_against": "Another passage contradicts it: {count}.",
    "evidence.number.bounded": "The figure follows from one in the passage: {how}.",
    "evidence.number.total": "The figure is a sum of figures in the passage: {how}.",
    "evidence.number.change": "The figure is a difference of figures in the passage: {how}.",
    "evidence.number.share": "The share follows from figures in the passage: {how}.",
    "evidence.number.days": "The days lie between two dates in the passage: {how}.",
    "evidence.number.hours": "The time lies between two hours in the passage: {how}.",
    "evidence.number.differs": "The passage has another figure for it.",
    "evidence.number.unit": "The passage has this figure for something else.",
    "evidence.number.bound": "The passage says more, less or at most; the sentence does not.",
    "evidence.number.rounded": "The passage says about; the sentence does not.",
    "evidence.number.absent": "The figure does not stand in the passage.",
    "evidence.date.computed": "The day follows from the day on which it was said: {how}.",
    "evidence.date.differs": "The passage has another day or hour.",
    "evidence.date.absent": "The day or hour does not stand in the passage.",
    "evidence.name.absent": "The name does not stand in the passage.",
    "evidence.quote.differs": "The quotation does not stand there word for word.",
    "evidence.quote.translated": "A quotation in another language cannot be held against the passage.",
    "evidence.negation.differs": "They say no to different things.",
    "evidence.negation.lost": "The passage says no where the sentence says yes.",
    "evidence.negation.added": "The sentence says no where the passage says yes.",
    "evidence.negation.absent": "The sentence says no to something the passage does not speak of.",
    "evidence.opposite.differs": "One says the opposite of the other.",
    "evidence.superlative.absent": "The passage does not say that it is the most or the least.",
    "evidence.only.absent": "The passage does not say that it is this alone.",
    "evidence.all.absent": "The passage does not say that it is all of them.",
    "evidence.comparator.absent": "The passage does not compare.",
    "evidence.comparator.swapped": "The passage compares the other way round.",
    "evidence.cause.absent": "The passage does not say that one caused the other.",
    "evidence.modality.guess": "The passage guesses; the sentence says it as fact.",
    "evidence.modality.forecast": "The passage foresees; the sentence says it as fact.",
    "evidence.modality.hedge": "The passage says that it may be; the sentence says it as fact.",
    "evidence.modality.plan": "The passage says that it will be; the sentence says that it was.",
}


def sentence(reason: Reason) -> str:
    """The sentence of a reason. A missing code or value is a bug and raises KeyError."""
    return SENTENCES[reason.code].format(**reason.values)
