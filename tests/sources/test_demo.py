"""The demo data: the same on every machine, with the planted doses."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest

from prefaudit.audit import audit
from prefaudit.sources.demo import DEFECTS, LONGER_WINS, demo, demo_batches

ROWS = 20_000


def table(rows: int) -> pa.Table:
    return pa.Table.from_batches(demo_batches(rows))


def test_rows_do_not_depend_on_how_many_there_are() -> None:
    assert table(9000).slice(0, 100).equals(table(100))


def test_the_text_is_the_same_everywhere() -> None:
    text = "\n".join(table(200).column("chosen").to_pylist())
    assert (
        hashlib.sha256(text.encode()).hexdigest() == "62ed7dcdcfc8e5815858e4808286f068ea9d814c54688f86cc87e406cc701f3c"
    )


def test_transcripts_are_as_long_as_those_of_hh_rlhf() -> None:
    texts = table(2000).column("chosen").to_pylist()
    assert 550 < sum(map(len, texts)) / len(texts) < 750
    assert len(set(texts)) == len(texts)


def test_the_doses_are_those_documented() -> None:
    report = audit(demo(ROWS))
    identical, near, length = (report[check] for check in ("identical", "near-duplicate", "length-bias"))
    assert identical.estimate == pytest.approx(DEFECTS["identical"], rel=0.25)
    assert identical.figures["equal_but_for_case_and_punctuation"] / ROWS == pytest.approx(DEFECTS["case"], rel=0.4)
    assert near.estimate == pytest.approx(DEFECTS["near-duplicate"] + DEFECTS["identical"], rel=0.1)
    assert identical.figures["left_out_diverged"] / ROWS == pytest.approx(DEFECTS["diverged"], rel=0.35)
    assert length.figures["empty_responses"] / ROWS == pytest.approx(DEFECTS["empty"], rel=0.35)
    assert sum(report.accounting["rows_skipped"].values()) / ROWS == pytest.approx(DEFECTS["no turn"], rel=0.5)
    assert length.estimate == pytest.approx(LONGER_WINS, abs=0.02)
