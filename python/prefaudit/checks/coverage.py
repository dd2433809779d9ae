"""Do the prompts cover the world that they are meant for?"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit import prose
from prefaudit.checks.base import Check
from prefaudit.checks.columns import pair_keys, prompt_text_keys
from prefaudit.checks.examples import Sources
from prefaudit.checks.prompt_spread import Spread
from prefaudit.checks.target import Target, compare
from prefaudit.report.model import Chart, Example, Finding, Measure, Verdict
from prefaudit.stats.histogram import IntHistogram
from prefaudit.stats.rules import ALPHA, census
from prefaudit.stats.state import Counts
from prefaudit.stats.table import RowTable
from prefaudit.stats.text_sample import TextSample
from prefaudit.target_prompts import target_prompts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prefaudit.checks.target import Comparison
    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch

_EXAMPLES = 5
_DESCRIBED = 1_000  # prompts that are kept where there is no target: to describe them
_LANGUAGES = 400  # prompts whose language is told: a share of them is known to within five points
_SURE = 0.9  # confidence up to which a language is a guess
_LEAST_PROMPTS = 100  # below which topics are not compared


class Coverage(Check):
    """Do the prompts cover the world that they are meant for?

    What it measures:
        Without a target: how the pairs are spread over prompts. The estimate is the share of pairs beyond the
        `per_prompt` (5) first of their prompt, or beyond the number that is usual for a prompt here where that is
        more. With `--target-prompts FILE`, prompts as the model will get them: how far the topics of the two differ,
        in bits of Jensen-Shannon divergence beyond chance, and which topics of the target the data lack.

    Why it matters:
        A reward model knows nothing about what it has not seen. A hundred pairs on one prompt teach less than one pair
        on each of a hundred prompts, and no number of pairs about recipes says which proof is better.

    How it is computed:
        Votes on one pair, and its exact repeats, count once. Several pairs on each prompt are a design
        (UltraFeedback, SHP, HelpSteer), so that the usual number of pairs, the median over prompts, is no defect;
        what lies beyond it, because some prompts have many more, is. The interval is clustered by prompt.
        Scripts, lengths and the largest template (how most prompts begin: five words, digits as #) are of
        all prompts, languages of 400. Topics are of what the person says, of the `sample` (10,000) distinct prompts of
        the smallest hashes on each side: TF-IDF, 64 dimensions of it (a sparse sign projection and one power
        iteration), k-means with 50 centres, or one for 20 prompts. Whether the two sides differ is tested against 999
        redraws of both from the pooled counts. A topic is missing when it makes up 1% of the target or more, and the
        share in the data is under a fifth of that: an exact test, divided by the number of topics (Bonferroni).

    Verdict:
        WARN when more than `warn` (20%) of the pairs lie beyond, FAIL when more than `fail` (50%) do; every row is
        read, so the share is a fact, and its interval decides only with `sampled`. With a target also WARN when p <=
        .05 and the difference is over `excess` (.05 bit), or when a topic is missing; PASS when the whole
        interval of the difference is up to `excess`, else UNDERPOWERED, as always with under 100 prompts on a side.
        The worse of the two is the verdict. NOT MEASURABLE without prompts.

    Limits:
        Without a target no data set covers too little: that is a question about a world. Topics are words in common,
        not meaning: the same topic in two languages is two, and in scripts without spaces terms are
        single characters. Only what is at least 1% of the target is looked for. The language of short texts
        cannot be told, and counts as unknown.

    References:
        Lin 1991, IEEE Trans. Inf. Theory 37:145 (the divergence); Halko, Martinsson & Tropp 2011, SIAM Rev. 53:217;
        Przyborowski & Wilenski 1940, Biometrika 31:313 (two rates); Ethayarajh et al. 2022, ICML, arXiv:2110.08420
        (SHP, whose card advises at most 5 pairs a post); Korn & Graubard 1998, Survey Methodology 24:193.
    """

    id = "coverage"
    measure = Measure("pairs beyond the usual", "share")
    advice = "keep a few pairs of each prompt; collect pairs on more prompts"
    filter = "cap-per-prompt:5"
    defaults: ClassVar[Mapping[str, Value]] = {
        "warn": 0.2,
        "fail": 0.5,
        "per_prompt": 5,
        "sampled": False,
        "target_prompts": "",
        "excess": 0.05,
        "sample": 10_000,
    }

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.scripts = Counts()
        self.words = IntHistogram()
        self.rows = RowTable(prompt="u8", pair="u8", template="u4", row="u4")
        self.sources = Sources()
        self.sample = TextSample(_DESCRIBED)
        self.target = Target()
        if self.values()["target_prompts"]:
            self.use_target(self.values()["target_prompts"])

    def use_target(self, prompts: Any) -> None:
        """Compare with these prompts."""
        size = self.values()["sample"]
        self.sample = TextSample(size)
        self.target.take(*target_prompts(prompts), size)

    def update(self, batch: PairBatch) -> None:
        """Keep the hashes of the prompts of one batch, and those of the smallest."""
        facts = prose.prompt_facts(batch.texts["prompt"], threads=batch.threads)
        said, template = facts["said"].to_numpy(), facts["template"].to_numpy() & np.uint64(0xFFFFFFFF)
        known = said > 0
        self.counts.add(prompts=int(known.sum()), without_prompt=int((~known).sum()))
        self.words.add(facts["words"].to_numpy()[known])
        for count in pc.value_counts(facts["script"].drop_null()).to_pylist():
            self.scripts.add(**{count["values"]: count["counts"]})
        rows = batch.row.to_numpy() & 0xFFFFFFFF
        columns = {"prompt": prompt_text_keys(batch), "pair": pair_keys(batch).pair, "template": template, "row": rows}
        self.rows.add(**{name: values[known] for name, values in columns.items()})
        wanted = self.sample.wanted(said)
        self.sample.add(said[wanted], prose.human_turns(batch.prompt.take(pa.array(wanted)), threads=batch.threads))
        self.sources.note(batch)

    def result(self) -> Finding:
        """How the pairs are spread over prompts, and what of the target they cover."""
        spread = Spread.joined(map(Spread.of, self.rows.parts()))
        if not len(spread.pairs):
            return self._not_measurable(
                "no row has a prompt", {"without_prompt": self.counts["without_prompt"]}, missing="prompts"
            )
        answers = [self._repeats(spread)]
        figures = self._figures(spread)
        if self.target:
            comparison = self._compared()
            answers.insert(0, self._covered(comparison))
            figures = self._topics(comparison) | figures
        worst = min(answers, key=lambda answer: _ORDER.index(answer.verdict))
        reason = "; ".join(answer.reason for answer in answers)
        examples = [
            Example(self.sources.name, row, float(pairs), f"its prompt has {pairs:,} different pairs")
            for row, pairs in spread.largest(self._most(spread), _EXAMPLES)
        ]
        found = self._finding(
            worst.verdict,
            worst.estimate,
            worst.interval,
            worst.n,
            reason,
            figures,
            examples,
            brief=worst.brief,
            counted="pairs" if worst.measure == self.measure else "prompts",
            clustered_by=("prompt",) if worst.measure == self.measure else (),
        )
        if worst.measure == self.measure:
            return found
        return replace(found, measure=worst.measure, filter="", advice=worst.advice if found.advice else "")

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """What the data have less of than the target, and more."""
        if "topics" not in figures:
            return ()
        title = "share of the data minus share of the target, by topic; what is lacking most comes first"
        return (Chart("bars", "topics", title, "topic", "difference"),)

    def _most(self, spread: Spread) -> int:
        """The pairs of a prompt that are no repeats."""
        return max(int(self.values()["per_prompt"]), spread.usual)

    def _repeats(self, spread: Spread) -> _Answer:
        values, most = self.values(), self._most(spread)
        share = spread.share_beyond(most)
        beyond = int(spread.beyond(most).sum())
        verdict = census(beyond, share.n, share.interval, values["warn"], values["fail"], sampled=values["sampled"])
        prompts = _counted(len(spread.pairs), "prompt")
        reason = f"{beyond:,} of {share.n:,} pairs ({share.share:.2%}) lie beyond the first {most:,} of their prompt"
        if share.n - most <= values["warn"] * share.n:  # were they all on one prompt
            verdict = Verdict.UNDERPOWERED
            reason += f"; with {prompts} none could have many more than the others: to tell takes more prompts"
            brief = f"{prompts}: too few to tell whether some have many more pairs than the others"
        else:
            reason += f"; they are on {prompts}"
            brief = prompts
        return _Answer(verdict, share.share, share.interval, share.n, reason, self.measure, brief)

    def _compared(self) -> Comparison | None:
        least = min(len(self.sample), len(self.target.sample))
        return compare(self.sample.texts, self.target.sample.texts) if least >= _LEAST_PROMPTS else None

    def _covered(self, found: Comparison | None) -> _Answer:
        n, target = len(self.sample), f"{len(self.target.sample):,} of {self.target.name}"
        if found is None:
            reason = f"topics of {n:,} prompts and {target} are not compared: that takes {_LEAST_PROMPTS} on each side"
            return _Answer(Verdict.UNDERPOWERED, 0.0, (0.0, 1.0), n, reason, _BITS, "too few prompts to compare topics")
        low, high = found.excess.interval
        limit = self.values()["excess"]
        differs = found.excess.p <= ALPHA and found.excess.value > limit
        alike = high <= limit and found.excess.by_chance > 0  # with a single topic nothing could differ
        verdict = Verdict.WARN if differs or found.missing else Verdict.PASS if alike else Verdict.UNDERPOWERED
        reason = (
            f"the topics of {n:,} prompts are {found.excess.value:.3f} bit [{low:.3f}, {high:.3f}] further from"
            f" those of {target} than chance (p = {found.excess.p:.3f})"
        )
        lacks = "; ".join(f"{one.terms} ({one.target:.1%} there, {one.data:.2%} here)" for one in found.missing[:3])
        more = f" and {len(found.missing) - 3:,} more" if len(found.missing) > 3 else ""  # noqa: PLR2004
        reason += f"; missing: {lacks}{more}" if lacks else "; no topic is missing"
        wanted = "the topics that are missing, and on those" if found.missing else "the topics"
        advice = f"add pairs on {wanted} of which the target has more (the bars on the left)"
        brief = {
            Verdict.PASS: "topics as in the target",
            Verdict.UNDERPOWERED: "too few prompts to tell whether topics are the target's",
        }.get(verdict, "the target has other shares of the topics; none is missing")
        if found.missing:
            is_ = "is" if len(found.missing) == 1 else "are"
            brief = f"{_counted(len(found.missing), 'topic')} of the target {is_} missing"
        return _Answer(verdict, found.excess.value, found.excess.interval, n, reason, _BITS, brief, advice)

    def _figures(self, spread: Spread) -> dict[str, Any]:
        figures: dict[str, Any] = {
            "pairs": int(spread.pairs.sum()),
            "prompts": len(spread.pairs),
            "without_prompt": self.counts["without_prompt"],
            "usual_pairs_per_prompt": spread.usual,
            "most_pairs_on_one_prompt": int(spread.pairs.max()),
            "median_words": self.words.median(),
            "mean_words": self.words.mean(),
        }
        figures |= self._template(spread)
        total = self.counts["prompts"]
        scripts = self.scripts.to_state()
        scripts["no letters"] = total - sum(scripts.values())
        figures["scripts"] = [
            {"script": name, "rows": n, "share_of_rows": n / total} for name, n in _most_first(scripts.items()) if n
        ]
        figures["languages"] = self._languages()
        return figures

    def _template(self, spread: Spread) -> dict[str, Any]:
        """How most prompts begin, in words where the sample has such a prompt."""
        template, count = spread.largest_template()
        hashes = prose.prompt_facts(self.sample.texts)["template"].to_numpy() & np.uint64(0xFFFFFFFF)
        at = np.flatnonzero(hashes == template)
        if count < 2 or not len(at):  # noqa: PLR2004
            return {}
        begins = " ".join(self.sample.texts[int(at[0])].as_py().split()[:5])
        return {
            "largest_template": f"{re.sub('[0-9]+', '#', begins).lower()} ...",
            "share_with_this_template": count / len(spread.pairs),
        }

    def _languages(self) -> list[dict[str, Any]]:
        """The languages of a few prompts, the most frequent first."""
        found = prose.languages(self.sample.texts.slice(0, _LANGUAGES))
        is_sure = pc.fill_null(pc.greater(found["confidence"], _SURE), fill_value=False)
        sure = pc.if_else(is_sure, found["language"], "cannot be told")
        counts = _most_first((one["values"], one["counts"]) for one in pc.value_counts(sure).to_pylist())
        return [{"language": name, "prompts_looked_at": n, "share_of_these": n / len(sure)} for name, n in counts]

    def _topics(self, found: Comparison | None) -> dict[str, Any]:
        figures: dict[str, Any] = {
            "target_prompts": len(self.target.sample),
            "prompts_compared": len(self.sample),
            "all_prompts_compared": not (self.sample.full or self.target.sample.full),
        }
        if found is None:
            return figures
        return {
            **figures,
            "bits_apart": found.excess.divergence,
            "bits_by_chance": found.excess.by_chance,
            "p": found.excess.p,
            "missing_topics": [topic.missed() for topic in found.missing],
            "topics": [topic.row() for topic in found.topics],
        }


_BITS = Measure("bits from the target's topics", "number")
#: The worst first; what cannot be told about one of two questions stands before a pass of the other.
_ORDER = (Verdict.FAIL, Verdict.WARN, Verdict.UNDERPOWERED, Verdict.PASS)


class _Answer(NamedTuple):
    """What is said about one of the two questions."""

    verdict: Verdict
    estimate: float
    interval: tuple[float, float]
    n: int
    reason: str
    measure: Measure
    brief: str
    advice: str = ""


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def _most_first(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counts, key=lambda item: (-item[1], item[0]))
