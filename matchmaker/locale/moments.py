"""Moments that must not be mistaken, in words: with the weekday and the time of which place."""

from datetime import datetime

from babel.dates import format_datetime

# In Russian the weekday would change its ending after «до» and «не позднее»; in brackets it keeps it.
_PATTERNS = {"ru": "d MMMM y (EEEE), HH:mm (ZZZZ)"}
_USUAL = "EEEE, d MMMM y, HH:mm (ZZZZ)"


def told(moment: datetime, language: str) -> str:
    """A moment in its own zone, with its weekday and its offset: “Sunday, 20 December 2026, 17:00 (GMT+03:00)”."""
    return format_datetime(moment, _PATTERNS.get(language, _USUAL), tzinfo=moment.tzinfo, locale=language)
