"""What `kernels.text_marks` says of a text."""

from __future__ import annotations

from enum import IntFlag


class Marks(IntFlag):
    r"""What stands in a text that should not.

    `MISREAD` and `OPENED` are found where mojibake and special tokens begin; whether they go on as such is another
    question. `DISORDERED` is said of transcripts ("\n\nHuman: ... \n\nAssistant:") whose turns do not alternate
    from a person's to the opening of the assistant's.
    """

    BLANK = 1
    REPLACED = 2
    MISREAD = 4
    OPENED = 8
    DISORDERED = 16
