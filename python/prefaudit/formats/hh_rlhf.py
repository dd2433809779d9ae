"""Anthropic's HH-RLHF: two whole transcripts a row that share all turns but the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from prefaudit import kernels
from prefaudit.formats.base import Format, pair_batch, text_schema
from prefaudit.formats.repeated import repeats_prompt
from prefaudit.formats.transcripts import holds_transcripts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

# What `kernels.cut_transcripts` says of a row.
_DIVERGED, _NO_TURN = (pa.scalar(status, type=pa.uint8()) for status in (1, 2))


class HhRlhf(Format):
    r"""`chosen` and `rejected` as transcripts ("\\n\\nHuman: ... \\n\\nAssistant: ...").

    The prompt ends where the turns stop agreeing: after the last "\\n\\nAssistant:" that both share. Prompt and
    response together are the transcript, byte for byte. Rows that part in an earlier turn are marked `diverged`.
    """

    name: ClassVar[str] = "hh-rlhf"
    needs: ClassVar[tuple[str, ...]] = ("chosen", "rejected")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Transcripts in `chosen` and `rejected`; no prompt beside them that says itself where it ends."""
        return holds_transcripts(sample) and not repeats_prompt(sample)

    @property
    def schema(self) -> pa.Schema:
        """The two transcripts."""
        return text_schema("chosen", "rejected")

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """One pair a row, but for rows whose transcripts share no turn of the assistant."""
        for raw in batches:
            texts = {f"{side}_full": kernels.TextBatch(raw.column(side)) for side in ("chosen", "rejected")}
            cut = kernels.cut_transcripts(texts["chosen_full"], texts["rejected_full"], threads=threads)
            uncut = pc.equal(cut.column("status"), _NO_TURN)
            for row in raw.row_numbers.filter(uncut):
                accounting.skip(
                    "the transcripts share no assistant turn", raw.source, int(row.as_py()), "no shared turn"
                )
            if uncut.true_count:
                raw, cut, texts = raw.without(uncut), cut.filter(pc.invert(uncut)), {}  # noqa: PLW2901 - what is left
            columns = {name: cut.column(name) for name in ("prompt", "chosen", "rejected")}
            columns["diverged"] = pc.equal(cut.column("status"), _DIVERGED)
            columns |= {"chosen_full": raw.column("chosen"), "rejected_full": raw.column("rejected")}
            yield pair_batch(raw, columns, threads=threads, texts=texts)
