"""What rows mean: one adapter for each public layout of preference data."""

from prefaudit.formats.base import Format
from prefaudit.formats.registry import FORMATS, choose_format, format_class, formats

__all__ = ["FORMATS", "Format", "choose_format", "format_class", "formats"]
