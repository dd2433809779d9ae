"""RewardModelDataset: the tutorial's tensors, and what it does beyond them."""

from __future__ import annotations

import gzip
import json
import pickle
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

import prefaudit
from prefaudit.errors import ConfigError, MissingPackageError, SourceError
from prefaudit.tokens import open_tokenizer
from training.made_tokenizers import trained, tutorial_item

torch = pytest.importorskip("torch", reason="prefaudit[torch] is not installed")
from torch.utils.data import DataLoader, DistributedSampler  # noqa: E402

from prefaudit.torch import PreferenceCollator, RewardModelDataset  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEYS = {"chosen_input_ids", "chosen_attention_mask", "rejected_input_ids", "rejected_attention_mask"}
HH = [
    {
        "chosen": f"\n\nHuman: what is the answer{at}?\n\nAssistant: The answer is {at}.",
        "rejected": f"\n\nHuman: what is the answer{at}?\n\nAssistant: Because{' twelve' * (at % 40)}",
    }
    for at in range(120)
]


def equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return set(one) == set(other) and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("max_length", [8, 64, 512])
@pytest.mark.parametrize("make", [{}, {"special": True}, {"prefix_space": True}])
def test_the_tutorials_tensors(make: dict[str, bool], max_length: int) -> None:
    tokenizer = trained(**make)
    dataset = RewardModelDataset(HH, tokenizer, max_length)
    with pytest.warns(UserWarning, match="the same once they are cut") if max_length == 8 else nothing():
        items = dataset.__getitems__(list(range(len(HH))))
    assert set(items[0]) == KEYS
    for item, row in zip(items, HH, strict=True):
        assert equal(item, tutorial_item(row["chosen"], row["rejected"], tokenizer, max_length))


class nothing:  # noqa: N801 - a context in which nothing is expected
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.filterwarnings("ignore:pairs are the same")
@pytest.mark.parametrize("max_length", [128, 512])
def test_the_tutorials_tensors_on_real_rows(gpt2: Any, hh_file: Path, max_length: int) -> None:
    with gzip.open(hh_file) as file:
        rows = [json.loads(line) for line in file]
    dataset = RewardModelDataset(hh_file, gpt2, max_length)
    assert len(dataset) == len(rows) == 2312
    assert dataset.encoder.encoder.words  # each word is tokenized once
    for at, item in enumerate(dataset.__getitems__(range(len(rows)))):
        assert equal(item, tutorial_item(rows[at]["chosen"], rows[at]["rejected"], gpt2, max_length)), at


def test_padding_and_truncation_on_the_left() -> None:
    tokenizer = trained()
    tokenizer.padding_side = tokenizer.truncation_side = "left"
    dataset = RewardModelDataset(HH, tokenizer, 16)
    for at in (0, 39):
        assert equal(dataset[at], tutorial_item(HH[at]["chosen"], HH[at]["rejected"], tokenizer, 16))
    kept = RewardModelDataset(HH, trained(), 16, truncation_side="left")[39]
    assert torch.equal(kept["rejected_input_ids"], dataset[39]["rejected_input_ids"])


def test_prompt_and_response_are_put_together() -> None:
    rows = [{"prompt": "Why not?", "chosen": "Because.", "rejected": "(twelve)"}]
    tokenizer = trained()
    expected = tutorial_item("Why not?\n\nBecause.", "Why not?\n\n(twelve)", tokenizer, 32)
    assert equal(RewardModelDataset(rows, tokenizer, 32)[0], expected)
    apart = RewardModelDataset(rows, tokenizer, 32, separator=" ")[0]
    assert equal(apart, tutorial_item("Why not? Because.", "Why not? (twelve)", tokenizer, 32))


def test_chat_templates_make_the_texts() -> None:
    tokenizer = trained()
    tokenizer.chat_template = (
        "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}[assistant] {% endif %}"
    )
    turn = {"role": "user", "content": "Why not?"}
    row = {"prompt": [turn]} | {
        side: [{"role": "assistant", "content": text}] for side, text in (("chosen", "Because."), ("rejected", "No"))
    }
    item = RewardModelDataset([row], tokenizer, 64)[0]
    chosen, rejected = (f"[user] Why not?\n[assistant] {text}\n" for text in ("Because.", "No"))
    assert equal(item, tutorial_item(chosen, rejected, tokenizer, 64))


def test_ties_are_left_out_and_counted(tokenizer: Any) -> None:
    rows = [{"prompt": "p", "chosen": "a", "rejected": "b", "tie": at % 3 == 0} for at in range(9)]
    dataset = RewardModelDataset(rows, tokenizer)
    assert len(dataset) == 6
    assert dataset.accounting.left_out == {"tie: neither response is preferred": 3}
    assert dataset.accounting.rows["rows_in"] == 9
    with pytest.raises(SourceError, match="none of the pairs"):
        RewardModelDataset(rows[:1], tokenizer)


def test_overlength(tokenizer: Any) -> None:
    lengths = [len(tokenizer(row["rejected"])["input_ids"]) for row in HH]
    fit = sum(max(one, len(tokenizer(row["chosen"])["input_ids"])) <= 30 for one, row in zip(lengths, HH, strict=True))
    assert 0 < fit < len(HH)
    dropped = RewardModelDataset(HH, tokenizer, 30, overlength="drop")
    assert (len(dropped), dropped.accounting.left_out["a text is over 30 tokens"]) == (fit, len(HH) - fit)
    _ = dropped.__getitems__(range(len(dropped)))
    assert dropped.accounting.truncated == 0
    strict = RewardModelDataset(HH, tokenizer, 30, overlength="error")
    with pytest.raises(SourceError, match=r"list, row \d+: a text is over 30 tokens"):
        strict.__getitems__(range(len(strict)))
    cut = RewardModelDataset(HH, tokenizer, 30)
    _ = cut.__getitems__(range(len(cut)))
    assert cut.accounting.truncated == len(HH) - fit


def test_collapsed_pairs_are_counted_and_warned_of_once(tokenizer: Any) -> None:
    same = {"chosen": HH[3]["chosen"], "rejected": HH[3]["chosen"]}
    dataset = RewardModelDataset([*HH[:20], same], tokenizer, 8)
    with pytest.warns(UserWarning, match="20 of the first 21"):
        _ = dataset.__getitems__(range(21))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _ = dataset.__getitems__(range(21))
    assert dataset.accounting.collapsed == 40  # the pair that was the same before is not among them


def test_margins_and_weights(tokenizer: Any) -> None:
    rows = [{"prompt": "p", "chosen": "a", "rejected": "b", "score_chosen": 3.0, "score_rejected": at} for at in (1, 2)]
    dataset = RewardModelDataset(rows, tokenizer, 8, margin=True, weights=[0.5, 2.0])
    batch = next(iter(DataLoader(dataset, batch_size=2)))
    assert torch.equal(batch["margin"], torch.tensor([2.0, 1.0]))
    assert torch.equal(batch["weight"], torch.tensor([0.5, 2.0]))
    with pytest.raises(ConfigError, match="2 finite numbers"):
        RewardModelDataset(rows, tokenizer, 8, weights=[1.0])


def test_a_batch_is_one_call_to_the_tokenizer(tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = RewardModelDataset(HH, tokenizer, 32)
    _ = dataset[0]  # the trial is over
    calls = []
    words = dataset.encoder.encoder.words
    assert words
    encode = words._encode

    def counted(texts: Sequence[str]) -> Any:
        calls.append(list(texts))
        return encode(texts)

    monkeypatch.setattr(words, "_encode", counted)
    _ = next(iter(DataLoader(dataset, batch_size=40)))
    _ = next(iter(DataLoader(dataset, batch_size=120)))
    assert len(calls) <= 2
    assert len({word for call in calls for word in call}) == sum(map(len, calls))  # no word is asked for twice


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_workers(context: str, tokenizer: Any, tmp_path: Path) -> None:
    dataset = RewardModelDataset(HH, tokenizer, 32)
    expected = list(DataLoader(dataset, batch_size=16))
    for one in (dataset, RewardModelDataset(HH, tokenizer, 32).cache(tmp_path / "tokens.arrow")):
        found = list(DataLoader(one, batch_size=16, num_workers=2, multiprocessing_context=context))
        assert all(equal(a, b) for a, b in zip(found, expected, strict=True))


def test_pickle_and_distributed_sampler(tokenizer: Any) -> None:
    dataset = pickle.loads(pickle.dumps(RewardModelDataset(HH, tokenizer, 32)))
    whole = [item["chosen_input_ids"].tolist() for item in dataset.__getitems__(range(len(HH)))]
    seen = []
    for rank in range(2):
        sampler: Any = DistributedSampler(dataset, num_replicas=2, rank=rank, shuffle=False)
        seen += [
            row.tolist()
            for batch in DataLoader(dataset, batch_size=7, sampler=sampler)
            for row in batch["chosen_input_ids"]
        ]
    assert sorted(seen) == sorted(whole)


def test_indices(tokenizer: Any) -> None:
    dataset = RewardModelDataset(HH, tokenizer, 32)
    assert equal(dataset[-1], dataset[len(HH) - 1])
    with pytest.raises(IndexError):
        _ = dataset[len(HH)]
    assert repr(dataset) == "RewardModelDataset(120 pairs, max_length=32, 0 left out)"


def test_without_a_padding_token() -> None:
    tokenizer = trained()
    tokenizer.pad_token = None
    with pytest.raises(ConfigError, match=r"tokenizer\.pad_token = tokenizer\.eos_token"):
        RewardModelDataset(HH, tokenizer)
    assert "chosen_input_ids" in RewardModelDataset(HH, tokenizer, padding=False)[0]
    with pytest.raises(ConfigError, match="padding token"):
        PreferenceCollator(tokenizer)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"overlength": "keep"}, "overlength is"),
        ({"truncation_side": "middle"}, "truncation_side is"),
        ({"max_length": 0}, "no room"),
        ({"max_length": "64"}, "max_length is '64', but must be a whole number"),
        ({"max_length": 64.0}, "whole number"),
        ({"weights": [1.0] * 119 + [float("nan")]}, "120 finite numbers, one a pair, not nan"),
        ({"weights": [1.0]}, r"not of the shape \(1,\)"),
    ],
)
def test_settings_that_cannot_be(options: dict[str, Any], message: str, tokenizer: Any) -> None:
    with pytest.raises(ConfigError, match=message):
        RewardModelDataset(HH, tokenizer, **options)


def test_what_is_no_tokenizer() -> None:
    with pytest.raises(ConfigError, match="int is no tokenizer"):
        RewardModelDataset(HH, 5)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/such/folder", "there is no such folder"),
        ("empty", "holds neither tokenizer.json nor vocab.json and merges.txt"),
        ("empty/file.json", "it is a file"),
    ],
)
def test_places_without_a_tokenizer(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "file.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        open_tokenizer(tmp_path / name)


def test_a_tokenizer_of_tokenizers_itself(tokenizer: Any) -> None:
    found = RewardModelDataset(HH, tokenizer.backend_tokenizer, 64, padding=False)[5]["chosen_input_ids"]
    assert found.tolist() == tokenizer(HH[5]["chosen"])["input_ids"]


def test_a_tokenizer_in_python() -> None:
    from transformers import PreTrainedTokenizer

    class Letters(PreTrainedTokenizer):
        def __init__(self) -> None:
            super().__init__(pad_token="\x00")

        @property
        def vocab_size(self) -> int:
            return 0x110000

        def get_vocab(self) -> dict[str, int]:
            return {chr(at): at for at in range(128)}

        def _tokenize(self, text: str, **_: Any) -> list[str]:
            return list(text)

        def _convert_token_to_id(self, token: str) -> int:
            return ord(token)

        def _convert_id_to_token(self, index: int) -> str:
            return chr(index)

    tokenizer = Letters()
    dataset = RewardModelDataset(HH, tokenizer, 40)
    for at in (0, 39):
        assert equal(dataset[at], tutorial_item(HH[at]["chosen"], HH[at]["rejected"], tokenizer, 40))


def test_a_bare_folder_is_gpt2s(data_dir: Path, gpt2: Any) -> None:
    found = open_tokenizer(data_dir / "gpt2")
    assert found("What is 12?")["input_ids"] == gpt2("What is 12?")["input_ids"]
    with pytest.raises(ConfigError, match="there is no tokenizer /no/such/tokenizer: there is no such folder"):
        open_tokenizer("/no/such/tokenizer")


def test_a_tokenizer_of_a_hub_that_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", no_answer)
    with pytest.raises(SourceError, match=r"cannot be reached \(ConnectionError\), and there is no earlier download"):
        open_tokenizer("prefaudit-tests/no-such-tokenizer")


def test_the_package_names_what_is_missing() -> None:
    code = "import sys; sys.modules['torch'] = None; import prefaudit.torch"
    hidden = (
        "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n, *a: None if n == 'torch' else f(n, *a);"
    )
    done = subprocess.run([sys.executable, "-c", hidden + code], capture_output=True, text=True, check=False)
    assert "prefaudit.torch needs torch: pip install 'prefaudit[torch]'" in done.stderr
    assert issubclass(MissingPackageError, prefaudit.PrefauditError)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_tensors_on_a_cuda_device(tokenizer: Any) -> None:
    dataset = RewardModelDataset(HH, tokenizer, 32)
    for batch in DataLoader(dataset, batch_size=16, pin_memory=True):
        moved = {name: tensor.to("cuda", non_blocking=True) for name, tensor in batch.items()}
        assert all(torch.equal(tensor.cpu(), batch[name]) for name, tensor in moved.items())
