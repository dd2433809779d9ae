# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # From preference data to a reward model
#
# A pair is a prompt and two responses, of which people preferred one. Before a model learns from pairs, look at what
# they can teach. This notebook (open it with jupytext, or run it as a script) goes the whole way: look at a pair, ask
# eight questions of all of them, drop what teaches nothing, split by prompt, tokenize.
#
# The data here are made up, with defects planted in them. Put the name of a file or of a data set on the Hub in their
# place: `SOURCE = "Anthropic/hh-rlhf"`.

# %%
import prefaudit
from prefaudit.sources.demo import demo

SOURCE = demo(2000)
data = prefaudit.load(SOURCE)
data

# %% [markdown]
# ## One pair first
#
# `prompt`, `chosen`, `rejected`: the responses never repeat the prompt, and the transcripts stay beside them.

# %%
pair = data.head(1)[0]
for name in ("prompt", "chosen", "rejected"):
    print(f"--- {name}\n{pair[name].strip()}")

# %% [markdown]
# ## The tutorial's two measurements
#
# Word counts of the first rows, and difflib's ratio of the first hundred: the same numbers as the loops in Python, and
# faster.

# %%
pairs = [
    {"chosen": chosen, "rejected": rejected}
    for batch in data.batches()
    for chosen, rejected in zip(batch.chosen_full.to_pylist(), batch.rejected_full.to_pylist(), strict=True)
]
chosen_words, rejected_words = prefaudit.analyze_preference_dataset(pairs, num_samples=1000)
prefaudit.check_similarity(pairs, num_samples=100)

# %% [markdown]
# ## All rows, all questions
#
# Each figure has an interval and the number of pairs it rests on. What cannot be told from these columns is
# NOT MEASURABLE, and names the column.

# %%
report = prefaudit.audit(data)
print(report.to_text(100))

# %% [markdown]
# ## Drop what teaches nothing
#
# No label is changed, and each dropped row has its reason.

# %%
filtered = prefaudit.filter(data, ["malformed", "identical", "near-duplicate:0.9", "balance-length"])
print(filtered)
print(filtered.dropped.slice(0, 3).to_pylist())
for before, after in filtered.compare():
    print(f"{before.check:<15} {before.verdict:<5} {after.verdict}")

# %% [markdown]
# ## Split by prompt

# %%
sides = prefaudit.split(filtered.data, {"train": 0.8, "test": 0.2})
print({name: len(side) for name, side in sides.items()})
print(prefaudit.leakage(sides).reason)

# %% [markdown]
# ## Tokenize
#
# The tutorial's class with its four keys. Any tokenizer of transformers does; this one is trained on the spot, so that
# nothing has to be fetched.

# %%
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch.utils.data import DataLoader
from transformers import PreTrainedTokenizerFast

from prefaudit.torch import LengthBucketSampler, PreferenceCollator, RewardModelDataset

backend = Tokenizer(models.BPE())
backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
trainer = trainers.BpeTrainer(
    vocab_size=2000,
    special_tokens=["<end>"],
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    show_progress=False,
)
backend.train_from_iterator((pair["chosen"] for pair in pairs), trainer)
tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<end>", pad_token="<end>")

dataset = RewardModelDataset(sides["train"], tokenizer, max_length=256)
print({name: tuple(tensor.shape) for name, tensor in dataset[0].items()})
print(tokenizer.decode(dataset[0]["chosen_input_ids"][:40]))

# %% [markdown]
# Unpadded, with batches of about one length, there is little padding left; what was cut is counted.

# %%
lean = RewardModelDataset(sides["train"], tokenizer, max_length=256, padding=False)
loader = DataLoader(
    lean, batch_sampler=LengthBucketSampler(lean.lengths(), 32), collate_fn=PreferenceCollator(tokenizer)
)
padding = [1 - batch["chosen_attention_mask"].float().mean().item() for batch in loader]
print(f"padding: {sum(padding) / len(padding):.1%} of the tokens")
print(lean.accounting)

# %% [markdown]
# `examples/train_reward_model.py` goes on from here: the Bradley-Terry loss, accuracy on held-out prompts with its
# interval, beside a reader who sees nothing but the length.
