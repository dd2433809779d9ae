"""Coverage: repeats that are a design and repeats that are not, topics against scikit-learn, targets of any kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from prefaudit.audit import audit
from prefaudit.checks.coverage import Coverage
from prefaudit.config import Settings
from prefaudit.errors import ConfigError, FormatError, SourceError
from prefaudit.pairs import PairBatch
from prefaudit.report.json import as_json
from prefaudit.report.model import Finding, Report, Verdict
from prefaudit.target_prompts import target_prompts

if TYPE_CHECKING:
    from pathlib import Path

NOUNS = "oak elm ash fir yew bay fig nut pea rye oat hop kale leek corn bean plum pear lime date".split()
CODE = "python loop list tuple lambda closure thread socket parser compiler pointer heap stack queue".split()


def prompts_about(words: list[str], rng: np.random.Generator, n: int) -> list[str]:
    return [f"Say more of {' '.join(rng.choice(words, 6))} {number}" for number in range(n)]


def mixture(seed: int, n: int, code: float) -> list[str]:
    """Prompts about seven kinds of plants, and some about programs."""
    rng = np.random.default_rng(seed)
    topics = [NOUNS[start : start + 8] for start in range(0, 14, 2)]
    return [
        prompts_about(CODE if rng.random() < code else topics[int(rng.integers(len(topics)))], rng, 1)[0] + f" {number}"
        for number in range(n)
    ]


def pairs(prompts: list[str], **columns: Any) -> PairBatch:
    answers = [f"a {number}" for number in range(len(prompts))]
    return PairBatch.from_lists(prompts, answers, [f"{one} b" for one in answers], **columns)


def found(prompts: list[str], target: Any = None, **settings: Any) -> Finding:
    check = Coverage(Settings.of_arguments({f"coverage_{name}": value for name, value in settings.items()}))
    if target is not None:
        check.use_target(target)
    check.update(pairs(prompts))
    return check.result()


def test_prompts_with_far_more_pairs_than_usual_are_repeats() -> None:
    finding = found([f"q{number}" for number in range(60)] + ["hello"] * 40)
    assert finding.verdict is Verdict.WARN
    assert finding.estimate == 35 / 100
    assert finding.examples[0].row == 60
    assert "40 different pairs" in finding.examples[0].note
    assert finding.filter == "cap-per-prompt:5"
    assert found(["a"] * 60 + ["b"] * 40).verdict is Verdict.PASS  # both prompts have many: that is a design
    assert found([f"q{number}" for number in range(10)] + ["hello"] * 90).verdict is Verdict.FAIL


@pytest.mark.parametrize("per_prompt", [1, 4, 21])
def test_the_same_number_of_pairs_on_every_prompt_is_a_design(per_prompt: int) -> None:
    finding = found([f"q{number}" for number in range(30) for _ in range(per_prompt)])
    assert (finding.verdict, finding.estimate) == (Verdict.PASS, 0.0)


def test_one_to_seven_pairs_a_prompt_are_a_design() -> None:
    assert found([f"q{number}" for number in range(350) for _ in range(1 + number % 7)]).verdict is Verdict.PASS


def test_votes_on_one_pair_are_one_pair() -> None:
    check = Coverage()
    votes = ["left"] * 50
    check.update(PairBatch.from_lists(["q"] * 50, votes, ["right"] * 50, annotator=[str(n) for n in range(50)]))
    check.update(PairBatch.from_lists(["q"] * 50, ["right"] * 50, votes, annotator=[str(n) for n in range(50)]))
    finding = check.result()
    assert (finding.n, finding.figures["most_pairs_on_one_prompt"]) == (1, 1)


def test_a_handful_of_pairs_tells_nothing() -> None:
    assert found(["a"] * 5).verdict is Verdict.UNDERPOWERED
    assert found(["only one"]).verdict is Verdict.UNDERPOWERED
    assert found(["", " \n"]).verdict is Verdict.NOT_MEASURABLE


def test_what_the_prompts_are_like_is_described() -> None:
    texts = [f"Write {n} lines about plant number {n}" for n in range(30)] + [
        "Что такое дуб и где он растёт?",
        "你好",
        "7",
    ]
    figures = found(texts).figures
    assert {row["script"]: row["rows"] for row in figures["scripts"]} == {
        "Latin": 30,
        "Cyrillic": 1,
        "Han": 1,
        "no letters": 1,
    }
    assert figures["largest_template"] == "write # lines about plant ..."
    assert figures["share_with_this_template"] == 30 / 33
    assert figures["median_words"] == 7.0
    assert {"zh", "ru"} <= {row["language"] for row in figures["languages"]}


@pytest.mark.parametrize("seed", range(3))
def test_a_topic_that_the_data_lack_is_named(seed: int) -> None:
    finding = found(mixture(seed, 2000, 0.0), mixture(seed + 100, 600, 0.08))
    assert finding.verdict is Verdict.WARN
    missing = [topic for topic in finding.figures["topics"] if topic["missing"]]
    assert missing
    for topic in missing:
        assert set(topic["topic"].split(", ")) <= set(CODE)
        assert topic["share_of_data"] == 0.0
        assert topic["share_of_data_at_most"] < topic["share_of_target"] / 5
    assert "missing" in finding.reason
    assert "missing" in finding.advice
    assert [topic["missing_topic"] for topic in finding.figures["missing_topics"]] == [one["topic"] for one in missing]
    assert all(set(CODE) & set(row["a_prompt_of_the_target"].split()) for row in finding.figures["missing_topics"])
    differences = [topic["difference"] for topic in finding.figures["topics"]]
    assert differences == sorted(differences)
    assert finding.brief.endswith(("is missing", "are missing"))


def test_the_same_mixture_passes() -> None:
    finding = found(mixture(1, 3000, 0.05), mixture(2, 1000, 0.05))
    assert (finding.verdict, finding.advice) == (Verdict.PASS, "")
    assert not any(topic["missing"] for topic in finding.figures["topics"])


def test_other_shares_of_the_same_topics_are_told() -> None:
    finding = found(mixture(1, 2000, 0.05), mixture(2, 1000, 0.6))
    assert finding.verdict is Verdict.WARN
    assert finding.interval is not None
    assert finding.interval[0] > 0.05


def test_too_few_prompts_to_compare() -> None:
    finding = found(mixture(1, 2000, 0.0), ["What is an oak?"] * 200)
    assert finding.verdict is Verdict.UNDERPOWERED
    assert (finding.estimate, finding.interval) == (0.0, (0.0, 1.0))


def test_any_split_of_the_rows_compares_the_same() -> None:
    prompts, target = mixture(3, 700, 0.0), mixture(4, 400, 0.1)
    settings = Settings.of_arguments({"coverage_sample": 300})

    def seen(rows: list[int]) -> Coverage:
        check = Coverage(settings)
        check.use_target(target)
        check.update(PairBatch(whole.records.take(rows)))
        return check

    whole = pairs(prompts)
    rows = np.random.default_rng(5).permutation(len(prompts)).tolist()
    parts = [seen(rows[at : at + 90]) for at in range(0, len(rows), 90)]
    merged = Coverage.from_state(json.loads(json.dumps(parts.pop().to_state())))
    for part in parts:
        merged.merge(part)
    expected = seen(list(range(len(prompts))))
    assert merged.to_state() == expected.to_state()
    assert as_json(Report({}, {}, (merged.result(),))) == as_json(Report({}, {}, (expected.result(),)))
    assert merged.result().n == 300


def test_two_targets_do_not_merge() -> None:
    one, other, none = Coverage(), Coverage(), Coverage()
    one.use_target(["a"])
    other.use_target(["b"])
    none.merge(one)
    assert none.target.to_state() == one.target.to_state()
    with pytest.raises(ConfigError, match="two targets"):
        one.merge(other)


def read(source: Any) -> list[str | None]:
    _, columns = target_prompts(source)
    return [text for column in columns for text in column.to_pylist()]


def test_targets_of_many_kinds(tmp_path: Path) -> None:
    texts = ["Which oak?", "Why, elm?"]
    files = {
        "lines.txt": "\ufeffWhich oak?\nWhy, elm?\n",
        "one.jsonl": "".join(json.dumps({"prompt": text}) + "\n" for text in texts),
        "question.csv": 'id,question\n1,Which oak?\n2,"Why, elm?"\n',
        "single.json": json.dumps([{"what": text, "n": 1} for text in texts]),
        "messages.jsonl": "".join(
            json.dumps({"messages": [{"role": "user", "content": text}], "n": 1}) + "\n" for text in texts
        ),
        "pairs.jsonl": "".join(json.dumps({"prompt": text, "chosen": "a", "rejected": "b"}) + "\n" for text in texts),
    }
    for name, written in files.items():
        (tmp_path / name).write_text(written, encoding="utf-8")
        assert read(tmp_path / name) == texts, name
    frame = pd.DataFrame({"prompt": texts})
    frame.to_parquet(tmp_path / "prompts.parquet")
    assert read(str(tmp_path / "prompts.parquet")) == read(frame) == read(texts) == texts
    assert read([{"prompt": text} for text in texts]) == texts


def test_transcripts_and_plain_prompts_are_compared_by_what_the_person_says() -> None:
    plain = mixture(8, 500, 0.0)
    transcripts = [f"\n\nHuman: {text}\n\nAssistant:" for text in plain]
    finding = found(transcripts, plain)
    assert finding.figures["bits_apart"] == 0.0


def test_targets_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "numbers.csv").write_text("a,b\n1,2\n")
    with pytest.raises(FormatError, match="no column holds prompts"):
        target_prompts(tmp_path / "numbers.csv")
    with pytest.raises(SourceError, match="cannot be read"):
        target_prompts(tmp_path / "absent.txt")
    with pytest.raises(ConfigError, match="holds no prompts"):
        Coverage().use_target(["", "  "])
    with pytest.raises(ConfigError, match=r"coverage\.per_prompt"):
        found(["a"], per_prompt=0)


def test_the_audit_takes_a_target(tmp_path: Path) -> None:
    (tmp_path / "target.txt").write_text("\n".join(mixture(4, 300, 0.3)))
    rows = [{"prompt": text, "chosen": "a", "rejected": "b"} for text in mixture(3, 500, 0.0)]
    one = audit(rows, checks=["coverage"], target_prompts=str(tmp_path / "target.txt"))["coverage"]
    other = audit(rows, checks=["coverage"], coverage_target_prompts=str(tmp_path / "target.txt"))["coverage"]
    assert one.verdict is other.verdict is Verdict.WARN
    assert one.figures["topics"] == other.figures["topics"]


def test_of_a_single_prompt_it_is_said_what_is_missing() -> None:
    finding = found(["hello"] * 60)
    assert finding.verdict is Verdict.UNDERPOWERED
    assert "with 1 prompt none could have many more than the others: to tell takes more prompts" in finding.reason
