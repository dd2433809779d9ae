"""Every file of real data: its format is told and its counts are the known ones, or it is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import prefaudit
from prefaudit.errors import PrefauditError

if TYPE_CHECKING:
    from pathlib import Path

#: Format, rows read, rows used, judgments, distinct pairs, ties.
FILES = {
    "hh_rlhf/harmless-base_test.jsonl.gz": ("hh-rlhf", 2312, 2312, 2312, 2312, 0),
    "llama_factory/dpo_en_demo.json": ("llama-factory", 300, 300, 300, 300, 0),
    "llama_factory/dpo_zh_demo.json": ("llama-factory", 300, 300, 300, 300, 0),
    "llama_factory/v1_dpo_demo.jsonl": ("llama-factory-v1", 10, 10, 10, 10, 0),
    "llmfao/crowd-comparisons.csv": ("llmfao", 8931, 8931, 8931, 2139, 8931 - 2911 - 2549),
    "medicalgpt/dpo_zh_500.jsonl": ("llama-factory", 500, 500, 500, 500, 0),
    "mt_bench_human/human_reconstructed.jsonl.gz": ("mt-bench-human", 1751, 1751, 1751, 1232, 417),
    "mt_bench_human/gpt4_pair_reconstructed.jsonl.gz": ("mt-bench-human", 1240, 1240, 1240, 1240, 304),
    "oasst/en_100_message.jsonl": ("oasst-messages", 100, 100, 754, 754, 0),
    "oasst/en_100_tree.jsonl": ("oasst-trees", 100, 100, 754, 754, 0),
    "pandalm/testset-v1.json": ("pandalm", 999, 999 - 6, 3 * (999 - 6), 999 - 6, 322),
    "prd_lfqa/experts_pairwise_human_preferences.jsonl": ("prd", 260, 260, 260, 140, 0),
    "prd_vicuna80/human_ratings_flat.jsonl": ("prd", 7040, 1760, 1760, 800, 204),  # guanaco's texts are not there
    "prd_vicuna80/llm_ratings_both_orders.jsonl.gz": ("prd", 3200, 3200, 3200, 800, 371),
    "prometheus/hhh_alignment_flat.jsonl": ("generic", 221, 221, 221, 221, 0),
    "stack_exchange_paired/stack_exchange_paired_tiny.json": ("stack-exchange-paired", 25, 25, 25, 25, 0),
    "summarize_from_feedback/comparisons_card_row.jsonl": ("summarize-feedback", 1, 1, 1, 1, 0),
    "tulu_human_eval/eval_annotations_tulu_1.jsonl": ("tulu-human-eval", 1150, 1149, 1149, 995, 376),
    "tulu_human_eval/eval_annotations_tulu_1.xlsx": ("tulu-human-eval", 1150, 1150, 1150, 996, 376),
}

#: What is no preference data is refused, and why.
REFUSED = {
    "llama_factory/kto_en_demo.json": "unpaired data",
    "llmfao/pairs-crowd.jsonl": "no column says which one was pr",
    "llmfao/prompts.jsonl": "one text",
    "llmfao/models.jsonl": "no preference pairs",
    "pandalm/pandalm-7b-testset-v1.json": "no preference pairs",
    "prd_vicuna80/answer_bard.jsonl": "no preference pairs",
    "summarize_from_feedback/axis_evals_card_row.jsonl": "no preference pairs",
}


def test_every_row_of_every_file_is_accounted_for(data_dir: Path) -> None:
    refused = {}
    for path in sorted(data_dir.rglob("*")):
        if not path.is_file() or path.parent.name == "gpt2" or path.suffix == ".md":
            continue
        try:
            data = prefaudit.load(path)
            pairs = sum(len(batch) for batch in data.batches())
        except PrefauditError as error:
            refused[path] = str(error)
            continue
        counts = data.accounting
        assert counts.rows_in == counts.rows_used + counts.rows_skipped.total()
        assert pairs == counts.votes > 0
    assert all(path.name in message and "\n" not in message for path, message in refused.items())
    assert {path.relative_to(data_dir).as_posix() for path in refused} >= set(REFUSED)
    assert not {path.relative_to(data_dir).as_posix() for path in refused} & set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_counts(name: str, data_dir: Path) -> None:
    data = prefaudit.load(data_dir / name)
    table = data.to_table()
    counts = data.accounting
    found = (data.format, counts.rows_in, counts.rows_used, counts.votes, counts.pairs, counts.ties)
    assert found == FILES[name]
    assert table.num_rows == counts.votes


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str, data_dir: Path) -> None:
    with pytest.raises(PrefauditError, match=REFUSED[name]):
        prefaudit.load(data_dir / name).to_table()


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("hh_rlhf/harmless-base_test.jsonl.gz", 0.445),
        ("llama_factory/dpo_en_demo.json", 0.438),
        ("llama_factory/dpo_zh_demo.json", 0.624),
        ("medicalgpt/dpo_zh_500.jsonl", 0.578),
        ("mt_bench_human/human_reconstructed.jsonl.gz", 0.679),
        ("mt_bench_human/gpt4_pair_reconstructed.jsonl.gz", 0.744),
        ("prd_lfqa/experts_pairwise_human_preferences.jsonl", 0.692),
        ("tulu_human_eval/eval_annotations_tulu_1.xlsx", 0.682),
    ],
)
def test_how_often_the_response_with_more_characters_wins(name: str, share: float, data_dir: Path) -> None:
    longer = unequal = 0
    for batch in prefaudit.load(data_dir / name).batches():
        decided = ~batch.ties.to_numpy(zero_copy_only=False)
        chosen, rejected = batch.chosen_chars.to_numpy()[decided], batch.rejected_chars.to_numpy()[decided]
        longer += int((chosen > rejected).sum())
        unequal += int((chosen != rejected).sum())
    assert longer / unequal == pytest.approx(share, abs=0.0035)


def test_prompt_and_response_are_the_transcript(data_dir: Path) -> None:
    rows = 0
    for batch in prefaudit.load(data_dir / "hh_rlhf" / "harmless-base_test.jsonl.gz").batches():
        for row in batch.records.to_pylist():
            rows += 1
            for side in ("chosen", "rejected"):
                assert row["prompt"] + row[side] == row[f"{side}_full"]
    assert rows == 2312
