"""The delimiter between the cells of a text: a tab, a semicolon, a comma or a bar."""

import re
from collections.abc import Sequence

LOOKED_AT = 20  # lines that are read to find the delimiter of a table
_DELIMITERS = "\t;|,"  # the surer first: commas and semicolons stand within cells as well
_QUOTED = re.compile('"[^"]*"')
NEARLY_ALL = 0.8  # of the lines of a text


def delimiter(lines: Sequence[str]) -> str:
    """The delimiter of a table: the most frequent in its first lines outside quotes; of equals the surer one."""
    bare = [_QUOTED.sub("", line) for line in lines[:LOOKED_AT]]
    return max(_DELIMITERS, key=lambda sign: sum(sign in line for line in bare))


def regular_delimiter(lines: Sequence[str]) -> str:
    """The delimiter of a text that may be prose: a tab, else a sign equally frequent in nearly all lines;
    else none.
    """
    filled = [line for line in lines if line.strip()]
    if sum("\t" in line for line in filled) >= min(2, max(len(filled), 1)):
        return "\t"
    for sign in ";,":
        counts = [line.count(sign) for line in filled]
        usual = max(set(counts), key=counts.count, default=0)
        if len(filled) > 1 and usual and counts.count(usual) >= NEARLY_ALL * len(filled):
            return sign
    return ""
