"""Anthropic's HH-RLHF: two whole transcripts a row that share all turns but the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from prefaudit import kernels
from prefaudit.formats.base import Format, pair_batch, text_schema
from prefaudit.formats.carried import BESIDE, Carried
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
    r"""`chosen` and `rejected` as transcripts: `\n\nHuman: ... \n\nAssistant: ...`.

    The prompt ends where the turns stop agreeing: after the last `\n\nAssistant:` that both share. Prompt and
    response together are the transcript, byte for byte. Rows that part in an earlier turn are marked `diverged`.
    Columns beside them that have a name of the record (annotator, timestamp, domain ...) are carried.
    """

    name: ClassVar[str] = "hh-rlhf"
    needs: ClassVar[tuple[str, ...]] = ("chosen", "rejected")

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        self._carried = Carried(sample, BESIDE)
        self.left_aside = self._carried.left_aside

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Transcripts in `chosen` and `rejected`; no prompt beside them that says itself where it ends."""
        return holds_transcripts(sample) and not repeats_prompt(sample)

    @property
    def schema(self) -> pa.Schema:
        """The two transcripts, and what is carried."""
        return pa.schema([*text_schema("chosen", "rejected"), *self._carried.fields])

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """One pair a row, but for rows whose transcripts share no turn of the assistant."""
        for received in batches:
            raw, carried = self._carried.columns(received, accounting)
            wholes = {f"{side}_full": raw.text(side) for side in ("chosen", "rejected")}
            cut = kernels.cut_transcripts(*wholes.values(), threads=threads)
            texts = wholes | {"prompt": cut.prompt, "chosen": cut.chosen, "rejected": cut.rejected}
            columns = carried | {"diverged": pc.equal(cut.status, _DIVERGED)}
            columns |= {"chosen_full": raw.column("chosen"), "rejected_full": raw.column("rejected")}
            uncut = pc.equal(cut.status, _NO_TURN)
            for row in raw.row_numbers.filter(uncut):
                accounting.skip(
                    "the transcripts share no assistant turn", raw.source, int(row.as_py()), "no shared turn"
                )
            if uncut.true_count:
                columns |= {name: texts[name].to_arrow() for name in ("prompt", "chosen", "rejected")}
                left = pc.invert(uncut)
                raw, texts = raw.without(uncut), {}
                columns = {name: column.filter(left) for name, column in columns.items()}
            yield pair_batch(raw, columns, threads=threads, texts=texts)
