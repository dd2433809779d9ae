"""Preference data for PyTorch: the tokenizing data set, its collator, samplers, and a cache of token ids.

Needs the extra `torch`: pip install 'prefaudit[torch]'.
"""

from prefaudit.torch.needed import needed

needed()

from prefaudit.torch.accounting import TokenAccounting  # noqa: E402 - after the message on what is missing
from prefaudit.torch.collator import PreferenceCollator  # noqa: E402
from prefaudit.torch.dataset import RewardModelDataset  # noqa: E402
from prefaudit.torch.forks import one_thread_after_fork  # noqa: E402
from prefaudit.torch.sampler import LengthBucketSampler  # noqa: E402

one_thread_after_fork()

__all__ = ["LengthBucketSampler", "PreferenceCollator", "RewardModelDataset", "TokenAccounting"]
