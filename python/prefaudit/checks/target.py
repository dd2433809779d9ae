"""The prompts that preference data are meant for, and what of their topics the data lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import pyarrow as pa

from prefaudit import prose
from prefaudit.errors import ConfigError
from prefaudit.stats.divergence import Excess, excess, lacking
from prefaudit.stats.state import State
from prefaudit.stats.text_sample import TextSample
from prefaudit.stats.topics import clusters, telling_terms, tf_idf, vectors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from prefaudit.stats.topics import Weights

#: A topic for so many prompts, and at most so many topics.
_PER_TOPIC, _TOPICS = 20, 50
#: The least share of the target that makes a topic one that may be missing, and the part of it that is too little.
_LEAST, _FRACTION = 0.01, 0.2
_TERMS = 5
_SHOWN = 60  # characters of an example


class Target(State):
    """What the data are compared with: a name and a sample of prompts. Merging takes it for the same one."""

    def __init__(self) -> None:
        self.name = ""
        self.sample = TextSample(0)

    def __bool__(self) -> bool:
        return bool(self.name)

    def take(self, name: str, prompts: Iterable[pa.StringArray], size: int) -> None:
        """Become the prompts of a source: at most `size` different ones.

        Raises:
            ConfigError: if there are none.
        """
        self.name, self.sample = name, TextSample(size)
        for column in prompts:
            said = prose.human_turns(column)
            self.sample.add(prose.prompt_facts(said)["said"].to_numpy(), said)
        if not len(self.sample):
            msg = f"{name} holds no prompts to compare with"
            raise ConfigError(msg)

    def merge(self, other: Self) -> None:
        """Take the target of `other`, if this is none yet."""
        if not other:
            return
        if self and self.to_state() != other.to_state():
            msg = f"results against two targets, {self.name} and {other.name}, cannot be merged"
            raise ConfigError(msg)
        self.load_state(other.to_state())

    def to_state(self) -> dict[str, Any]:
        """Its name and its prompts."""
        return {"name": self.name, "sample": self.sample.to_state()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Become what `to_state` gave."""
        self.name = state["name"]
        self.sample.load_state(state["sample"])


class Topic(NamedTuple):
    """What some prompts have in common."""

    terms: str
    example: str
    target: float
    data: float
    at_most: float | None  # its share in the data may be; None where the target has too little of it to ask
    missing: bool

    def row(self) -> dict[str, Any]:
        """A row of the report's table."""
        return {
            "topic": self.terms,
            "share_of_target": self.target,
            "share_of_data": self.data,
            "share_of_data_at_most": self.at_most,
            "difference": self.data - self.target,
            "missing": self.missing,
            "for_example": self.example,
        }

    def missed(self) -> dict[str, Any]:
        """The same of a topic that is missing, as it is to be read."""
        return {
            "missing_topic": self.terms,
            "share_of_target": self.target,
            "share_of_data": self.data,
            "a_prompt_of_the_target": self.example,
        }


class Comparison(NamedTuple):
    """The topics of data and target: how unlike they are, and each of them, from what the data lack most."""

    excess: Excess
    topics: list[Topic]

    @property
    def missing(self) -> list[Topic]:
        """The topics that the data lack."""
        return [topic for topic in self.topics if topic.missing]


def compare(data: pa.StringArray, target: pa.StringArray) -> Comparison:
    """Compare what two sets of prompts are about.

    Both together give the weights of terms and the topics, so that where they are of one kind it is chance on which
    side a prompt stands, and the test is exact.
    """
    texts = pa.concat_arrays([data, target])
    is_target = np.arange(len(texts)) >= len(data)
    lists = prose.term_counts(texts)
    weights = tf_idf(lists)
    points = vectors(weights)
    k = max(1, min(_TOPICS, len(texts) // _PER_TOPIC))
    labels, centres = clusters(points, k)
    counts = np.bincount(labels[~is_target], minlength=k), np.bincount(labels[is_target], minlength=k)
    found = {lack.at: lack for lack in lacking(*counts, _LEAST, _FRACTION)}
    names = _Names(texts, lists, weights)
    shares = [count / count.sum() for count in counts]
    topics = []
    for at in np.flatnonzero(counts[1]).tolist():
        rows = labels == at
        example = _nearest(points, centres[at], rows & is_target)
        lack = found.get(at)
        topics.append(
            Topic(
                names.of(rows),
                _shown(texts[example].as_py()),
                float(shares[1][at]),
                float(shares[0][at]),
                lack.at_most if lack else None,
                missing=bool(lack and lack.missing),
            )
        )
    topics.sort(key=lambda one: (one.data - one.target, one.terms))
    return Comparison(excess(*counts), topics)


class _Names(NamedTuple):
    """Finds the words for what some texts have in common."""

    texts: pa.StringArray
    lists: pa.ListArray
    weights: Weights

    def of(self, rows: NDArray[np.bool_]) -> str:
        """The terms that tell these texts from all."""
        found = [self._term(int(self.weights.first[at])) for at in telling_terms(self.weights, rows, _TERMS)]
        return ", ".join(found) or "(no term in common)"

    def _term(self, place: int) -> str:
        """The term at a place among all terms of all texts."""
        row = int(np.searchsorted(self.lists.offsets.to_numpy(), place, side="right")) - 1
        term = self.lists.values[place].as_py()
        written: str = self.texts[row].as_py()
        return written.encode()[term["start"] : term["end"]].decode().lower()


def _nearest(points: NDArray[np.float64], centre: NDArray[np.float64], rows: NDArray[np.bool_]) -> int:
    at = np.flatnonzero(rows)
    return int(at[np.argmin(((points[at] - centre) ** 2).sum(axis=1))])


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."
