"""Values as people read them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE = re.compile(r"/|\.[a-z]\w*$", re.IGNORECASE)
_HUGE, _LARGE, _SMALL, _TINY = 1e15, 10, 0.01, 0.0001


def value_of(value: float | None, unit: str) -> str:
    """A value in the unit of a `Measure`.

    Example:
        >>> value_of(0.4381, "share"), value_of(0.0013, "share"), value_of(-0.161, "points"), value_of(0.5, "number")
        ('43.8%', '0.13%', '-16.1 pt', '0.500')
    """
    if value is None or not math.isfinite(value):
        return "-"
    match unit:
        case "share":
            return share(value)
        case "points":
            return f"{100 * value:+.1f} pt"
        case _:
            return number(value)


def interval_of(interval: Sequence[float | None] | None, unit: str) -> str:
    """An interval in the unit of a `Measure`.

    Example:
        >>> interval_of((0.417, 0.459), "share")
        '[41.7%, 45.9%]'
    """
    return "-" if interval is None else f"[{', '.join(value_of(end, unit).removesuffix(' pt') for end in interval)}]"


def share(value: float) -> str:
    """A share in percent, with as many digits as say something.

    Example:
        >>> share(0.0), share(0.5), share(0.004), share(0.00002), share(1e-9)
        ('0%', '50.0%', '0.40%', '0.002%', '<0.001%')
    """
    if value == 0:
        return "0%"
    if abs(value) >= _SMALL:
        return f"{value:.1%}"
    if abs(value) >= _TINY:
        return f"{value:.2%}"
    return f"{value:.3%}" if abs(value) >= _TINY / 10 else "<0.001%"


def number(value: float) -> str:
    """A number: whole ones as such, others with as many digits as say something.

    Example:
        >>> number(1234.0), number(-1e308), number(12.345), number(0.12345), number(0.0012)
        ('1,234', '-1e+308', '12.3', '0.123', '0.0012')
    """
    if not math.isfinite(value):
        return "-"
    if abs(value) >= _HUGE:
        return f"{value:.3g}"
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) >= _LARGE:
        return f"{value:,.1f}"
    return f"{value:.3f}" if abs(value) >= _SMALL else f"{value:.2g}"


def shown(name: str, value: Any, before: str = "") -> str:  # noqa: PLR0911 - one for each kind of value
    """A figure by its name: what is called a share is one, and so is an interval after one.

    Example:
        >>> shown("share_longer", 0.5), shown("interval", [0.4, 0.6], "share_longer"), shown("interval", [0.4, 0.6])
        ('50.0%', '[40.0%, 60.0%]', '[0.400, 0.600]')
    """
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float() if _is_share(name):
            return share(value) if math.isfinite(value) else "-"
        case float():
            return number(value)
        case list() | tuple() if name.endswith("interval"):
            return interval_of(value, "share" if _is_share(before) else "number")
        case list() | tuple():
            return " and ".join(str(item) for item in value) or "-"
        case _:
            return str(value)


def _is_share(name: str) -> bool:
    return "share" in name.split("_")


def words(name: str) -> str:
    """The name of a figure as words; the name of a file as it is.

    Example:
        >>> words("share_above_0.9"), words("my_train.jsonl")
        ('share above 0.9', 'my_train.jsonl')
    """
    return name if _FILE.search(name) else name.replace("_", " ")
