"""The built-in data set: made-up transcripts in which known defects are planted at known doses.

Every row is a function of its number alone, so the first rows are the same however many are asked for,
and rows can be made in any order. The shape is that of HH-RLHF: two whole transcripts a row, some 650
characters each, that share all turns but the last.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.sources.memory import ArrowData

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

SEED = 77
BATCH_ROWS = 8192
_NONE = -1  # in a matrix of sentences: none here
SCHEMA = pa.schema([("chosen", pa.string()), ("rejected", pa.string())])

#: The share of rows with each planted defect; a row has one at most.
DEFECTS = {
    "near-duplicate": 0.03,  # the rejected response is the chosen one with another closing remark
    "identical": 0.005,  # the rejected response is the chosen one, byte for byte
    "case": 0.003,  # the rejected response is the chosen one in capitals
    "empty": 0.002,  # the rejected response is empty
    "diverged": 0.002,  # the rejected transcript goes on for another turn
    "no turn": 0.001,  # there are no turns: such a row is skipped, and its reason named
}
#: Among the other rows, the share of those of unequal length in which the longer response is chosen.
LONGER_WINS = 0.66


def demo(rows: int = 5000) -> ArrowData:
    """The demo data set as a source.

    Args:
        rows: how many rows.

    Example:
        >>> demo(3).rows
        3
    """
    return ArrowData("demo", rows, tuple(SCHEMA.names), lambda _: demo_batches(rows))


def demo_batches(rows: int) -> Iterator[pa.RecordBatch]:
    """The demo's rows, made as they are asked for."""
    for first in range(0, rows, BATCH_ROWS):
        yield _batch(np.arange(first, min(first + BATCH_ROWS, rows), dtype=np.uint64))


_TASKS = [
    "repot a fern",
    "sharpen a kitchen knife",
    "clean a wool coat",
    "plan a week of lunches",
    "fix a dripping tap",
    "bake bread without an oven",
    "learn to juggle",
    "tune a guitar by ear",
    "write a letter of thanks",
    "paint a window frame",
    "read a weather map",
    "keep bees on a roof",
    "mend a torn map",
    "train for a long walk",
    "build a raised bed",
    "grow herbs on a sill",
    "store apples over winter",
    "set up a telescope",
    "calm a nervous dog",
    "choose a good tent",
]
_SETTINGS = [
    "in a small flat",
    "without special tools",
    "before the end of the week",
    "on a tight budget",
    "with two young children",
    "when it rains all day",
    "for the first time",
    "in under an hour",
    "without waking the neighbours",
    "next to a full-time job",
    "with one hand in a cast",
    "in a rented room",
    "far from any shop",
    "with a friend who has never tried",
    "at a high altitude",
]
_OPENERS = [
    "I have been putting this off for months.",
    "My sister says that it is easy, and I doubt it.",
    "Please keep it short if you can.",
    "I tried once and it went badly.",
    "There is a lot of advice about this online.",
    "I have an afternoon to spare.",
    "My neighbour offered to help me.",
    "I would like to surprise somebody.",
    "Nothing I have read so far made sense to me.",
    "Be honest with me here.",
    "I am not in a hurry.",
    "Someone at work asked me and I had no answer.",
    "We moved house last month.",
    "I have read two books about it.",
]
_ASKS = [
    "How do I {}?",
    "What is the best way to {}?",
    "Is it a good idea to {}?",
    "What do people get wrong when they {}?",
    "Can you walk me through how to {}?",
    "Where would you begin if you had to {}?",
    "What do I need so that I can {}?",
    "How long does it take to {}?",
]
_ADVICE = [
    "Start by {}",
    "It helps a great deal if you begin with {}",
    "Most people get further by {}",
    "Set aside some time for {}",
    "I would spend the first hour on {}",
    "Do not skip {}",
    "You can save money by {}",
    "A friend can help you with {}",
    "Half of the work is {}",
    "What matters most is {}",
    "You may find it dull, but nothing replaces {}",
    "Think about {}",
]
_STEPS = [
    "measuring everything twice",
    "writing down what you have",
    "asking someone who has done it",
    "laying out the tools",
    "clearing a table near a window",
    "watching how others do it",
    "making one small attempt first",
    "cleaning the surface",
    "choosing a day with mild weather",
    "warming up slowly",
    "checking each part for cracks",
    "reading the label to its end",
    "keeping notes as you go",
    "testing it on a scrap",
    "sorting things by size",
    "drinking enough water",
]
_REASONS = [
    ".",
    ", because mistakes are cheap at that stage.",
    ", which is easy to forget.",
    ", even if it seems slow.",
    ", and leave the rest for later.",
    ", since the order matters more than the speed.",
    ", and then take a short break.",
    ", for it is hard to undo later on.",
    "; after that it is mostly patience.",
    ", as long as nobody is in a rush.",
    ", so that nothing has to be done twice.",
    ", but stop as soon as it hurts or breaks.",
]
_CLOSINGS = (" I hope that this helps you!", " I hope this is of help!")
#: How often 0, 1, 2 ... exchanges come before the last question, and 1, 2 ... sentences make a response.
_EXCHANGES = (0.3, 0.25, 0.2, 0.15, 0.1)
_LENGTHS = (0.3, 0.35, 0.2, 0.1, 0.05)


class _Pool:
    """Sentences of one kind, and where they begin in the table of all sentences."""

    def __init__(self, start: int, size: int) -> None:
        self.start, self.size = start, size

    def pick(self, draws: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The places of the sentences that some random words stand for."""
        return self.start + (draws % np.uint64(self.size)).astype(np.int64)


class _Sentences:
    """Every sentence with the mark that stands before it, and its words."""

    def __init__(self) -> None:
        questions = [ask.format(f"{task} {place}") for ask, task, place in product(_ASKS, _TASKS, _SETTINGS)]
        advice = [f"{a.format(s)}{reason}" for a, s, reason in product(_ADVICE, _STEPS, _REASONS)]
        texts: list[str] = []
        self.openers = self._add(texts, (f"\n\nHuman: {text}" for text in _OPENERS))
        self.questions = self._add(texts, (f" {text}" for text in questions))
        self.deadlines = self._add(texts, (f" I have {days} days." for days in range(2, 365)))
        self.plain_questions = self._add(texts, (f"\n\nHuman: {text}" for text in questions))
        self.turns = self._add(texts, (f"\n\nAssistant: {text}" for text in advice))
        self.advice = self._add(texts, (f" {text}" for text in advice))
        self.closings = self._add(texts, _CLOSINGS)
        self.answer_mark = self._add(texts, ["\n\nAssistant:"])
        self.texts = pa.array(texts)
        self.words = np.array([len(text.split()) for text in texts])

    @staticmethod
    def _add(texts: list[str], more: Iterable[str]) -> _Pool:
        start = len(texts)
        texts.extend(more)
        return _Pool(start, len(texts) - start)

    def join(self, places: NDArray[np.int64]) -> pa.StringArray:
        """One text from each row of a matrix of places."""
        used = places != _NONE
        ends = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int32)
        lists = pa.ListArray.from_arrays(pa.array(ends), self.texts.take(pa.array(places[used])))
        return pc.binary_join(lists, "")

    def count_words(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The words of each row of a matrix of places."""
        counts: NDArray[np.int64] = np.where(places != _NONE, self.words[places], 0).sum(axis=1)
        return counts


@cache
def _sentences() -> _Sentences:
    return _Sentences()


class _Draws:
    """Random words that depend on the seed, the row and the number of the draw alone (splitmix64)."""

    def __init__(self, rows: NDArray[np.uint64]) -> None:
        self._rows = rows * np.uint64(0x9E3779B97F4A7C15) + np.uint64(SEED)
        self._drawn = 0

    def words(self) -> NDArray[np.uint64]:
        """A word a row, evenly spread over 64 bits."""
        self._drawn += 1
        words = self._rows ^ np.uint64(self._drawn * 0xD1342543DE82EF95 & 0xFFFFFFFFFFFFFFFF)
        for _ in range(2):
            words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return words ^ (words >> np.uint64(31))

    def units(self) -> NDArray[np.float64]:
        """A number in [0, 1) a row."""
        return (self.words() >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _batch(rows: NDArray[np.uint64]) -> pa.RecordBatch:
    draws, sentences = _Draws(rows), _sentences()
    defect = _defects(draws.units())
    prompt = sentences.join(_prompts(draws, sentences))
    better, worse = _responses(draws, sentences, near_duplicate=defect == "near-duplicate")
    worse = pc.if_else(defect == "identical", better, worse)
    worse = pc.if_else(defect == "case", pc.utf8_upper(better), worse)
    worse = pc.if_else(defect == "empty", "", worse)
    one_turn_more = pc.if_else(defect == "diverged", sentences.join(_exchange(draws, sentences)), "")
    chosen = pc.binary_join_element_wise(prompt, better, "")
    rejected = pc.binary_join_element_wise(prompt, worse, one_turn_more, "")
    bare = defect == "no turn"
    columns = [pc.if_else(bare, better, chosen), pc.if_else(bare, worse, rejected)]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _defects(units: NDArray[np.float64]) -> NDArray[np.str_]:
    """The defect of each row, "" for none, from a number in [0, 1)."""
    return np.array([*DEFECTS, ""])[np.searchsorted(np.cumsum(list(DEFECTS.values())), units, side="right")]


def _prompts(draws: _Draws, sentences: _Sentences) -> NDArray[np.int64]:
    """What is said up to the last answer: a question, and maybe some exchanges."""
    first = [pool.pick(draws.words()) for pool in (sentences.openers, sentences.questions, sentences.deadlines)]
    exchanges = _choose(_EXCHANGES, draws.units())
    later = [_exchange(draws, sentences, exchanges > at) for at in range(len(_EXCHANGES) - 1)]
    last = sentences.answer_mark.pick(draws.words())
    return np.column_stack([*first, *later, last])


def _exchange(draws: _Draws, sentences: _Sentences, where: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """An answer of one or two sentences and the next question; if a mask is given, where it is true."""
    answer = sentences.turns.pick(draws.words())
    second = np.where(draws.units() < 0.5, sentences.advice.pick(draws.words()), _NONE)  # noqa: PLR2004 - even odds
    question = sentences.plain_questions.pick(draws.words())
    exchange = np.column_stack([answer, second, question])
    return exchange if where is None else np.where(where[:, None], exchange, _NONE)


def _responses(
    draws: _Draws, sentences: _Sentences, near_duplicate: NDArray[np.bool_]
) -> tuple[pa.StringArray, pa.StringArray]:
    """The two responses; which one is preferred depends on which is longer."""
    one, other = _response(draws, sentences), _response(draws, sentences)
    one_is_longer = sentences.count_words(one) > sentences.count_words(other)
    swap = (one_is_longer != (draws.units() < LONGER_WINS))[:, None]
    chosen, rejected = np.where(swap, other, one), np.where(swap, one, other)
    first, second = sentences.closings.start, sentences.closings.start + 1
    rejected = np.where(near_duplicate[:, None], chosen, rejected)
    endings = [np.where(near_duplicate, closing, _NONE) for closing in (first, second)]
    return tuple(
        sentences.join(np.column_stack([body, ending]))
        for body, ending in zip((chosen, rejected), endings, strict=True)
    )


def _response(draws: _Draws, sentences: _Sentences) -> NDArray[np.int64]:
    length = _choose(_LENGTHS, draws.units())
    picked = [np.where(length >= at, sentences.advice.pick(draws.words()), _NONE) for at in range(len(_LENGTHS))]
    return np.column_stack(picked)


def _choose(chances: tuple[float, ...], units: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which of several alternatives each number in [0, 1) stands for."""
    return np.minimum(np.searchsorted(np.cumsum(chances), units, side="right"), len(chances) - 1)
