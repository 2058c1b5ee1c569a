"""Amounts of money in words."""

import re

_GLUED = re.compile(r"(?<=[A-Z])(?=[-\d])")


def apart(amount: str) -> str:
    """An amount as Babel writes it, with a space between a currency's letters and the number: "RUB 9,000.00"."""
    return _GLUED.sub("\u00a0", amount)
