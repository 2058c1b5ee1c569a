"""The base forms of words, which words tell one text from another, and which stand first or together."""

from search.text.tokens import keys_of

# The first words of a profile, which say what a firm mainly does.
LEAD = 40
# Two words stand together, in either order, with at most one other between them: "castings of aluminium".
TOGETHER = 2


def base_of(word: str) -> str:
    """The base form of a word."""
    return min(keys_of(word))


def tells(word: str) -> bool:
    """Whether a word tells texts apart; short ones without a figure ("из", "of") do not."""
    return len(word) > 2 or not word.isalpha()
