"""The products that are named only to say whose part is meant, or of which kind a thing is."""

import re

from search.text.lexicon import WordPattern
from search.text.recognition import Mention
from search.text.tokens import may_be_accusative

_PART_OF = WordPattern("scope", r"\b@part_of\w{0,5}[ ]$")
_PRODUCT_OF = WordPattern("scope", r"\b(?:@product_of|(?P<on>@product_on))[ ](?:\w{1,14}[ ])?$")
_PART_FROM = WordPattern("scope", r"[ -]@part_from\b")
_KIND_OF = WordPattern("scope", r"[ -](?!@after_product\b)(?=[a-z]{3})[a-z]{1,20}(?<!ed)(?<!ing)\b")
_PLURAL = re.compile(r"s|[^a-z]", re.IGNORECASE)


def belongs(text: str, mention: Mention) -> bool:
    """Whether a product is named only to say whose part is meant, or of which kind a thing is."""
    first = max(0, mention.start - 24)
    if _PART_OF.search(text, first, mention.start) or _PART_FROM.match(text, mention.end):
        return True
    before = _PRODUCT_OF.search(text, first, mention.start)
    if before and not (
        before["on"] and may_be_accusative(text[mention.start : mention.end].split(" ", maxsplit=1)[0])
    ):
        return True
    alone = " " not in text[mention.start : mention.end] and not _PLURAL.match(text, mention.end - 1)
    return alone and bool(_KIND_OF.match(text, mention.end))
