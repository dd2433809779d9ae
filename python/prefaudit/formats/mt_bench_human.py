"""MT-bench: the answers of two models in one of two turns, judged by several people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.battles import SIDES, winner
from prefaudit.formats.messages import Message, checked_messages, is_messages, render
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import UnusableRow, checked_list, checked_text, number, optional_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

_CHANGED = "tie (inconsistent)"
_NOBODY = "a judge without a name"


class MtBenchHuman(RowFormat):
    """`conversation_a` and `conversation_b` of two turns, `winner`, `judge`, and the `turn` that was judged.

    Layout of the data set card of `lmsys/mt_bench_human_judgments` (some 3,300 votes of people, and GPT-4's). The
    responses are the answers in the judged turn, and the prompt is the questions up to it: the two conversations
    differ in the answer to the first question, so the second answers do not have all of their context in common.
    Where the questions themselves differ, the row is skipped. `winner` may be `tie (inconsistent)`, where GPT-4
    changed its mind with the order of the answers, because of place or by chance; which place won is not recorded. It
    is taken as a tie, and the report says how many there are. `judge` is text, or a list of its parts. Votes on
    the same two models, question and turn are about one pair. Which answer was shown first is not recorded.
    """

    name: ClassVar[str] = "mt-bench-human"
    needs: ClassVar[tuple[str, ...]] = ("question_id", "model_a", "model_b", "winner", "judge", *SIDES, "turn")

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        #: Votes of the latest pass by judge, and those of them that changed with the order of the answers.
        self.votes: Counter[str] = Counter()
        self.unsure: Counter[str] = Counter()

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages on both sides, and no time, which the battles of the Chatbot Arena have."""
        return "tstamp" not in sample.columns and all(any(map(is_messages, sample.values(name))) for name in SIDES)

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs of all rows."""
        self.votes, self.unsure = Counter(), Counter()  # each pass counts anew
        yield from super().pairs(batches, accounting, threads=threads)

    def notes(self) -> list[str]:
        """How often a judge changed its mind with the order."""
        return [
            f"{judge} changed its mind with the order of the answers in {count:,} of {self.votes[judge]:,} votes"
            f" ({count / self.votes[judge]:.1%}; {_CHANGED!r}), because of place or by chance: which place won is not"
            " recorded, so that position-bias cannot count them; other checks take them for ties"
            for judge, count in self.unsure.most_common()
        ]

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        turn = number(row, "turn")
        (asked, one), (asked_too, other) = (_turn(checked_messages(row.get(name), name), turn, name) for name in SIDES)
        if asked != asked_too:
            raise UnusableRow("the two conversations ask different questions", f"up to turn {turn:g}")
        question, judge, won = optional_text(row, "question_id"), _judge(row.get("judge")), winner(row)
        self.votes[judge or _NOBODY] += 1
        if row["winner"] == _CHANGED:
            self.unsure[judge or _NOBODY] += 1
        return [
            judged(one, other, won)
            | {
                "prompt": render(asked),
                # Two questions in a row are no conversation: the answers between them differ.
                "prompt_messages": asked if len(asked) == 1 else None,
                "prompt_id": question,
                "pair_id": _pair_id(row, question, turn),
                "annotator": judge,
            }
        ]


def _turn(messages: list[Message], turn: float, name: str) -> tuple[list[Message], str]:
    """The questions up to the turn, counted from 1, and the answer in it."""
    asked = [message for message in messages if message["role"] != "assistant"]
    answers = [message["content"] for message in messages if message["role"] == "assistant"]
    roles = ["user", "assistant"] * len(answers)
    if [message["role"] for message in messages] != roles:
        raise UnusableRow(f"'{name}' does not alternate between user and assistant", f"{len(messages)} messages")
    if turn not in range(1, len(answers) + 1):
        raise UnusableRow("'turn' is not one of the turns", f"turn {turn:g} of {len(answers)}")
    return asked[: int(turn)], answers[int(turn) - 1]


def _pair_id(row: Mapping[str, Any], question: str | None, turn: float) -> str | None:
    models = [optional_text(row, name) for name in ("model_a", "model_b")]
    parts = [question, f"{turn:g}", *sorted(filter(None, models))]
    return "/".join(filter(None, parts)) if question and all(models) else None


def _judge(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return ", ".join(checked_text(part, "judge") for part in checked_list(value, "judge")) or None
    return optional_text({"judge": value}, "judge")
