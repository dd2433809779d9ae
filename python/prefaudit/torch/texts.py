"""The texts of a data set, ready to be tokenized: each prompt once, and the two ways in which it goes on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.checks.columns import as_mask
from prefaudit.errors import SourceError
from prefaudit.tokens.pairs import pair_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.data import PreferenceData
    from prefaudit.pairs import PairBatch

SCHEMA = pa.schema(
    [
        pa.field("prompt", pa.large_string()),
        pa.field("chosen", pa.large_string()),
        pa.field("rejected", pa.large_string()),
        pa.field("source", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("margin", pa.float64()),
    ]
)


def read_texts(data: PreferenceData, tokenizer: Any, separator: str) -> tuple[pa.RecordBatch, Counter[str]]:
    """The texts of all pairs with a preference, and how many others there were, by reason.

    Where the data have messages for a prompt and the tokenizer a chat template, the template makes the texts.

    Raises:
        SourceError: if no pair has a preference.
    """
    left_out: Counter[str] = Counter()
    parts = [_part(batch, tokenizer, separator, left_out) for batch in data.batches()]
    table = pa.Table.from_batches(parts, schema=SCHEMA)
    if not len(table):
        msg = f"{data.name}: none of the pairs says which response is preferred"
        raise SourceError(msg)
    return table.combine_chunks().to_batches()[0], left_out


def _part(batch: PairBatch, tokenizer: Any, separator: str, left_out: Counter[str]) -> pa.RecordBatch:
    ties = as_mask(batch.ties)
    if ties.any():
        left_out["tie: neither response is preferred"] += int(ties.sum())
    templated = getattr(tokenizer, "chat_template", None) and batch.column("prompt_messages") is not None
    texts = _templated(batch, tokenizer) if templated else pair_texts(batch, separator)
    columns = [text.cast(pa.large_string()) for text in texts]
    columns += [batch.source.cast(pa.string()), batch.row, margins(batch)]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA).filter(pa.array(~ties))


def margins(batch: PairBatch) -> pa.DoubleArray:
    """The difference of the scores, or the strength of the preference where there are none; null where neither is."""
    found = batch.column("strength")
    margin = pa.nulls(len(batch), pa.float64()) if found is None else found
    chosen, rejected = batch.column("score_chosen"), batch.column("score_rejected")
    if chosen is None or rejected is None:
        return margin
    return pc.coalesce(pc.subtract(chosen, rejected), margin)


def _templated(batch: PairBatch, tokenizer: Any) -> tuple[pa.Array, pa.Array, pa.Array]:
    """The texts as the tokenizer's chat template writes them, cut where both still agree."""
    rows = zip(
        batch.records.column("prompt_messages").to_pylist(),
        *(batch.records.column(name).to_pylist() for name in ("prompt", "chosen", "rejected")),
        strict=True,
    )
    written = list(_written(rows, tokenizer))
    prompts, chosen, rejected = (pa.array(texts, pa.string()) for texts in zip(*written, strict=True))
    return prompts, chosen, rejected


def _written(rows: Any, tokenizer: Any) -> Iterator[tuple[str, str, str]]:
    for messages, prompt, chosen, rejected in rows:
        before = messages or ([{"role": "user", "content": prompt}] if prompt else [])
        head = tokenizer.apply_chat_template(before, tokenize=False, add_generation_prompt=True) if before else ""
        sides = [
            tokenizer.apply_chat_template([*before, {"role": "assistant", "content": side}], tokenize=False)
            for side in (chosen, rejected)
        ]
        if not all(side.startswith(head) for side in sides):
            head = ""
        yield head, sides[0][len(head) :], sides[1][len(head) :]


def fingerprint(texts: pa.RecordBatch) -> bytes:
    """A hash of the texts."""
    import hashlib

    from prefaudit.kernels import text_hashes

    total = hashlib.sha256()
    for name in ("prompt", "chosen", "rejected"):
        hashes = text_hashes(texts.column(name))
        total.update(np.frombuffer(hashes.buffers()[1], np.uint8)[: 16 * len(hashes)].tobytes())
    return total.digest()
