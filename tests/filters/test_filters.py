"""Each filter against the same question asked of each row in plain Python."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prefaudit
from prefaudit.errors import ConfigError
from prefaudit.filters import (
    FILTERS,
    BalanceLength,
    CapPerPrompt,
    Contradictions,
    Duplicates,
    MinMargin,
    Overlength,
    TruncationCollapse,
    filter_of,
)
from prefaudit.report.model import Verdict
from prefaudit.sources.demo import demo
from training.made_tokenizers import trained

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prefaudit.filters import Filter

Row = dict[str, Any]


def row(prompt: str, chosen: str, rejected: str, **more: Any) -> Row:
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, **more}


def kept(rows: Sequence[Row], *filters: Filter | str) -> list[int]:
    """The numbers of the rows that stay."""
    return [int(at) for at in prefaudit.filter(list(rows), filters).data.to_table()["row"].to_pylist()]


WORDS = st.lists(st.sampled_from(["a", "b", "A", "c.", " "]), max_size=6).map(" ".join)
ROWS = st.lists(st.builds(row, st.sampled_from(["p", "q", ""]), WORDS, WORDS), min_size=1, max_size=30)
SCORED = st.lists(
    st.builds(
        row,
        st.sampled_from(["p", "q"]),
        st.just("x"),
        st.just("y"),
        score_chosen=st.sampled_from([None, -1.0, 0.0, 1.0, 3.0]),
        score_rejected=st.sampled_from([None, 0.0, 1.0, 2.0]),
        strength=st.sampled_from([None, 0.0, 2.0]),
        domain=st.sampled_from([None, "chat", "code"]),
    ),
    min_size=1,
    max_size=20,
).map(lambda rows: [*rows, row("last", "x", "y", score_chosen=5.0, score_rejected=1.0, strength=9.0, domain="chat")])


def ratio(one: Row) -> float:
    return SequenceMatcher(None, one["chosen"].strip(), one["rejected"].strip(), autojunk=False).ratio()


ONE_BY_ONE: dict[str, Callable[[Row], bool]] = {
    "identical": lambda one: one["chosen"] != one["rejected"],
    "identical:up_to=whitespace": lambda one: one["chosen"].split() != one["rejected"].split(),
    "near-duplicate": lambda one: ratio(one) <= 0.9,
    "near-duplicate:0.5": lambda one: ratio(one) <= 0.5,
    "near-duplicate:0": lambda one: ratio(one) <= 0,
    "empty": lambda one: bool(one["chosen"].split() and one["rejected"].split()),
    "empty:prompt=true": lambda one: all(one[name].split() for name in ("prompt", "chosen", "rejected")),
    "overlength:3": lambda one: (
        len(one["prompt"].split()) + max(len(one["chosen"].split()), len(one["rejected"].split())) <= 3
    ),
    "overlength:5,unit=characters": lambda one: len(one["prompt"]) + max(len(one["chosen"]), len(one["rejected"])) <= 5,
}


@pytest.mark.parametrize("text", ONE_BY_ONE)
@given(rows=ROWS)
def test_filters_that_look_at_one_row(text: str, rows: list[Row]) -> None:
    assert kept(rows, text) == [at for at, one in enumerate(rows) if ONE_BY_ONE[text](one)]


def both(one: Row) -> bool:
    return one["score_chosen"] is not None and one["score_rejected"] is not None


BY_COLUMNS: dict[str, Callable[[Row], bool]] = {
    "min-margin:difference=1": lambda one: both(one) and one["score_chosen"] - one["score_rejected"] >= 1,
    "min-margin:ratio=1.5": lambda one: (
        both(one)
        and one["score_chosen"] > 0
        and one["score_rejected"] > 0
        and one["score_chosen"] / one["score_rejected"] >= 1.5
    ),
    "min-margin:strength=1": lambda one: (one["strength"] or 0) >= 1,
    "scores": lambda one: not (both(one) and one["score_chosen"] < one["score_rejected"]),
    "domain:chat": lambda one: one["domain"] == "chat",
    "domain:drop=chat|law": lambda one: one["domain"] != "chat",
}


@pytest.mark.parametrize("text", BY_COLUMNS)
@given(rows=SCORED)
def test_filters_that_go_by_a_column(text: str, rows: list[Row]) -> None:
    assert kept(rows, text) == [at for at, one in enumerate(rows) if BY_COLUMNS[text](one)]


@given(rows=ROWS, limit=st.integers(1, 3))
def test_cap_per_prompt(rows: list[Row], limit: int) -> None:
    seen: Counter[str] = Counter()
    expected = []
    for at, one in enumerate(rows):
        seen[one["prompt"]] += 1
        if seen[one["prompt"]] <= limit or not one["prompt"]:
            expected.append(at)
    assert kept(rows, CapPerPrompt(limit)) == expected


@given(rows=ROWS)
def test_repeated_pairs_and_prompts(rows: list[Row]) -> None:
    firsts: dict[Any, int] = {}
    for at, one in enumerate(rows):
        firsts.setdefault((one["prompt"], frozenset([one["chosen"], one["rejected"]])), at)
    assert kept(rows, "duplicates") == sorted(firsts.values())
    prompts: dict[Any, int] = {}
    for at, one in enumerate(rows):
        prompts.setdefault(one["prompt"] or at, at)
    assert kept(rows, "duplicates:prompt") == sorted(prompts.values())


VOTES = st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from([("x", "y"), ("y", "x"), ("x", "z"), ("z", "z")])))


def ballot(rows: list[Row], one: Row) -> tuple[int, int]:
    """Votes for and against a row's direction."""
    if one["chosen"] == one["rejected"]:
        return 0, 0
    sides = [(other["prompt"], other["chosen"], other["rejected"]) for other in rows]
    return (
        sides.count((one["prompt"], one["chosen"], one["rejected"])),
        sides.count((one["prompt"], one["rejected"], one["chosen"])),
    )


@given(votes=VOTES.filter(bool))
def test_filters_that_count_votes(votes: list[tuple[str, tuple[str, str]]]) -> None:
    rows = [row(prompt, *sides) for prompt, sides in votes]
    ballots = [ballot(rows, one) for one in rows]
    assert kept(rows, "contradictions") == [at for at, (_, against) in enumerate(ballots) if not against]
    majority = [at for at, (own, against) in enumerate(ballots) if own > against or not against]
    assert kept(rows, Contradictions(keep="majority")) == majority
    agreed = [at for at, (own, against) in enumerate(ballots) if own + against == 0 or own / (own + against) >= 0.6]
    assert kept(rows, "min-agreement:0.6") == agreed
    first: dict[Any, int] = {}
    for at in majority:
        first.setdefault((rows[at]["prompt"], frozenset([rows[at]["chosen"], rows[at]["rejected"]])), at)
    assert kept(rows, Duplicates(keep="majority")) == sorted(first.values())


@given(votes=st.lists(st.tuples(st.sampled_from("pq"), st.permutations("vwxyz").map(lambda names: names[:2]))))
@pytest.mark.parametrize("keep", ["none", "majority"])
def test_what_is_left_goes_in_no_circle(keep: str, votes: list[tuple[str, list[str]]]) -> None:
    rows = [row("start", "a", "b"), *(row(prompt, *sides) for prompt, sides in votes)]
    straight = kept(rows, Contradictions(keep=keep, circles="keep"))
    wins = {
        ((one["prompt"], one["chosen"]), (one["prompt"], one["rejected"])) for one in map(rows.__getitem__, straight)
    }
    beats = set(wins)
    while more := {(one, far) for one, other in beats for near, far in wins if other == near} - beats:
        beats |= more
    assert kept(rows, Contradictions(keep=keep)) == [
        at
        for at in straight
        if ((rows[at]["prompt"], rows[at]["rejected"]), (rows[at]["prompt"], rows[at]["chosen"])) not in beats
    ]


@pytest.mark.parametrize("keep", ["none", "majority"])
def test_circles_are_what_the_check_of_contradictions_finds_no_more(keep: str) -> None:
    sides = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "d")]
    rows = [row(f"p{at}", *side) for at in range(200) for side in sides]
    assert prefaudit.audit(rows)["contradictions"].verdict is Verdict.FAIL
    filtered = prefaudit.filter(rows, [Contradictions(keep=keep)])
    assert len(filtered.data) == 200
    assert set(filtered.dropped["figure"].to_pylist()) == {3.0}
    assert prefaudit.audit(filtered.data)["contradictions"].verdict is Verdict.NOT_MEASURABLE


def lengths(one: Row) -> tuple[int, int]:
    return len(one["chosen"].split()), len(one["rejected"].split())


@given(rows=ROWS, seed=st.integers(0, 3))
def test_lengths_are_balanced_at_every_difference(rows: list[Row], seed: int) -> None:
    stay = [rows[at] for at in kept(rows, BalanceLength(seed=seed))]
    for difference in range(1, 8):
        before = Counter(a > b for a, b in map(lengths, rows) if abs(a - b) == difference)
        after = Counter(a > b for a, b in map(lengths, stay) if abs(a - b) == difference)
        if difference <= 4:  # each of these is a bin of its own
            assert after[True] == after[False] == min(before[True], before[False])
    assert sum(a == b for a, b in map(lengths, stay)) == sum(a == b for a, b in map(lengths, rows))


def test_the_seed_decides_who_goes_and_the_order_of_rows_does_not() -> None:
    rows = [row(f"p{at}", "a b c" if at % 4 else "a", "a" if at % 4 else "a b c") for at in range(400)]
    assert len(kept(rows, "balance-length")) == 200
    assert kept(rows, "balance-length") == kept(rows, "balance-length")
    assert kept(rows, "balance-length") != kept(rows, "balance-length:seed=1")


VERDICTS = {
    "identical": "identical",
    "near-duplicate": "near-duplicate:0.9",
    "structure": "malformed",
    "length-bias": "balance-length",
    "duplicates": "duplicates",
    "contradictions": "contradictions",
    "scores": "scores",
    "agreement": "min-agreement",
}


def spoilt() -> list[Row]:
    """Rows that every one of these checks complains of."""
    rows = [row(f"Why {at}?", "word " * (2 + at % 5), "no " * (1 + at % 3)) for at in range(1500)]
    rows += [row(f"When {at}?", f"now {at}", f"now {at}" if at % 2 else "") for at in range(60)]
    rows += [row(f"Who {at}?", f"you or {at}, or anybody", f"you or {at}, or anybody!") for at in range(60)]
    again = [row(f"What {at}?", "this and that", "nothing") for at in range(200)]
    rows += [*again, *again, *({**one, "chosen": "nothing", "rejected": "this and that"} for one in again)]
    scored = [{**one, "score_chosen": at % 10, "score_rejected": 4} for at, one in enumerate(rows)]
    votes = [
        row(f"Whose {at}?", *(("this", "that") if at * vote % 3 else ("that", "this")))
        for at in range(90)
        for vote in range(4)
    ]
    judged = [
        {**one, "score_chosen": 2, "score_rejected": 1, "annotator": f"judge {at % 4}"} for at, one in enumerate(votes)
    ]
    return [{"annotator": "ann", **one} for one in [*scored, *judged]]


@pytest.mark.parametrize("check", VERDICTS)
def test_the_verdict_is_gone_after_its_filter(check: str) -> None:
    rows = spoilt()
    assert prefaudit.audit(rows, checks=[check])[check].verdict in {Verdict.WARN, Verdict.FAIL}
    filtered = prefaudit.filter(rows, [VERDICTS[check]])
    after = prefaudit.audit(filtered.data, checks=[check])[check].verdict
    assert after not in {Verdict.WARN, Verdict.FAIL}
    ((_, again),) = filtered.compare()
    assert again.verdict == after


@pytest.mark.parametrize("side", ["right", "left"])
def test_nothing_collapses_after_its_filter(side: str) -> None:
    tokenizer = trained()
    shared = "Human: what is the answer? " * 4
    rows = [row("", shared + f"{at}", shared + "nothing") for at in range(9)]
    rows += [row("", f"{at}" + shared, "nothing" + shared) for at in range(7)]
    rows += [row("", f"{at}", "nothing") for at in range(9)]
    filtered = prefaudit.filter(rows, [TruncationCollapse(tokenizer, 12, side)])
    ((before, after),) = filtered.compare()
    assert (before.check, before.verdict, after.verdict) == ("truncation-collapse", Verdict.FAIL, Verdict.PASS)
    assert before.estimate == len(filtered.dropped) / len(rows) == (9 if side == "right" else 7) / 25
    assert str(filtered.filters[0]).startswith("truncation-collapse:tokenizer=")
    assert len(str(filtered.filters[0])) < 100


@given(words=st.lists(st.lists(st.sampled_from(["answer", "not", "12345", "?"]), max_size=6), min_size=2, max_size=9))
def test_overlength_in_tokens(words: list[list[str]]) -> None:
    rows = [row("Why", " ".join(one), " ".join(two)) for one, two in pairwise([*words, words[0]])]
    tokenizer = trained(special=True)
    longest = [
        max(len(tokenizer(f"Why\n\n{one[side]}")["input_ids"]) for side in ("chosen", "rejected")) for one in rows
    ]
    expected = [at for at, length in enumerate(longest) if length <= 12]
    assert kept(rows, Overlength(12, "tokens", tokenizer=tokenizer)) == expected


def test_every_filter_is_applied_in_turn_whatever_the_batches() -> None:
    texts = ["identical", "near-duplicate", "duplicates", "contradictions", "balance-length", "cap-per-prompt:2"]
    whole = prefaudit.filter(spoilt(), texts)
    parts = prefaudit.filter(iter(spoilt()), texts)  # waits in a temporary file
    assert whole.data.to_table().drop_columns("source").equals(parts.data.to_table().drop_columns("source"))
    assert whole.dropped.drop_columns("source").equals(parts.dropped.drop_columns("source"))
    assert [step.before for step in whole.steps[1:]] == [step.after for step in whole.steps[:-1]]
    assert whole.steps[0].before - len(whole.dropped) == whole.steps[-1].after == len(whole.data)


def test_a_filter_can_be_used_twice() -> None:
    rows = [row("p", "x", "y")] * 3
    one = Duplicates()
    assert kept(rows, one) == kept(rows, one) == [0]


def test_flagged_pairs_stay() -> None:
    filtered = prefaudit.filter([row("p", "a b c d", "a"), row("q", "a", "b")], ["overlength:3,flag=true"])
    assert len(filtered.data) == 2
    assert filtered.flagged.to_pylist() == [
        {"source": "list", "row": 0, "filter": "overlength:limit=3,flag=true", "reason": "over 3 words", "figure": 5.0}
    ]
    assert len(filtered.dropped) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("identicall", "there is no filter identicall: did you mean identical?"),
        ("what", "there is no filter what: there are identical"),
        ("identical:up_to=colour", "one of bytes, whitespace, form"),
        ("near-duplicate:1.5", "from 0 to 1"),
        ("near-duplicate:high", "'high' is not a number"),
        ("near-duplicate:level=2", "has no setting level: it has threshold, texts, autojunk"),
        ("near-duplicate:autojunk=perhaps", "not true or false"),
        ("malformed:x", "has no setting x: it has none"),
        ("cap-per-prompt:0", "at least 1"),
        ("cap-per-prompt:1.5", "not a whole number"),
        ("min-margin", "one of difference, ratio and strength"),
        ("min-margin:difference=1,ratio=2", "one of difference, ratio and strength"),
        ("min-agreement:0", "above 0 and at most 1"),
        ("domain", "those to keep|domains to keep"),
        ("duplicates:prompt,keep=majority", "no majority"),
        ("duplicates:what=row", "one of pair, prompt"),
        ("overlength:limit=5,unit=lines", "one of words, characters, tokens"),
        ("overlength:limit=5,unit=tokens", "takes a tokenizer"),
        ("overlength:limit=5,tokenizer=gpt2", "takes a tokenizer"),
        ("contradictions:both", "one of none, majority"),
        ("balance-length:lines", "one of words, characters"),
    ],
)
def test_filters_that_cannot_be(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        filter_of(text)


@pytest.mark.parametrize("text", ["scores", "min-margin:strength=1", "domain:chat"])
def test_data_without_the_column(text: str) -> None:
    with pytest.raises(ConfigError, match="which the data do not have"):
        prefaudit.filter([row("p", "x", "y")], [text])


def test_no_filter_is_no_use() -> None:
    with pytest.raises(ConfigError, match="name at least one"):
        prefaudit.filter([row("p", "x", "y")], [])


def test_a_filter_is_written_as_it_is_read() -> None:
    for text in ("identical", "near-duplicate:threshold=0.8,texts=full", "domain:keep=a|b", "min-margin:ratio=2.0"):
        assert str(filter_of(text)) == text
    assert filter_of("min-margin:difference=2") == MinMargin(difference=2.0)


def test_ids_are_unique() -> None:
    assert len({one.id for one in FILTERS}) == len(FILTERS)


def test_the_demo_is_clean_after_filtering() -> None:
    filtered = prefaudit.filter(demo(2000), ["malformed", "identical", "near-duplicate", "balance-length"])
    assert repr(filtered).startswith("Filtered(1,997 pairs to ")
    verdicts = {finding.check: finding.verdict for finding in prefaudit.audit(filtered.data).findings}
    for check in ("structure", "identical", "near-duplicate", "length-bias"):
        assert verdicts[check] in {Verdict.PASS, Verdict.UNDERPOWERED}
