"""The standards of a text, each a must or a wish."""

from dataclasses import replace

from search.text.lexicon import WordPattern
from search.text.recognition import Mention
from search.text.scope.groups import COMMA, clause

WISH = WordPattern("scope", "@wish")
_MUST = WordPattern(
    "scope",
    r"""
    @refusal | @must | (?<!не[ ])(?<!не)@obligatory
    | (?<!не[ ])@must_unless_denied.ru | (?<!not[ ])@must_unless_denied.en
    """,
)
REACH_OF_DEMAND = 60  # characters between a standard and the word that says whether it is a must


def demanded(text: str, mention: Mention) -> Mention:
    """Whether a standard is a wish or a must: the nearest word between the commas around it decides, else one
    of the sentence.
    """
    first, last = clause(text, mention.start)
    first, last = max(first, mention.start - REACH_OF_DEMAND), min(last, mention.end + REACH_OF_DEMAND)
    start = max((match.end() for match in COMMA.finditer(text, first, mention.start)), default=first)
    after = COMMA.search(text, mention.end, last)
    end = after.start() if after else last
    for span in dict.fromkeys(((start, end), (first, last))):
        wish, must = (_distance(pattern, text, span, mention) for pattern in (WISH, _MUST))
        if wish is not None or must is not None:
            welcome = wish is not None and (must is None or wish <= must)
            return replace(mention, wish=welcome, demand=not welcome)
    return mention


def _distance(pattern: WordPattern, text: str, span: tuple[int, int], mention: Mention) -> int | None:
    """The characters between a mention and the nearest match of a pattern within a span of the text."""
    found = pattern.finditer(text, *span)
    return min(
        (max(match.start() - mention.end, mention.start - match.end()) for match in found), default=None
    )
