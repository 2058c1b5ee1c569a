"""What a person confirmed of a text: the readings are sure then, and its open numbers mean what was answered."""

from collections.abc import Sequence
from dataclasses import replace

from matchmaker.domain.records import ConfirmedRecord
from search.text import Mention, Origin, Recognition


def applied(recognition: Recognition, confirmed: Sequence[ConfirmedRecord]) -> Recognition:
    """The recognition with the meanings that a person gave to words of it; an answer holds wherever its words stand."""
    if not confirmed:
        return recognition
    given = {(one.words.casefold(), one.kind): one for one in confirmed}
    mentions: list[Mention] = []
    answered: list[Mention] = []
    for mention in recognition.mentions:
        answer = given.get((recognition.words(mention).casefold(), mention.kind))
        if answer is None or (answer.code is not None and answer.code != mention.code):
            mentions.append(mention)
            continue
        if answer.day is not None and answer.day != mention.day:
            continue  # the other way round of the same figures
        sure = replace(
            mention, sure=1.0, origin=Origin.SAID, basis="", amounts=answer.amounts or mention.amounts
        )
        mentions.append(sure)
        answered.append(sure)
    left = tuple(
        (start, end)
        for start, end in recognition.open_numbers
        if not any(start < one.end and one.start < end for one in answered)
    )
    return replace(recognition, mentions=tuple(mentions), open_numbers=left)
