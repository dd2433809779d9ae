"""Checks inside slices: what each would say alone, and what they say as a family."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prefaudit
from prefaudit.checks.length_bias import LengthBias
from prefaudit.checks.sliced import Sliced, slices_of
from prefaudit.errors import ConfigError, FormatError
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from pathlib import Path

RNG = np.random.default_rng(5)


def rows(domain: str | None, n: int, share: float, start: int = 0) -> list[dict[str, Any]]:
    """Pairs of which `share` have the longer response chosen."""
    made = []
    for at in range(start, start + n):
        chosen, rejected = ("a b c", "a") if RNG.random() < share else ("a", "a b c")
        made.append({"prompt": f"{domain} {at}", "chosen": chosen, "rejected": rejected, "domain": domain})
    return made


def test_each_slice_is_what_the_check_says_of_it_alone() -> None:
    data = rows("one", 400, 0.9) + rows("two", 300, 0.5) + rows(None, 50, 0.5)
    report = prefaudit.audit(data, checks=["length-bias"], by="domain")
    finding = report["length-bias by domain"]
    table = {row["slice"]: row for row in finding.figures["slices"]}
    assert list(table) == ["one", *(name for name in table if name != "one")]
    for name, domain in (("one", "one"), ("two", "two"), ("(no domain)", None)):
        alone = prefaudit.audit([row for row in data if row["domain"] == domain], checks=["length-bias"])["length-bias"]
        assert (table[name]["estimate"], table[name]["n"]) == (alone.estimate, alone.n)
    assert (finding.verdict, finding.n, finding.estimate) == (Verdict.FAIL, 400, table["one"]["estimate"])
    assert [finding.check for finding in report.findings] == ["length-bias", "length-bias by domain"]


def test_many_slices_without_a_bias_raise_few_alarms() -> None:
    alarms = 0
    for _ in range(20):
        data = [row for domain in range(40) for row in rows(str(domain), 60, 0.5)]
        finding = prefaudit.audit(data, checks=["length-bias"], by="domain")["length-bias by domain"]
        alarms += finding.verdict in {Verdict.WARN, Verdict.FAIL}
    assert alarms <= 2


def test_facts_keep_their_verdicts() -> None:
    data = rows("clean", 200, 0.5) + [{**row, "rejected": row["chosen"]} for row in rows("spoilt", 50, 0.5)]
    finding = prefaudit.audit(data, checks=["identical"], by=["domain"])["identical by domain"]
    verdicts = {row["slice"]: row["verdict"] for row in finding.figures["slices"]}
    assert verdicts == {"spoilt": "FAIL", "clean": "PASS"}
    assert finding.advice


def test_slices_by_length_are_the_same_for_either_order() -> None:
    words = RNG.integers(0, 900, (200, 3))
    texts = [[" ".join("w" * int(count)) for count in column] for column in words.T]
    batch = PairBatch.from_lists(*texts)
    turned = PairBatch.from_lists(texts[0], texts[2], texts[1])
    assert slices_of(batch, "length") == slices_of(turned, "length")
    for by, counts in (("length", (words[:, 1] + words[:, 2]) / 2), ("prompt-length", words[:, 0])):
        names = slices_of(batch, by)
        for name, count in zip(names.to_pylist(), counts, strict=True):
            start, _, end = name.removesuffix(" words").partition(" ")
            assert int(start) <= count
            assert end == "and more" or count < int(end.removeprefix("to ")) + 1


def test_any_split_of_the_rows_gives_the_same() -> None:
    data = rows("a", 90, 0.8) + rows("b", 80, 0.4) + rows(None, 10, 0.5)
    columns = {name: [row[name] for row in data] for name in data[0]}

    def part(start: int, end: int) -> Sliced:
        check = Sliced(LengthBias, "domain")
        texts: dict[str, Any] = {name: values[start:end] for name, values in columns.items()}
        check.update(PairBatch.from_lists(**texts, first_row=start))
        return check

    whole = part(0, 180)
    for cuts in ([0, 7, 100, 180], [0, 91, 180]):
        parts = [part(start, end) for start, end in pairwise(cuts)]
        merged = parts.pop()
        for other in parts:
            merged.merge(other)
        assert merged.result() == whole.result()
        assert json.dumps(merged.to_state()) == json.dumps(whole.to_state())


def test_rows_without_the_column_are_a_slice_wherever_the_batches_are_cut() -> None:
    data = rows("a", 90, 0.8) + rows(None, 60, 0.5)
    whole, parts = Sliced(LengthBias, "domain"), Sliced(LengthBias, "domain")
    columns: dict[str, Any] = {name: [row[name] for row in data] for name in data[0]}
    whole.update(PairBatch.from_lists(**columns))
    named: dict[str, Any] = {name: values[:90] for name, values in columns.items()}
    parts.update(PairBatch.from_lists(**named))
    bare: dict[str, Any] = {name: values[90:] for name, values in columns.items() if name != "domain"}
    parts.update(PairBatch.from_lists(**bare, first_row=90))
    assert parts.result() == whole.result()
    assert {row["slice"] for row in whole.result().figures["slices"]} == {"a", "(no domain)"}


def test_a_slice_that_the_family_does_not_single_out_is_told_as_the_family_sees_it() -> None:
    data = [row for domain in range(60) for row in rows(str(domain), 12, 0.5)]
    finding = prefaudit.audit(data, checks=["length-bias"], by="domain")["length-bias by domain"]
    assert (finding.verdict, finding.advice) == (Verdict.UNDERPOWERED, "")
    low, high = finding.interval or (0, 0)
    assert f"{low:.1%} to {high:.1%} as one of all slices" in finding.reason


def test_slices_of_one_verdict_are_told_by_size() -> None:
    data = [
        {**row, "rejected": row["chosen"] + str(at)} for at, row in enumerate(rows("z", 40, 0.5) + rows("b", 9, 0.5))
    ]
    table = prefaudit.audit(data, checks=["identical"], by="domain")["identical by domain"].figures["slices"]
    assert [row["slice"] for row in table] == ["z", "b"]


def test_data_without_the_column_and_columns_that_are_none() -> None:
    data = [{"prompt": "p", "chosen": "a b", "rejected": "a"}]
    finding = prefaudit.audit(data, checks=["length-bias"], by="domain")["length-bias by domain"]
    assert (finding.verdict, "domain is missing" in finding.reason) == (Verdict.NOT_MEASURABLE, True)
    with pytest.raises(ConfigError, match=r"slices are by length, prompt-length, .*domain"):
        prefaudit.audit(data, by="chosen")
    many = [{**data[0], "domain": str(at)} for at in range(1001)]
    with pytest.raises(ConfigError, match="over 1,000 values"):
        prefaudit.audit(many, checks=["length-bias"], by="domain")


def test_the_command_and_the_report(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    data = [row for at in range(20) for row in rows(f"domain {at:02}", 30, 0.95 if at == 7 else 0.5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in data))
    command = [sys.executable, "-m", "prefaudit", "audit", str(path), "--by", "domain,length", "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    findings = {one["check"]: one for one in json.loads(done.stdout)["findings"]}
    assert {"length-bias by domain", "length-bias by length", "near-duplicate by domain"} <= set(findings)
    table = findings["length-bias by domain"]["figures"]["slices"]
    assert (len(table), table[0]["slice"], table[0]["verdict"]) == (20, "domain 07", "FAIL")
    assert "and 8 more, which the JSON report has" in done.stderr


def test_a_column_that_only_the_data_have() -> None:
    data = [
        {**row, "topic": row.pop("domain")} for name, wins in (("a", 0.9), ("b", 0.5)) for row in rows(name, 200, wins)
    ]
    report = prefaudit.audit(data, checks=["length-bias"], by=["topic", "length"])
    slices = {row["slice"]: row["n"] for row in report["length-bias by topic"].figures["slices"]}
    as_domain = prefaudit.audit(data, checks=["length-bias"], by="domain", columns={"domain": "topic"})
    assert slices == {row["slice"]: row["n"] for row in as_domain["length-bias by domain"].figures["slices"]}
    assert set(slices) == {"a", "b"}
    with pytest.raises(FormatError, match="has no column 'tpoic'"):
        prefaudit.audit(data, by="tpoic")
    with pytest.raises(ConfigError, match="one at a time"):
        prefaudit.audit(data, by=["topic", "other"])
    with pytest.raises(ConfigError, match="slices are by length"):
        prefaudit.audit(prefaudit.load(data), by="topic")
    with pytest.raises(ConfigError, match="make a bias out of nothing"):
        prefaudit.audit(data, by="rejected_length")


def test_of_slices_in_which_nothing_is_found_there_is_one_line() -> None:
    report = prefaudit.audit(rows("one", 300, 0.9) + rows("two", 300, 0.9), by="domain")
    calm = [one.check for one in report.findings if "slices_by" in one.figures and one.verdict is Verdict.PASS]
    assert "identical by domain" in calm
    line = f"PASS in every slice: {', '.join(calm)}"
    for written in (report.to_text(200), report.to_markdown(), report._repr_html_()):
        assert line in written
        assert written.count("identical by domain") == 1
        assert "scores by domain" not in written  # there are none outside of slices, either
        assert written.count("length-bias by domain") == 2  # a line, and a section
    assert "FAIL  length-bias by domain" in report.to_text()
