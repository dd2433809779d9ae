"""HelpSteer3: two answers to a conversation, judged by up to three raters and overall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.identity import pair_identity
from prefaudit.formats.messages import checked_messages, is_messages, render
from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import UnusableRow, checked_list, checked_object, number, optional_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class HelpSteer3(RowFormat):
    """`context` as messages, `response1`, `response2` and `overall_preference` from -3 to 3.

    Layout of the configuration `preference` of `nvidia/HelpSteer3`, by its data set card (40,476 pairs). Below 0
    the first response is better, above 0 the second, and 0 is a tie; `strength` is the number without its sign. By
    default a row is one judgment, the overall one. `votes=individual` takes instead each `score` in
    `individual_preference` as a vote of its own, with the pair's `pair_id` in common: what agreement is computed
    from. Raters have no names in the data, so `annotator` stays empty, and a row in which one of the votes cannot
    be read is skipped as a whole.
    """

    name: ClassVar[str] = "helpsteer3"
    needs: ClassVar[tuple[str, ...]] = ("context", "response1", "response2", "overall_preference")
    reads: ClassVar[tuple[str, ...]] = ("domain", "individual_preference")
    options: ClassVar[Mapping[str, Option]] = {
        "votes": Option("overall", "the overall preference, or one vote a rater", choices=("overall", "individual")),
    }

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages in `context`, text in the responses."""
        return sample.holds_text("response1") and any(map(is_messages, sample.values("context")))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair, or one a vote."""
        messages = checked_messages(row.get("context"), "context")
        prompt, one, other = render(messages), text(row, "response1"), text(row, "response2")
        common = {"prompt": prompt, "prompt_messages": messages, "domain": optional_text(row, "domain")}
        if self.chosen["votes"] == "individual":
            preferences = _votes(row)
            common["pair_id"] = pair_identity(prompt, one, other)
        else:
            preferences = [number(row, "overall_preference")]
        return [judged(one, other, -preference) | common | {"strength": abs(preference)} for preference in preferences]


def _votes(row: Mapping[str, Any]) -> list[float]:
    items = checked_list(row.get("individual_preference"), "individual_preference")
    if not items:
        raise UnusableRow("'individual_preference' holds no votes", "column 'individual_preference': an empty list")
    return [number(checked_object(item, "individual_preference"), "score") for item in items]
