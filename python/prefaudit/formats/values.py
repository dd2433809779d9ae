"""Plain values of a row, held to what a format needs of them."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import UTC, date, datetime, time
from reprlib import repr as short
from typing import TYPE_CHECKING, Any

from prefaudit.sources.base import is_null, kind_of
from prefaudit.sources.conform import text_complaint

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnusableRow(Exception):  # noqa: N818 - it ends a row, not the run
    """A row that gives no pair: why (one of a few reasons, as they are counted), and what was found there."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason} ({detail})")
        self.reason = reason
        self.detail = detail


def checked_text(value: Any, name: str) -> str:
    """`value` if it is text.

    Raises:
        UnusableRow: if it is null, of another type, or not valid Unicode.
    """
    if is_null(value):
        raise UnusableRow(f"'{name}' is null or missing", f"column '{name}': null or missing")
    if complaint := text_complaint(value):
        reason, detail = complaint
        raise UnusableRow(f"'{name}' is {reason}", f"column '{name}': {detail}")
    return value if isinstance(value, str) else value.decode()


def text(row: Mapping[str, Any], name: str) -> str:
    """The text in the column `name`; see `checked_text`."""
    return checked_text(row.get(name), name)


def optional_text(row: Mapping[str, Any], name: str) -> str | None:
    """The text in the column `name`; numbers as they are written, None where there is nothing."""
    value = row.get(name)
    if _is_nothing(value):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return checked_text(value, name)
    return checked_text(str(value), name)


def required_id(row: Mapping[str, Any], name: str) -> str:
    """What identifies a row, a number or text; see `optional_text`.

    Raises:
        UnusableRow: if it is null, or neither.
    """
    found = optional_text(row, name)
    if found is None:
        raise UnusableRow(f"'{name}' is null or missing", f"column '{name}': null or missing")
    return found


def number(row: Mapping[str, Any], name: str) -> float:
    """The finite number in the column `name`, also where it is written as text (CSV).

    Raises:
        UnusableRow: if there is none.
    """
    value = optional_number(row, name)
    if value is None:
        raise UnusableRow(f"'{name}' is null or missing", f"column '{name}': null or missing")
    return value


def optional_number(row: Mapping[str, Any], name: str) -> float | None:
    """As `number`, None where there is nothing."""
    value: Any = row.get(name)
    if _is_nothing(value):
        return None
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if math.isinf(found):
        raise UnusableRow(f"'{name}' is an infinite number", f"column '{name}': {short(value)}")
    if not math.isfinite(found):
        raise UnusableRow(f"'{name}' is {kind_of(value)}, not a number", f"column '{name}': {short(value)}")
    return found


def side(row: Mapping[str, Any], name: str) -> int:
    """Which of two responses the column `name` says: 0 or 1.

    Raises:
        UnusableRow: if it is nothing or anything else.
    """
    found = number(row, name)
    if found not in {0, 1}:
        raise UnusableRow(f"'{name}' is neither 0 nor 1", f"column '{name}': {found:g}")
    return int(found)


def checked_list(value: Any, name: str) -> list[Any]:
    """`value`, found in the column `name`, if it is a list.

    Raises:
        UnusableRow: if it is not.
    """
    if not isinstance(value, list | tuple):
        raise UnusableRow(f"'{name}' is {kind_of(value)}, not a list", f"column '{name}': {short(value)}")
    return list(value)


def checked_object(value: Any, name: str) -> dict[str, Any]:
    """`value`, found in the column `name` or in its list, if it is an object.

    Raises:
        UnusableRow: if it is not.
    """
    if not isinstance(value, dict):
        raise UnusableRow(f"'{name}' is {kind_of(value)}, not an object", f"column '{name}': {short(value)}")
    return value


def flag(row: Mapping[str, Any], name: str) -> bool:
    """Yes or no: JSON's true and false, 1 and 0, and their names as text.

    Raises:
        UnusableRow: if it is neither.
    """
    value = row.get(name)
    words = value.strip().lower() if isinstance(value, str) else value
    if words in _YES:
        return True
    if words in _NO and not is_null(words):
        return False
    raise UnusableRow(f"'{name}' is neither true nor false", f"column '{name}': {short(value)}")


_YES = (True, 1, "true", "1", "1.0", "yes")
_NO = (False, 0, "false", "0", "0.0", "no")


def _is_nothing(value: Any) -> bool:
    return is_null(value) or (isinstance(value, str) and not value)


# Seconds since 1970 stay below this for three thousand years; milliseconds and so on are above it.
_SECONDS = 1e11
_NANOSECONDS = 1e20


#: What stands for a time that is not known.
_NO_TIME = {"0", "-1", "0.0", "-1.0", "n/a", "na", "none", "null", "nan", "nat", "unknown", "-"}


def timestamp(row: Mapping[str, Any], name: str) -> datetime | None:
    """The moment in the column `name`, in UTC, where no zone is stated; None where there is nothing.

    Nothing is also what people and programs write for it: 0, -1, n/a, none, null, unknown. Read are ISO 8601,
    year-first dates as `2023/12/31`, day-first or month-first dates as `31/12/2023 10:00` only where they leave no
    doubt, and numbers since 1970 in seconds, milli-, micro- or nanoseconds.

    Raises:
        UnusableRow: if what is there is no moment.
    """
    value = row.get(name)
    if _is_nothing(value) or (isinstance(value, str | int | float) and str(value).strip().lower() in _NO_TIME):
        return None
    found = _moment(value)
    if found is None:
        raise UnusableRow(f"'{name}' is not a time", f"column '{name}': {short(value)}")
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, str):
        return _written(value.strip())
    return _since_1970(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _written(moment: str) -> datetime | None:
    if re.fullmatch(r"\d{9,19}(\.\d*)?", moment):
        return _since_1970(float(moment))
    try:
        return datetime.fromisoformat(moment.removesuffix(" UTC"))
    except ValueError:
        return _written_with_slashes(moment) or _written_in_mail(moment)


def _written_in_mail(moment: str) -> datetime | None:
    """RFC 2822, as in mails and HTTP: Mon, 01 Jan 2024 10:00:00 GMT."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(moment)
    except ValueError:
        return None


def _since_1970(value: float) -> datetime | None:
    if not abs(value) < _NANOSECONDS:  # infinite, or in no unit
        return None
    while abs(value) >= _SECONDS:
        value /= 1000
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _written_with_slashes(written: str) -> datetime | None:
    days, times = ("%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d"), ("", " %H:%M", " %H:%M:%S")
    found = set()
    for form in (day + time_of_day for day in days for time_of_day in times):
        try:
            found.add(datetime.strptime(written, form).replace(tzinfo=UTC))
        except ValueError:
            continue
    return found.pop() if len(found) == 1 else None


def unordered_id(prompt: str | None, one: str | None, other: str | None) -> str | None:
    """A name for two responses to one prompt that is the same in either order; None where a part is not known."""
    if prompt is None or one is None or other is None:
        return None
    return " | ".join((prompt, *sorted((one, other))))


def text_id(*texts: str) -> str:
    """A name for some texts that stays short: for votes on one pair where the source names none."""
    digest = hashlib.blake2b(digest_size=16)
    for text_ in texts:
        content = text_.encode()
        digest.update(len(content).to_bytes(8))
        digest.update(content)
    return digest.hexdigest()
