"""PRD (peer rank and discussion): ratings of pairs of models by humans and by models, and experts' preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.errors import FormatError
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.second_file import rows_of, text_files, texts_option
from prefaudit.formats.values import (
    UnusableRow,
    checked_text,
    number,
    optional_text,
    required_id,
    text,
    text_id,
    unordered_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from prefaudit.accounting import Accounting
    from prefaudit.formats.options import Option
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

_RATINGS = ("question_id", "question", "model_1", "model_2", "score")
_EXPERTS = ("question", "answer_a", "answer_b", "overall_preference")
#: What a rating says: the number of the better answer, or 3 for neither.
_PREFERENCES = {1: 1, 2: -1, 3: 0}


class Prd(RowFormat):
    """Ratings (`question_id`, `model_1`, `model_2`, `score`), or answers with `overall_preference`.

    Layouts of the data of `bcdnlp/PRD` (Li et al. 2023, arXiv:2307.02762).

    Vicuna80: `score` is 1 or 2 for the better model, 3 for a tie. The answers lie in files `answer_MODEL.jsonl`
    (`question_id`, `text`): the option `texts`, else beside the ratings; a pair with a model without such a file is
    skipped. With a `reviewer`, a model judged, and `model_1` was Assistant 1 in what it read: `first_shown` is known,
    `annotator` is the reviewer, and both orders of a pair share a `pair_id`. Of the humans neither is recorded.

    LFQA: `question`, `answer_a`, `answer_b`, and `overall_preference`: -1 for a, 1 for b, 0 for neither. Up to three
    experts, who are not named, judged the same two answers; those votes share a `pair_id`.
    """

    name: ClassVar[str] = "prd"
    needs: ClassVar[tuple[str, ...]] = ("question",)
    reads: ClassVar[tuple[str, ...]] = tuple(dict.fromkeys((*_RATINGS, "reviewer", *_EXPERTS)))
    options: ClassVar[Mapping[str, Option]] = {"texts": texts_option("the answers, as in answer_*.jsonl")}

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        if not (_has(sample, _RATINGS) or _has(sample, _EXPERTS)):
            msg = f"format 'prd' needs the columns {', '.join(_RATINGS)} or {', '.join(_EXPERTS)}"
            raise FormatError(msg)
        self._rated = _has(sample, _RATINGS)
        self._files = (
            text_files(sample, self.chosen["texts"], "answer_*.jsonl*", "the answers (answer_MODEL.jsonl)")
            if self._rated
            else []
        )
        self._answers: dict[tuple[str, str], Any] = {}
        self._models: set[str] = set()

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Models compared by a score, or answers compared by -1, 0 and 1."""
        rated = _has(sample, _RATINGS) and _within(sample, "score", {1, 2, 3}) and sample.holds_text("model_1")
        judged_ = _has(sample, _EXPERTS) and _within(sample, "overall_preference", {-1, 0, 1})
        return rated or (judged_ and sample.holds_text("answer_a"))

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """One vote a row."""
        self._models = {_model(path) for path in self._files}
        self._answers = {
            (_model(path), str(row["question_id"])): row["text"]
            for path in self._files
            for row in rows_of(path, ("question_id", "text"))
        }
        yield from super().pairs(batches, accounting, threads=threads)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote."""
        return [self._rating(row) if self._rated else _expert(row)]

    def _rating(self, row: Mapping[str, Any]) -> Pair:
        question = required_id(row, "question_id")
        models = text(row, "model_1"), text(row, "model_2")
        score = number(row, "score")
        if score not in _PREFERENCES:
            raise UnusableRow("'score' is none of 1, 2, 3", f"column 'score': {score:g}")
        one, other = (self._answer(model, question) for model in models)
        reviewer = optional_text(row, "reviewer")
        return judged(one, other, _PREFERENCES[int(score)], shown="a" if reviewer else None) | {
            "prompt": text(row, "question"),
            "prompt_id": question,
            "pair_id": unordered_id(question, *models),
            "annotator": reviewer,
        }

    def _answer(self, model: str, question: str) -> str:
        if model not in self._models:
            raise UnusableRow("a model's answers are not among the texts", f"no answer_{model}.jsonl")
        answer = self._answers.get((model, question))
        if answer is None:
            raise UnusableRow("an answer is not among the texts", f"question {question} in answer_{model}.jsonl")
        return checked_text(answer, "text")


def _expert(row: Mapping[str, Any]) -> Pair:
    question, a, b = text(row, "question"), text(row, "answer_a"), text(row, "answer_b")
    preference = number(row, "overall_preference")
    if preference not in {-1, 0, 1}:
        raise UnusableRow("'overall_preference' is none of -1, 0, 1", f"column 'overall_preference': {preference:g}")
    return judged(a, b, -preference) | {"prompt": question, "pair_id": text_id(question, *sorted((a, b)))}


def _model(path: Path) -> str:
    """The model of `answer_MODEL.jsonl` (or .jsonl.gz), whose name may hold dots."""
    return path.name.partition(".jsonl")[0].removeprefix("answer_")


def _has(sample: Sample, columns: tuple[str, ...]) -> bool:
    return all(name in sample.columns for name in columns)


def _within(sample: Sample, name: str, allowed: set[int]) -> bool:
    values = [value for value in sample.values(name) if isinstance(value, int | float | str)]
    return bool(values) and {str(value) for value in values} <= {str(value) for value in allowed}
