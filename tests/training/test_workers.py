"""Worker processes: what they tokenize is counted, they warn once, and nothing of theirs is in the way."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="prefaudit[torch] is not installed")

from torch.utils.data import DataLoader  # noqa: E402

from prefaudit.torch import LengthBucketSampler, RewardModelDataset, TokenAccounting  # noqa: E402
from prefaudit.torch.forks import OneThread  # noqa: E402
from training.made_tokenizers import trained  # noqa: E402

TESTS = Path(__file__).parents[1]
#: Two epochs of 40 pairs, of which 39 are the same once they are cut to eight tokens.
TRAINING = """
import sys
from torch.utils.data import DataLoader
from prefaudit.torch import RewardModelDataset
from training.made_tokenizers import trained

LONG = "what is the answer? what is it?"
ROWS = [{"prompt": LONG, "chosen": f"It is {at}.", "rejected": f"Because {at}"} for at in range(39)]
ROWS.append({"prompt": "", "chosen": "yes", "rejected": "no"})

if __name__ == "__main__":
    dataset = RewardModelDataset(ROWS, trained(), 8)
    dataset[39]  # the tokenizer has run before there are workers
    workers = {"num_workers": 2, "multiprocessing_context": sys.argv[1], "persistent_workers": True}
    loader = DataLoader(dataset, batch_size=4, **workers)
    sizes = [len(batch["chosen_input_ids"]) for _ in range(2) for batch in loader]
    counts = dataset.accounting
    print(sum(sizes), counts.tokenized, counts.truncated, counts.collapsed)
"""


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_workers_count_together_and_warn_once(context: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(TRAINING, encoding="utf-8")
    unset = {name: value for name, value in os.environ.items() if name != "TOKENIZERS_PARALLELISM"}
    done = subprocess.run(
        [sys.executable, str(script), context],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=unset | {"PYTHONPATH": str(TESTS)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["80", "81", "78", "78"]
    # Processes that find the first such pair at the very same time may each warn, but not with every batch.
    assert 1 <= done.stderr.count("pairs are the same once they are cut to 8 tokens") <= 2
    assert "forked" not in done.stderr


def test_counts_survive_a_pickle_and_go_on() -> None:
    counts = TokenAccounting({"rows_in": 3})
    counts.add(tokenized=3, truncated=2, collapsed=1)
    copied = pickle.loads(pickle.dumps(counts))
    copied.add(tokenized=4)
    assert (counts.tokenized, copied.tokenized, copied.collapsed) == (3, 7, 1)
    assert repr(copied) == "TokenAccounting(rows={'rows_in': 3}, left_out={}, tokenized=7, truncated=2, collapsed=1)"
    assert (counts.warn_now(), counts.warn_now(), TokenAccounting({}).warn_now()) == (True, False, False)


def test_a_cache_keeps_what_was_counted(tmp_path: Path) -> None:
    rows = [{"prompt": "why? " * 9, "chosen": f"It is {at}.", "rejected": f"Because {at}"} for at in range(20)]
    made, opened = (RewardModelDataset(rows, trained(), 8) for _ in range(2))
    for dataset in (made, opened):
        with pytest.warns(UserWarning, match="20 of the first 20"):
            dataset.cache(tmp_path / "tokens.arrow")
        assert dataset.accounting.counts() == {"tokenized": 20, "truncated": 20, "collapsed": 20}


def test_an_epoch_goes_on_where_training_stopped_though_workers_had_drawn_ahead() -> None:
    dataset = RewardModelDataset(
        [{"prompt": str(at), "chosen": "a", "rejected": "b"} for at in range(40)], trained(), 8
    )

    def loader() -> tuple[LengthBucketSampler, DataLoader[Any]]:
        sampler = LengthBucketSampler(dataset.lengths(), 4, seed=3)
        return sampler, DataLoader(dataset, batch_sampler=sampler, num_workers=2, multiprocessing_context="fork")

    whole = [batch["chosen_input_ids"].tolist() for batch in loader()[1]]
    sampler, batches = loader()
    trained_on = [batch["chosen_input_ids"].tolist() for _, batch in zip(range(3), batches, strict=False)]
    state = sampler.state_dict()
    assert state["done"] > 3
    sampler, batches = loader()
    sampler.load_state_dict({**state, "done": 3})
    assert trained_on + [batch["chosen_input_ids"].tolist() for batch in batches] == whole


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_tokenizers_in_a_forked_process_use_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, told in ((None, b"false"), ("true", b"true")):
        monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
        if asked:
            monkeypatch.setenv("TOKENIZERS_PARALLELISM", asked)
        read, write = os.pipe()
        process = os.fork()
        if process == 0:
            os.write(write, os.environ["TOKENIZERS_PARALLELISM"].encode())
            os._exit(0)
        os.waitpid(process, 0)
        assert os.read(read, 99) == told
        assert os.environ.get("TOKENIZERS_PARALLELISM") == asked
        os.close(read)
        os.close(write)


def test_what_the_user_says_of_threads_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "true")
    hooks = OneThread()
    hooks.before()
    hooks.after_in_parent()
    assert os.environ["TOKENIZERS_PARALLELISM"] == "true"
