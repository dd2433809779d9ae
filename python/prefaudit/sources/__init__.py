"""Where rows come from: files, memory, Hugging Face; always as Arrow record batches."""

from prefaudit.sources.base import RawBatch, Sample, SkippedRow, Source
from prefaudit.sources.opening import open_source

__all__ = ["RawBatch", "Sample", "SkippedRow", "Source", "open_source"]
