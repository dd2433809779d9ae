"""The contract of a check: a mergeable state that turns batches of pairs into a finding."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, runtime_checkable

from prefaudit.config import Setting, Settings
from prefaudit.report.model import Finding, Measure, Verdict
from prefaudit.stats.state import Compound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prefaudit.config import Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Chart, Example
    from prefaudit.stats.clusters import ShareEstimate
    from prefaudit.stats.families import Band


class Check(Compound):
    """One question about preference data.

    A subclass names itself and its settings, keeps all that it counts in attributes that are `State`s,
    adds to them in `update` and reads them in `result`. Merging and the round trip through JSON then come
    from here. The same rows give the same result however they are split and in whatever order the parts
    are merged; with no rows the verdict is NOT MEASURABLE.

    Its docstring is what `prefaudit explain` shows: one line with the question, then the headings
    "What it measures", "Why it matters", "How it is computed", "Verdict", "Limits" and "References".
    """

    #: The name in reports and on the command line.
    id: ClassVar[str]
    #: What the estimate is an estimate of.
    measure: ClassVar[Measure] = Measure()
    #: What a check of texts counts: "votes" where pairs have several; who runs it knows that once all rows are read.
    counted: str = "pairs"
    #: What to do about a WARN or a FAIL, in words.
    advice: ClassVar[str] = ""
    #: The filter that takes out what was found, as `prefaudit filter --drop` has it.
    filter: ClassVar[str] = ""
    #: Settings by name, with their defaults: of what kind they are, and from 0 to 1 or whole, as their values must be.
    defaults: ClassVar[Mapping[str, Value]] = {}

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = (settings or Settings()).resolve(self.id, self.defaults)

    @abstractmethod
    def update(self, batch: PairBatch) -> None:
        """Count the pairs of one batch."""

    @abstractmethod
    def result(self) -> Finding:
        """What all pairs seen so far say."""

    def share(self) -> ShareEstimate | None:
        """The share that the verdict is about, where it is judged by a band: so that slices can be a family."""
        return None

    def band(self) -> Band | None:
        """The band around it."""
        return None

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """How some of the figures are drawn."""
        del figures
        return ()

    @classmethod
    def question(cls) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(cls) or "").partition("\n")[0]

    def values(self) -> dict[str, Any]:
        """The settings' values by name."""
        return {name: setting.value for name, setting in self.settings.items()}

    def to_state(self) -> dict[str, Any]:
        """Settings and counts as JSON carries them exactly."""
        settings = {name: [setting.value, setting.origin] for name, setting in self.settings.items()}
        return {"settings": settings, **super().to_state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The check that `to_state` came from."""
        check = cls()
        check.settings = {name: Setting(*setting) for name, setting in state["settings"].items()}
        check.load_state(state)
        return check

    def _finding(  # noqa: PLR0917 - what a Finding holds, in its order
        self,
        verdict: Verdict,
        estimate: float,
        interval: tuple[float, float],
        n: int,
        reason: str,
        figures: dict[str, Any],
        examples: Iterable[Example] = (),
        *,
        brief: str = "",
        counted: str = "",
        clustered_by: Iterable[str] = (),
    ) -> Finding:
        """The check's answer, with the settings that it rests on last among its figures."""
        found = verdict in {Verdict.WARN, Verdict.FAIL}
        return Finding(
            self.id,
            verdict,
            estimate,
            interval,
            n,
            reason,
            self._recorded(figures),
            tuple(examples),
            self.advice if found else "",
            self.measure,
            brief,
            self.filter if found else "",
            self.charts(figures),
            counted or self.counted,
            tuple(clustered_by),
        )

    def _not_measurable(self, reason: str, figures: dict[str, Any], *, missing: str = "") -> Finding:
        """The answer of a check that had nothing to measure, and which column or option is missing."""
        recorded = self._recorded(figures)
        return Finding(
            self.id, Verdict.NOT_MEASURABLE, None, None, 0, reason, recorded, measure=self.measure, brief=missing
        )

    def _recorded(self, figures: dict[str, Any]) -> dict[str, Any]:
        settings = {name: {"value": setting.value, "from": setting.origin} for name, setting in self.settings.items()}
        return {**figures, "settings": settings}


@runtime_checkable
class TakesTokenizer(Protocol):
    """A check that can be given a tokenizer."""

    def use(self, tokenizer: Any) -> None:
        """Tokenize with this one."""


@runtime_checkable
class TakesTarget(Protocol):
    """A check that can be given the prompts that the data are meant for."""

    def use_target(self, prompts: Any) -> None:
        """Compare with these: whatever `target_prompts` reads."""
