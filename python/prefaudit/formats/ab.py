"""A/B data: two responses, and a label, or two scores, that say which of them is preferred."""

from __future__ import annotations

from reprlib import repr as short
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.errors import FormatError
from prefaudit.formats import labels
from prefaudit.formats.battles import battle
from prefaudit.formats.carried import BESIDE, Carried
from prefaudit.formats.messages import checked_messages, is_messages
from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import UnusableRow, checked_text, optional_number, text
from prefaudit.sources.base import Plain, is_null

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.sources.base import Sample

#: Which side each option stands for.
_OPTIONS = {"label_a": 1, "label_b": -1, "label_tie": 0}
_SCORES = ("score_a", "score_b")
#: What is carried as it stands: the others name a side.
_BESIDE = [name for name in BESIDE if name not in {"tie", "score_chosen", "score_rejected", "first_shown"}]


class Ab(RowFormat):
    """`a` and `b`, text or messages, and `label`: which of them is preferred.

    For a layout of your own: `--columns prompt=question,a=answer_1,b=answer_2,label=winner`. Words such as A,
    model_a, left or first, B, model_b, right or second, tie, both or neither are understood, and so are the names
    of the two columns or of the models in `model_a` and `model_b`. Other labels need saying: `--label-a 1 --label-b
    2 --label-tie 0`. Without `--label-b` it is the one other value that the first rows hold. A row whose label is
    none of them is skipped by name. In the place of a label two scores will do, `--columns
    a=answer_1,b=answer_2,score_a=rating_1,score_b=rating_2`: the higher one is preferred, equal ones are a tie.
    Columns with a name of the record (annotator, timestamp, domain, pair_id, strength ...) are carried, `score_a`
    and `score_b` become the scores. Which response the judge saw first is told by a column `first_shown` that names
    a side as the label does, or by `--first-shown a` where it was the same in every row: say so only if chance
    decided which response became `a`, since else a better model at `a` looks like a bias to its place. Whole
    conversations are cut where they part.
    """

    name: ClassVar[str] = "ab"
    needs: ClassVar[tuple[str, ...]] = ("a", "b")
    reads: ClassVar[tuple[str, ...]] = ("model_a", "model_b", "prompt", "label", "first_shown", *_SCORES)
    options: ClassVar[Mapping[str, Option]] = {
        "label_a": Option(None, "the label where a is preferred"),
        "label_b": Option(None, "the label where b is preferred"),
        "label_tie": Option(None, "the label where neither is"),
        "first_shown": Option(None, "the response that the judge saw first in every row", ("a", "b")),
    }

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        self._carried = Carried(sample, _BESIDE)
        self.left_aside = self._carried.left_aside
        #: Whether labels are understood as words, where the options do not say what they mean.
        self._in_words = self.chosen["label_a"] is None
        given = [(labels.word(self.chosen[name]), side) for name, side in _OPTIONS.items()]
        a, b = (set(_names(sample, column)) for column in ("a", "b"))
        own = [(labels.word(name), side) for names, side in ((a - b, 1), (b - a, -1)) for name in names]
        self._by_scores = "label" not in sample.columns
        known = [*own, *given] if self._in_words else given
        self._given: dict[str, int] = {label: side for label, side in known if label is not None}
        if not self._by_scores:
            self._ask_for_what_is_open()

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Two responses; their columns were named by the user, or the label speaks for itself."""
        texts = all(sample.holds_text(name) or sample.mostly(name, is_messages) for name in cls.needs)
        if "label" not in sample.columns:
            return texts and {*cls.needs, *_SCORES} <= set(sample.named)
        words = [labels.word(value) for value in sample.values("label")]
        clear = bool(words) and all(one is not None and labels.side(one) is not None for one in words)
        return texts and (clear or {*cls.needs, "label"} <= set(sample.named))

    @property
    def schema(self) -> Plain:
        """The columns to read, as plain values."""
        return Plain((*super().schema.names, *(field.name for field in self._carried.fields)))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        scores = optional_number(row, "score_a"), optional_number(row, "score_b")
        preference = _higher(*scores) if self._by_scores else self._preference(row)
        carried = self._carried.values(row)
        prompt = "" if is_null(row.get("prompt")) else row["prompt"]
        beside: dict[str, Any] = {"shown": self._shown(row), "scores": scores}
        if is_messages(row.get("a")) and is_messages(row.get("b")):
            return [_of_messages(row, prompt, preference, beside) | carried]
        pair = judged(text(row, "a"), text(row, "b"), preference, **beside)
        return [pair | {"prompt": checked_text(prompt, "prompt")} | carried]

    def _shown(self, row: Mapping[str, Any]) -> str | None:
        """The side that the judge saw first; a column says more than the option."""
        found = labels.word(row.get("first_shown"))
        if found is None:
            option: str | None = self.chosen["first_shown"]
            return option
        side = labels.side(found) or self._given.get(found)
        if not side:
            raise UnusableRow("'first_shown' names neither response", f"column 'first_shown': {short(found)}")
        return "a" if side > 0 else "b"

    def _preference(self, row: Mapping[str, Any]) -> int:
        found = labels.word(row.get("label"))
        if found is None:
            raise UnusableRow("'label' is null or missing", "column 'label': null or missing")
        side = self._side(found, row)
        if side is None:
            raise UnusableRow("'label' names neither response nor a tie", f"column 'label': {short(found)}")
        return side

    def _side(self, found: str, row: Mapping[str, Any]) -> int | None:
        """What a label says: as the user has it, as a word, or as the name of the model behind a response."""
        if found in self._given:
            return self._given[found]
        side = labels.side(found) if self._in_words else None
        models = [labels.word(row.get(name)) for name in ("model_a", "model_b")]
        if side is None and models.count(found) == 1:
            side = 1 if models[0] == found else -1
        return side

    def _ask_for_what_is_open(self) -> None:
        """Raise a `FormatError` if options and words leave open which label means what."""
        held = {one for value in self.sample.values("label") if (one := labels.word(value)) is not None}
        others = sorted(held - self._given.keys())
        if self._in_words:
            said = [(labels.word(row.get("label")), row) for row in self.sample.rows]
            clear = [found is not None and self._side(found, row) is not None for found, row in said]
            if 2 * sum(clear) < sum(found is not None for found, _ in said):
                raise FormatError(_ask("a", others))
        elif -1 not in self._given.values():
            if len(others) != 1:
                raise FormatError(_ask("b", others))
            self._given[others[0]] = -1


def _names(sample: Sample, column: str) -> Iterator[str]:
    """What the user calls a column, and both ends of a way into one (answer_1.content, fields.answer_1)."""
    if column in sample.named:
        yield sample.named[column]
        steps = sample.named[column].split(".")
        yield from (steps[0], steps[-1])


def _higher(score_a: float | None, score_b: float | None) -> int:
    if score_a is None or score_b is None:
        raise UnusableRow("a score is null or missing", "columns 'score_a' and 'score_b': null or missing")
    return (score_a > score_b) - (score_a < score_b)


def _of_messages(row: Mapping[str, Any], prompt: Any, preference: int, beside: Mapping[str, Any]) -> Pair:
    """The pair of two conversations, with a prompt before them where it is messages, or where they hold none."""
    head = checked_messages(prompt, "prompt") if is_messages(prompt) else []
    a, b = (head + checked_messages(row[name], name) for name in ("a", "b"))
    pair = battle(a, b, preference, **beside)
    return pair if pair["prompt_messages"] else pair | {"prompt": checked_text(prompt, "prompt")}


def _ask(side: str, found: list[str]) -> str:
    shown = ", ".join(found[:12]) or "nothing else"
    return (
        f"the column 'label' holds {shown}: say which value means that {side} is preferred with --label-{side} VALUE,"
        f" and which one a tie with --label-tie VALUE (in Python options={{'label_{side}': VALUE}})"
    )
