"""Collator, sampler, cache, and what TRL takes."""

from __future__ import annotations

import json
import multiprocessing
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prefaudit.errors import ConfigError
from training.made_tokenizers import trained

torch = pytest.importorskip("torch", reason="prefaudit[torch] is not installed")
from torch.utils.data import DataLoader  # noqa: E402

from prefaudit.torch import LengthBucketSampler, PreferenceCollator, RewardModelDataset  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    {
        "prompt": f"Human: what is {at}? Assistant:",
        "chosen": " The answer" + " is" * (at % 7),
        "rejected": " No" * (1 + at % 11),
        "score_chosen": 3.0,
        "score_rejected": at % 3,
    }
    for at in range(90)
]


def dataset(max_length: int = 64, **options: Any) -> RewardModelDataset:
    return RewardModelDataset(ROWS, trained(), max_length, separator="", **options)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("multiple", [None, 8])
@pytest.mark.parametrize("padding", [True, False])
def test_a_batch_is_as_long_as_its_longest_text(side: Any, multiple: int | None, padding: bool) -> None:
    whole = dataset()
    items = dataset(padding=padding).__getitems__(range(20))
    collate = PreferenceCollator(trained(), pad_to_multiple_of=multiple, padding_side=side)
    batch = collate(items)
    expected = [whole[at] for at in range(20)]
    for name in ("chosen", "rejected"):
        ids = [item[f"{name}_input_ids"][item[f"{name}_attention_mask"].bool()] for item in expected]
        longest = max(map(len, ids))
        length = longest if multiple is None else -(-longest // 8) * 8
        assert batch[f"{name}_input_ids"].shape == (20, length)
        for at, one in enumerate(ids):
            mask = batch[f"{name}_attention_mask"][at].bool()
            assert torch.equal(batch[f"{name}_input_ids"][at][mask], one)
            assert bool(mask[0 if side == "right" else -1])
            assert (batch[f"{name}_input_ids"][at][~mask] == 0).all()


def test_concatenated_is_chosen_then_rejected() -> None:
    items = dataset(padding=False, margin=True).__getitems__([3, 8])
    batch = PreferenceCollator(trained(), layout="concatenated")(items)
    assert set(batch) == {"input_ids", "attention_mask", "margin"}
    rows = [items[0]["chosen_input_ids"], items[1]["chosen_input_ids"], items[0]["rejected_input_ids"]]
    for row, ids, mask in zip(rows, batch["input_ids"], batch["attention_mask"], strict=False):
        assert torch.equal(ids[mask.bool()], row)
    assert batch["margin"].tolist() == [3.0, 1.0]


def test_the_same_batch_as_trls_own_collator() -> None:
    trl = pytest.importorskip("trl.trainer.reward_trainer", reason="trl is not installed")
    rows = dataset(margin=True).to_trl().to_list()[:8]
    ours = PreferenceCollator(trained(), layout="trl", pad_to_multiple_of=8)(rows)
    theirs = trl.DataCollatorForPreference(pad_token_id=0, pad_to_multiple_of=8)(rows)
    assert set(ours) == set(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.parametrize("multiple", [None, 8])
def test_the_same_batch_as_trls_collator_for_dpo(multiple: int | None) -> None:
    trl = pytest.importorskip("trl.trainer.dpo_trainer", reason="trl is not installed")
    rows = dataset().to_trl("dpo").to_list()[:8]
    ours = PreferenceCollator(trained(), layout="trl", pad_to_multiple_of=multiple)(rows)
    theirs = trl.DataCollatorForPreference(pad_token_id=0, pad_to_multiple_of=multiple)(rows)
    assert set(ours) == set(theirs) == {"input_ids", "attention_mask", "completion_mask"}
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    left = PreferenceCollator(trained(), layout="trl", padding_side="left")(rows)
    for at, row in enumerate(rows):
        responses = [left["input_ids"][side][left["completion_mask"][side].bool()].tolist() for side in (at, 8 + at)]
        assert responses == [row["chosen_ids"], row["rejected_ids"]]


def test_ids_for_dpo_are_prompt_and_responses() -> None:
    tokenizer = trained(special=True)
    made = RewardModelDataset(ROWS, tokenizer, separator="").to_trl("dpo")
    row = made[4]
    plain = trained()
    assert row["prompt_ids"] == [1, *plain(ROWS[4]["prompt"])["input_ids"]]
    assert row["chosen_ids"] == [*plain(ROWS[4]["chosen"])["input_ids"], 0]
    assert row["rejected_ids"] == [*plain(ROWS[4]["rejected"])["input_ids"], 0]
    with pytest.raises(ConfigError, match="reward"):
        dataset().to_trl("sft")  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_reward_trainer_takes_two_steps(tmp_path: Path) -> None:
    trl = pytest.importorskip("trl", reason="trl is not installed")
    from transformers import GPT2Config, GPT2ForSequenceClassification

    tokenizer = trained()
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(tokenizer), n_positions=64, n_embd=16, n_layer=1, n_head=2, num_labels=1, pad_token_id=0
    )
    model = GPT2ForSequenceClassification(config)
    before = [one.clone() for one in model.parameters()]
    trainer = trl.RewardTrainer(
        model=model,
        args=trl.RewardConfig(
            output_dir=str(tmp_path),
            max_steps=2,
            per_device_train_batch_size=4,
            report_to=[],
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            learning_rate=0.01,
        ),
        train_dataset=dataset(margin=True).to_trl(),
        processing_class=tokenizer,
    )
    assert np.isfinite(trainer.train().training_loss)
    assert trainer.state.global_step == 2
    assert any(not torch.equal(one, other) for one, other in zip(before, model.parameters(), strict=True))


def test_batches_that_there_are_not() -> None:
    collate = PreferenceCollator(trained())
    with pytest.raises(ConfigError, match="no items"):
        collate([])
    with pytest.raises(ConfigError, match=r"no 'chosen_input_ids'.* It has text, label"):
        collate([{"text": "a", "label": 1}])
    with pytest.raises(ConfigError, match="padding_side is"):
        PreferenceCollator(trained(), padding_side="middle")  # type: ignore[arg-type]


def test_layouts_that_there_are_not() -> None:
    with pytest.raises(ConfigError, match="layout is"):
        PreferenceCollator(trained(), layout="pairs")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="at least 1"):
        PreferenceCollator(trained(), pad_to_multiple_of=0)


def test_every_pair_comes_once_an_epoch_and_batches_are_about_equally_long() -> None:
    lengths = np.random.default_rng(1).integers(1, 500, 3001)
    sampler = LengthBucketSampler(lengths, 16)
    batches = list(sampler)
    assert len(batches) == len(sampler) == 188
    assert sorted(at for batch in batches for at in batch) == list(range(3001))
    spread = np.mean([np.ptp(lengths[batch]) for batch in batches])
    assert spread < 0.1 * np.ptp(lengths)
    assert list(sampler) != batches  # the next epoch


def test_an_order_can_be_taken_up_again() -> None:
    lengths = list(range(100))
    sampler, again = LengthBucketSampler(lengths, 8, seed=3), LengthBucketSampler(lengths, 8, seed=3)
    taken = iter(sampler)
    first = [next(taken) for _ in range(5)]
    again.load_state_dict(json.loads(json.dumps(sampler.state_dict())))
    rest = list(again)
    assert first + rest == list(LengthBucketSampler(lengths, 8, seed=3))
    assert again.state_dict() == {"epoch": 1, "done": 0}


@pytest.mark.parametrize("drop_last", [False, True])
def test_every_process_gets_as_many_batches(drop_last: bool) -> None:
    lengths = list(range(203))
    parts = [list(LengthBucketSampler(lengths, 8, drop_last=drop_last, rank=rank, replicas=3)) for rank in range(3)]
    assert len({len(part) for part in parts}) == 1
    seen = [at for part in parts for batch in part for at in batch]
    if drop_last:
        assert len(seen) == len(set(seen)) == 8 * 24
    else:
        assert set(seen) == set(range(203))
    with pytest.raises(ConfigError):
        LengthBucketSampler(lengths, 8, rank=3, replicas=3)


def test_bucketing_in_a_loader_pads_less() -> None:
    data = dataset(padding=False)
    collate = PreferenceCollator(trained())
    sampler = LengthBucketSampler(data.lengths().tolist(), 8)
    share = {
        name: sum(1 - batch["rejected_attention_mask"].float().mean() for batch in loader)
        for name, loader in {
            "bucketed": DataLoader(data, batch_sampler=sampler, collate_fn=collate),
            "in order": DataLoader(data, batch_size=8, collate_fn=collate),
        }.items()
    }
    assert share["bucketed"] < 0.7 * share["in order"]


def test_cached_items_are_the_same(tmp_path: Path) -> None:
    for options in ({}, {"padding": False}, {"truncation_side": "left"}):
        plain, cached = dataset(16, **options), dataset(16, **options).cache(tmp_path / f"{len(options)}.arrow")
        for one, other in zip(plain.__getitems__(range(90)), cached.__getitems__(range(90)), strict=True):
            assert all(torch.equal(one[name], other[name]) for name in one)
        assert cached.lengths().max() <= 16


def test_a_cache_is_made_once_and_anew_when_it_is_stale_or_cut(tmp_path: Path) -> None:
    path = tmp_path / "tokens.arrow"
    made = dataset(16).cache(path)
    assert made.accounting.tokenized == 90
    content = path.read_bytes()
    was = path.stat()
    assert dataset(16).cache(path).accounting.tokenized == 90  # what was counted when it was made
    assert path.stat() == was
    for other in (
        dataset(17),
        RewardModelDataset(ROWS[:-1], trained(), 16, separator=""),
        dataset(16, truncation_side="left"),
    ):
        before = path.stat().st_ino
        assert other.cache(path).accounting.tokenized == len(other)
        assert path.stat().st_ino != before
    for spoilt in (content[: len(content) // 2], content[:-20], b"", b"no cache"):
        path.write_bytes(spoilt)
        again = dataset(16).cache(path)
        assert again.accounting.tokenized == 90
        assert path.read_bytes() == content
    assert [one.name for one in tmp_path.iterdir()] == ["tokens.arrow"]
    for place in (tmp_path / "none" / "tokens.arrow", tmp_path):
        with pytest.raises(ConfigError, match="cannot be written"):
            dataset(16).cache(place)


def test_a_cache_does_not_take_the_place_of_data(tmp_path: Path) -> None:
    data = {name: tmp_path / name for name in ("pairs.jsonl", "pairs.arrow", "pairs.parquet")}
    data["pairs.jsonl"].write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    table = pa.Table.from_pylist(ROWS)
    pq.write_table(table, data["pairs.parquet"])
    with pa.ipc.new_file(data["pairs.arrow"], table.schema) as writer:
        writer.write_table(table)
    for path in data.values():
        before = path.read_bytes()
        with pytest.raises(ConfigError, match="is no cache of token ids"):
            dataset(16).cache(path)
        assert path.read_bytes() == before


def build(path: str) -> int:
    return len(dataset(16).cache(path).__getitems__(range(90)))


def test_two_processes_may_make_it_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "tokens.arrow")
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(build, [path] * 6) == [90] * 6
    assert len(pa.ipc.open_file(pa.memory_map(path)).read_all()) == 90
