"""Batches of pairs of about one length, in an order that can be taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from torch.utils.data import Sampler

from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

#: Batches that are sorted together: the more, the less padding, and the less chance in what comes together.
_BUCKET = 50


class LengthBucketSampler(Sampler[list[int]]):
    """Batches (for DataLoader's `batch_sampler`) of pairs that are about equally long, in random order.

    The pairs are shuffled, cut into stretches of 50 batches, sorted by length within each, and the batches are
    shuffled again. Every pair comes once an epoch. The order follows from the seed and the epoch alone, and
    `state_dict` says how far an epoch has come, so that a run can be taken up where it broke off.

    Args:
        lengths: of each pair: `RewardModelDataset.lengths()`.
        batch_size: pairs in a batch.
        seed: another one gives another order.
        drop_last: leave out the last batch when it is not full.
        rank: the number of this process among `replicas`. Each gets its own batches, all the same number of them.
        replicas: how many processes there are.
    """

    def __init__(
        self,
        lengths: Sequence[int] | NDArray[np.int64],
        batch_size: int,
        *,
        seed: int = 0,
        drop_last: bool = False,
        rank: int = 0,
        replicas: int = 1,
    ) -> None:
        if batch_size < 1 or not 0 <= rank < replicas:
            msg = f"batch_size is {batch_size}, rank {rank} of {replicas}: there is no such batch"
            raise ConfigError(msg)
        self._lengths = np.asarray(lengths)
        self._batch_size = batch_size
        self._seed = seed
        self._drop_last = drop_last
        self._rank, self._replicas = rank, replicas
        self._epoch = 0
        self._done = 0

    def __len__(self) -> int:
        """Batches that this process gets in an epoch."""
        n = len(self._lengths)
        batches = n // self._batch_size if self._drop_last else -(-n // self._batch_size)
        return batches // self._replicas if self._drop_last else -(-batches // self._replicas)

    def __iter__(self) -> Iterator[list[int]]:
        """The batches of an epoch that are left; then the next epoch begins."""
        batches = self._batches()
        while self._done < len(batches):
            self._done += 1
            yield batches[self._done - 1]
        self.set_epoch(self._epoch + 1)

    def set_epoch(self, epoch: int) -> None:
        """Begin an epoch."""
        self._epoch, self._done = epoch, 0

    def state_dict(self) -> dict[str, Any]:
        """How far it has come.

        A DataLoader with workers draws batches ahead, which are `done` here before they have been trained on: put the
        number of those that were into `done`.
        """
        return {"epoch": self._epoch, "done": self._done}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self._epoch, self._done = int(state["epoch"]), int(state["done"])

    def _batches(self) -> list[list[int]]:
        draw = np.random.default_rng([self._seed, self._epoch])
        order = draw.permutation(len(self._lengths))
        step = self._batch_size * _BUCKET
        stretches = [order[at : at + step] for at in range(0, len(order), step)]
        order = np.concatenate([one[np.argsort(self._lengths[one], kind="stable")] for one in stretches] or [order])
        batches = [order[at : at + self._batch_size].tolist() for at in range(0, len(order), self._batch_size)]
        if self._drop_last and batches and len(batches[-1]) < self._batch_size:
            batches.pop()
        shuffled = [batches[at] for at in draw.permutation(len(batches))]
        wanted = len(self) * self._replicas
        # Without drop_last the first ones come again, so that no process waits for the others.
        even = (shuffled * (wanted // max(len(shuffled), 1) + 1))[:wanted]
        return even[self._rank :: self._replicas]
