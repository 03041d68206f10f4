"""A template's words in; whether they name the present day out.

Some models' templates write the date into every prompt. The same request is then another prompt tomorrow, and its
answer another: a stored one stays what it is, and none can be had again.
"""

from __future__ import annotations

from datetime import date, timedelta

_FORMATS = (
    "%Y-%m-%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d.%m.%Y",
)


def names_the_day(text: str, today: date | None = None) -> bool:
    """A server may be where it is already tomorrow, or still yesterday."""
    middle = today or date.today()
    days = (middle + timedelta(days=shift) for shift in (-1, 0, 1))
    return any(day.strftime(form) in text or _unpadded(day, form) in text for day in days for form in _FORMATS)


def _unpadded(day: date, form: str) -> str:
    return day.strftime(form.replace("%d", str(day.day)).replace("%m", str(day.month)))
