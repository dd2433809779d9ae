"""Pairs a second from text to padded tensors: the tutorial's loop, transformers, tokenizers, TRL, and ours."""

from __future__ import annotations

import tempfile
import warnings
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benches import full_size
from benches.full_size import ROWS
from benches.kernel import reached
from benches.tables import number, table
from benches.texts import data_folder, data_name, transcripts
from benches.timing import timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benches.texts import Pairs

LOOP, BATCH, BARE, TRL = "the tutorial's loop", "tokenizer(batch)", "encode_batch_fast, both texts", "TRL's preparation"
FIRST, FIRST_LOADER = "ours, first epoch", "ours, first epoch, DataLoader"
CACHED, CACHED_LOADER = "ours, cached", "ours, cached, DataLoader"
AUDIT = "ours, truncation audit"
_BATCH = 256
_LOOP_ROWS = 300


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Pairs a second of every contender, in turns, at two lengths."""
    warnings.filterwarnings("ignore", message="pairs are the same")
    rounds = 2 if quick else 5
    pairs = transcripts()[: 400 if quick else None]
    tokenizer, name = _tokenizer(pairs)
    rates = {length: _rates(pairs, tokenizer, length, rounds) for length in (256, 512)}
    full = ROWS // 20 if quick else ROWS
    return {
        "full": {"pairs": full, **_full_size(full, tokenizer)},
        "data": data_name(),
        "tokenizer": name,
        "pairs": len(pairs),
        "rounds": rounds,
        "rates": {str(length): found for length, found in rates.items()},
        "padding": _padding(pairs, tokenizer),
    }


def _tokenizer(pairs: Pairs) -> tuple[Any, str]:
    from prefaudit.tokens import open_tokenizer

    folder = data_folder()
    if folder is not None:
        found = open_tokenizer(folder / "gpt2")
        found.pad_token = found.eos_token
        return found, "GPT-2's"
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=8000, special_tokens=["<end>"], initial_alphabet=alphabet)
    backend.train_from_iterator([text for pair in pairs for text in pair], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token="<end>", pad_token="<end>"
    ), "trained on the texts"


def _rates(pairs: Pairs, tokenizer: Any, length: int, rounds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        calls = _contenders(pairs, tokenizer, length, Path(folder))
        found: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(rounds):
            for name, (prepare, call, rows) in calls.items():
                prepared = prepare()
                found[name].append(rows / timed(partial(call, prepared)))
        return {name: median(values) for name, values in found.items()}


#: What is made ready before the clock starts, what is timed, and how many pairs that takes.
Contender: TypeAlias = "tuple[Callable[[], Any], Callable[[Any], object], int]"


def _contenders(pairs: Pairs, tokenizer: Any, length: int, folder: Path) -> dict[str, Contender]:
    from prefaudit.torch import RewardModelDataset

    rows = [{"chosen": chosen, "rejected": rejected} for chosen, rejected in pairs]

    def new() -> Any:
        """A data set that has met no word yet."""
        return RewardModelDataset(rows, tokenizer, length, format="hh-rlhf")

    cached = new().cache(folder / "tokens.arrow")
    spread = pairs[:: max(1, len(pairs) // _LOOP_ROWS)]
    n = len(pairs)

    def texts(run: Callable[[Pairs, Any, int], None], some: Pairs) -> Contender:
        return (lambda: some), (lambda some: run(some, tokenizer, length)), len(some)

    return {
        LOOP: texts(_loop, spread),
        BATCH: texts(_transformers, pairs),
        BARE: texts(_bare, pairs),
        TRL: ((lambda: rows), (lambda rows: _trl(rows, tokenizer, length)), n),
        FIRST: (new, _in_batches, n),
        FIRST_LOADER: (new, _in_loader, n),
        CACHED: ((lambda: cached), _in_batches, n),
        CACHED_LOADER: ((lambda: cached), _in_loader, n),
        AUDIT: ((lambda: rows), (lambda rows: _audit(rows, tokenizer, length)), n),
    }


def batched(items: Any, size: int) -> Iterator[Any]:
    """The items in slices."""
    return (items[at : at + size] for at in range(0, len(items), size))


def _loop(pairs: Pairs, tokenizer: Any, length: int) -> None:
    """One pair at a time, each of its texts by itself."""
    for pair in pairs:
        for text in pair:
            tokenizer(text, max_length=length, truncation=True, padding="max_length", return_tensors="pt")


def _transformers(pairs: Pairs, tokenizer: Any, length: int) -> None:
    for part in batched(pairs, _BATCH):
        texts = [text for side in zip(*part, strict=True) for text in side]
        tokenizer(texts, max_length=length, truncation=True, padding="max_length", return_tensors="pt")


def _bare(pairs: Pairs, tokenizer: Any, length: int) -> None:
    backend = tokenizer.backend_tokenizer
    backend.enable_truncation(length)
    backend.enable_padding(length=length, pad_id=tokenizer.pad_token_id, pad_token=tokenizer.pad_token)
    for part in batched(pairs, _BATCH):
        found = backend.encode_batch_fast([text for side in zip(*part, strict=True) for text in side])
        [one.ids for one in found]
    backend.no_truncation()
    backend.no_padding()


def _trl(rows: list[dict[str, str]], tokenizer: Any, length: int) -> None:
    """What RewardTrainer does to a data set of texts before it trains, and its collator to the batches."""
    import datasets
    import trl
    from transformers import GPT2Config, GPT2ForSequenceClassification

    datasets.disable_progress_bars()
    datasets.disable_caching()
    config = GPT2Config(vocab_size=16, n_positions=8, n_embd=8, n_layer=1, n_head=1, num_labels=1, pad_token_id=0)
    with tempfile.TemporaryDirectory() as folder:
        arguments = trl.RewardConfig(
            output_dir=folder, max_length=length, report_to=[], use_cpu=True, bf16=False, gradient_checkpointing=False
        )
        trainer = trl.RewardTrainer(
            model=GPT2ForSequenceClassification(config),
            args=arguments,
            train_dataset=datasets.Dataset.from_list(rows),
            processing_class=tokenizer,
        )
        trainer.data_collator.pad_to_multiple_of = length
        for part in batched(trainer.train_dataset.to_list(), _BATCH):
            trainer.data_collator(part)


def _in_batches(dataset: Any) -> None:
    for part in batched(range(len(dataset)), _BATCH):
        dataset.__getitems__(part)


def _in_loader(dataset: Any) -> None:
    from torch.utils.data import DataLoader

    for _ in DataLoader(dataset, batch_size=_BATCH):
        pass


def _audit(rows: list[dict[str, str]], tokenizer: Any, length: int) -> None:
    import prefaudit

    prefaudit.audit(rows, format="hh-rlhf", checks=["truncation-collapse"], tokenizer=tokenizer, max_length=length)


def _full_size(rows: int, tokenizer: Any) -> dict[str, float]:
    """Seconds at full size; encode_batch_fast over every 20th pair, times 20."""
    import prefaudit
    from prefaudit import kernels
    from prefaudit.texts import TextBatch

    path = full_size.parquet(rows)
    some = pq.read_table(path)[::20].to_pydict()
    pairs = list(zip(some["chosen"], some["rejected"], strict=True))
    ask = partial(prefaudit.audit, path, checks=["truncation-collapse"], tokenizer=tokenizer, max_length=512)
    near = 0.0
    for batch in prefaudit.load(path).batches():
        sides = [TextBatch(pc.utf8_trim_whitespace(side)) for side in (batch.chosen, batch.rejected)]
        near += timed(partial(kernels.ratios, *sides, autojunk=False, score_cutoff=0.9))
    return {"bare": timed(partial(_bare, pairs, tokenizer, 512)) * rows / len(pairs), "audit": timed(ask), "near": near}


def _padding(pairs: Pairs, tokenizer: Any) -> dict[str, float]:
    """The share of padding among the tokens of batches of 32."""
    from torch.utils.data import DataLoader

    from prefaudit.torch import LengthBucketSampler, PreferenceCollator, RewardModelDataset

    rows = [{"chosen": chosen, "rejected": rejected} for chosen, rejected in pairs]
    whole = RewardModelDataset(rows, tokenizer, 512, format="hh-rlhf")
    lean = RewardModelDataset(rows, tokenizer, 512, format="hh-rlhf", padding=False)
    collate = PreferenceCollator(tokenizer)
    sampler = LengthBucketSampler(lean.lengths(), 32)
    loaders = {
        "to max_length": DataLoader(whole, batch_size=32),
        "to the longest of a batch": DataLoader(lean, batch_size=32, shuffle=True, collate_fn=collate),
        "the same, batches by length": DataLoader(lean, batch_sampler=sampler, collate_fn=collate),
    }
    return {name: _share(iter(loader)) for name, loader in loaders.items()}


def _share(batches: Iterator[dict[str, Any]]) -> float:
    total = padding = 0
    for batch in batches:
        for side in ("chosen", "rejected"):
            mask = batch[f"{side}_attention_mask"]
            total += mask.numel()
            padding += int((mask == 0).sum())
    return padding / total


def render(result: dict[str, Any]) -> str:
    """The chapter on tokenizing."""
    lengths = list(result["rates"])
    head = ["what"]
    for length in lengths:
        head += [f"pairs a second, {length}", "times the loop", "times encode_batch_fast"]
    rows = []
    for name in result["rates"][lengths[0]]:
        cells = [name]
        for length in lengths:
            rates = result["rates"][length]
            cells += [f"{rates[name]:,.0f}", number(rates[name] / rates[LOOP]), number(rates[name] / rates[BARE])]
        rows.append(cells)
    text = (
        f"{result['pairs']:,} pairs of {result['data']}, {result['tokenizer']} tokenizer, texts cut and padded to 256 "
        f"and 512 tokens in every row (TRL drops the pairs over that); medians of {result['rounds']} rounds in which "
        f"all take turns; batches of {_BATCH}; the loop over every so many pairs, about {_LOOP_ROWS} of them. "
        "encode_batch_fast makes lists of ids and no tensors, the truncation audit neither. Each first epoch is that "
        "of a new data set, which has met no word yet."
    )
    padding = table(
        ["padding of batches of 32, 512 tokens at most", "share"],
        ([name, f"{share:.1%}"] for name, share in result["padding"].items()),
    )
    bars = table(["bar", "measured", "must", "goal", "reached"], _bars(result))
    return f"{text}\n\n{table(head, rows)}\n\n{bars}\n\n{padding}"


def _bars(result: dict[str, Any]) -> list[list[str]]:
    rows = []
    for length, rates in result["rates"].items():
        ratios = [
            ("first epoch, in units of the loop", rates[FIRST] / rates[LOOP], 12, 25),
            ("first epoch, in units of encode_batch_fast", rates[FIRST] / rates[BARE], 1.8, 2.2),
            ("cached, in units of the loop", rates[CACHED] / rates[LOOP], 100, 300),
        ]
        rows += [
            [f"{name}, {length} tokens", number(value), f">= {must}", f">= {goal}", reached(-value, -must, -goal)]
            for name, value, must, goal in ratios
        ]
    full = result["full"]
    pairs, share, near = f"{full['pairs']:,} pairs", full["audit"] / full["bare"], full["near"]
    most = 1.5 * full["pairs"] / ROWS
    return [
        *rows,
        [
            f"truncation audit of {pairs}, its time in units of encode_batch_fast's",
            number(share),
            "<= 0.7",
            "",
            reached(share, 0.7),
        ],
        [
            f"near-duplicate:0.9 on {pairs}, seconds in the kernel",
            number(near),
            f"<= {most:g}",
            "",
            reached(near, most),
        ],
    ]
