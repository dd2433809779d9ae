"""From raw pairs to a reward model: audit, filter, split by prompt, tokenize, train, and say what was learned.

    python examples/train_reward_model.py                 # made-up data, under three minutes on a CPU
    python examples/train_reward_model.py pairs.jsonl     # yours

It takes the extra `torch`: pip install 'prefaudit[torch]'.

The model is a bag of learned word vectors with a small network on top, trained with the Bradley-Terry loss
-log sigmoid(r_chosen - r_rejected). It is there to be quick; any module that turns ids into a number takes its place.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from rich.progress import track
from torch import nn
from torch.utils.data import DataLoader

import prefaudit
from prefaudit.sources.demo import demo
from prefaudit.torch import LengthBucketSampler, PreferenceCollator, RewardModelDataset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prefaudit import PreferenceData

FILTERS = ["malformed", "identical", "near-duplicate:0.9", "duplicates"]
#: 97.5% of a normal distribution lie below.
_Z = 1.96


@dataclass
class Accuracy:
    """How many held-out pairs were ordered rightly; a draw is half a pair."""

    right: float
    n: int

    @property
    def share(self) -> float:
        """The share of pairs."""
        return self.right / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95% interval (Wilson 1927)."""
        p, n = self.share, self.n
        centre, reach = p + _Z**2 / (2 * n), _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
        return (centre - reach) / (1 + _Z**2 / n), (centre + reach) / (1 + _Z**2 / n)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.share:.3f} [{low:.3f}, {high:.3f}] of {self.n:,} pairs"


class RewardModel(nn.Module):
    """The mean of word vectors, and a small network on top: (batch, length) ids to (batch,) rewards."""

    def __init__(self, vocabulary: int, width: int = 32) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The rewards of some texts."""
        weights = mask.unsqueeze(-1).to(self.words.weight.dtype)
        mean = (self.words(ids) * weights).sum(1) / weights.sum(1).clamp(min=1)
        return self.head(mean).squeeze(-1)


def tokenizer_of(texts: Iterable[str]) -> Any:
    """A byte-level BPE tokenizer of the training texts: no model has to be fetched."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=4000, special_tokens=["<end>"], initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token="<end>", pad_token="<end>", truncation_side="left"
    )


def margins(model: nn.Module, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """How much more reward the chosen texts of a batch get: both sides go through the model at once."""
    chosen, rejected = model(batch["input_ids"], batch["attention_mask"]).chunk(2)
    return chosen - rejected


def train(model: nn.Module, dataset: RewardModelDataset, collate: PreferenceCollator, epochs: int) -> None:
    """The Bradley-Terry loss, batches of about equal length, a progress bar."""
    sampler = LengthBucketSampler(dataset.lengths(), 64)
    loader = DataLoader(dataset, batch_sampler=sampler, collate_fn=collate)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    for _ in track(range(epochs), description="epochs"):
        for batch in loader:
            loss = -nn.functional.logsigmoid(margins(model, batch)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@torch.no_grad()
def accuracy(model: nn.Module, dataset: RewardModelDataset, collate: PreferenceCollator) -> Accuracy:
    """How often the chosen text gets the larger reward."""
    found = [margins(model, batch) for batch in DataLoader(dataset, batch_size=256, collate_fn=collate)]
    return ordered(torch.cat(found).numpy())


def ordered(differences: np.ndarray[Any, Any]) -> Accuracy:
    """The accuracy of whatever orders pairs by the sign of a difference."""
    return Accuracy(float((differences > 0).sum() + 0.5 * (differences == 0).sum()), len(differences))


def by_length(train_side: PreferenceData, test_side: PreferenceData) -> Accuracy:
    """What a reader gets who sees nothing but which response is longer, and learned which way to bet."""
    learned, held_out = (_length_differences(side) for side in (train_side, test_side))
    return ordered(held_out if (learned > 0).sum() >= (learned < 0).sum() else -held_out)


def _length_differences(data: PreferenceData) -> np.ndarray[Any, Any]:
    """Words of the chosen less those of the rejected response of each pair with a preference."""
    batches = [(batch.chosen_words.to_numpy(), batch.rejected_words.to_numpy(), batch.ties) for batch in data.batches()]
    return np.concatenate([(chosen - rejected)[~np.asarray(ties)] for chosen, rejected, ties in batches])


def verdict(ours: Accuracy, baseline: Accuracy) -> str:
    """What the two figures say: no more than their intervals do."""
    if ours.interval[0] <= 0.5:  # noqa: PLR2004 - chance
        return "it cannot be told from guessing"
    difference = ours.share - baseline.share
    error = math.sqrt(sum(one.share * (1 - one.share) / one.n for one in (ours, baseline)))
    if difference > _Z * error:
        return "it beats chance, and it beats the length of the responses"
    if difference < -_Z * error:
        return "it beats chance, but the length of the responses alone does better"
    return "it beats chance, but cannot be told from the length of the responses alone"


def main(arguments: list[str] | None = None) -> Accuracy:
    """Run it all; the accuracy of the model on held-out prompts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", help="whatever prefaudit reads; made-up data when nothing is named")
    parser.add_argument("--rows", type=int, default=6000, help="rows of made-up data")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--max-length", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    torch.manual_seed(asked.seed)

    data = prefaudit.load(asked.source or demo(asked.rows))
    report = prefaudit.audit(data)
    print("\n".join(f"{one.verdict:<15} {one.check}" for one in report.worst_first()))

    filtered = prefaudit.filter(data, FILTERS)
    print(filtered)
    sides = prefaudit.split(filtered.data, {"train": 0.8, "test": 0.2})
    print(f"leakage: {prefaudit.leakage(sides).reason}")

    texts = (text for batch in sides["train"] for text in batch.chosen_full.to_pylist())
    tokenizer = tokenizer_of(texts)
    train_set, test_set = (
        RewardModelDataset(sides[name], tokenizer, asked.max_length, padding=False) for name in ("train", "test")
    )
    collate = PreferenceCollator(tokenizer, layout="concatenated", pad_to_multiple_of=8)
    model = RewardModel(len(tokenizer))
    train(model, train_set, collate, asked.epochs)

    ours, baseline = accuracy(model, test_set, collate), by_length(sides["train"], sides["test"])
    print(f"held-out accuracy:    {ours}")
    print(f"length of responses:  {baseline}")
    print(f"so: {verdict(ours, baseline)}")
    return ours


if __name__ == "__main__":
    try:
        main()
    except prefaudit.PrefauditError as error:
        sys.exit(f"error: {error}")
