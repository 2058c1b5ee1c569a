"""The demands that a need's text makes of the certificates of its suppliers: all of them, each for one of several standards."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel, DemandStrength
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_keys import Flag
from search.text.certificates.reaches import Lookup, NamedStandard, Reach, named, reaches, specific
from search.text.certificates.states import Words, is_followed, words_of
from search.text.lexicon import WordPattern
from search.text.recognition import Mention

_OF_BUYER = WordPattern("certificates", r"\b@of_buyer | \b@are_we[ ](?:an?[ ])?$")
_FIRM_BEFORE = re.compile(r"(?:^|[,|·•\n–—-])[^\w\n]{0,3}an?[ ]$", re.IGNORECASE)
# A letter that ends in "… Aerostructures - AS9100D certified" tells of who wrote it.
_SIGNED_BEFORE = re.compile(r"[^\s|·•–—-][^\n]{0,80}[ ][|·•–—-][ ]?$")
_SIGNED_AFTER = WordPattern("certificates", r"[ ]@signed[ .!]*\s*")
_FIRM_AFTER = WordPattern("certificates", r"[ ](?:\w{1,12}[ ])?@firm\b")
# "ISO 9001 certified manufacturer of cylinders. Bores to 4 in. are available": whoever wrote it says what a firm is and has.
_OF_MAKER = WordPattern(
    "certificates", r"(?:[ ,/&+-]{1,3}[\w:./-]{1,20}){0,8}?[ ,/&+-]{1,3}(?:@maker)\b(?![ ]?[?:])"
)
_OFFERS = WordPattern("certificates", r"\b(?:@offers\b|@offered_things(?:[ ]\w{1,16}){0,4}[ ]include)")
_SENTENCE_END = re.compile(r"[.!?\n;]")
_ASKS = WordPattern("certificates", r"\b@asks\b|\?")
_WELCOME = WordPattern("certificates", r"\b@welcome | \b@if_any[ ]$")
_UNNEEDED_BEFORE = WordPattern("certificates", r"\b@unneeded_before\b[^.,;]{0,24}$")
_DENIED_STATE = WordPattern("certificates", r"\b@denied_state[ ][«\"“]?$")
_WELCOME_ALONE = WordPattern("certificates", r"[ ,]{1,3}@welcome[ ]?(?:[.,;)]|$)")
_WELCOME_IN_BRACKETS = WordPattern("certificates", r"[^()\n]{0,40}\([^()\n]{0,20}?\b@welcome")
_UNNEEDED = WordPattern("certificates", r"[^.,;\n]{0,30}?\b@unneeded|[ :—–-]{1,3}no\b")
_MUST = WordPattern("certificates", r"\b@must_be")
_REQUIREMENTS = WordPattern("certificates", r"@requirements\b")
_OTHERS = WordPattern("certificates", r"\b@at_others")
_ANY_ONE = WordPattern("certificates", r"\b@any_one\b")
_IMPLEMENTING = WordPattern("certificates", r"\b@implementing_will_do")
_VERIFIED = WordPattern("certificates", r"\b@verified")
_OR = WordPattern(
    "certificates",
    r"""
    [^\w]{0,3} (?:[\w-]{1,16}[ ,]{1,2}){0,2}?
    (?: @or[ ](?:@at_least[ ])?(?:[\w-]{1,12}[ ]){0,2} | [ ]?/[ ]? ) [^\w]{0,3}
    """,
)
_LISTED = WordPattern("certificates", r"[ ]?(?:,|/|@or)[ ]?(?:@or[ ])?")
MOST_BEFORE = 4  # words before a standard that begins a text: another standard, an article
FARTHEST = 60  # characters between two standards that are alternatives


class _Junction(Enum):
    """How two demanded standards are joined: as alternatives, in a list, or not at all."""

    OR = auto()
    LISTED = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class _Demanded:
    """A standard that a need asks of its suppliers, and how."""

    standard: NamedStandard
    code: str
    strength: DemandStrength
    level: CertificationLevel


def demands_in(
    text: str, mentions: Iterable[Mention], taxonomy: Taxonomy, code_of: Lookup
) -> tuple[CertificationDemand, ...]:
    """The demands and the wishes of a text, in its order, each once."""
    by_place = {mention.start: mention for mention in mentions if mention.kind == "standard"}
    found = [(m.start, m.end, str(m.code)) for m in by_place.values() if m.code]
    if not found:
        return ()
    standards = specific(named(text, found, code_of, taxonomy.most_asked_standard), taxonomy)
    advertised = bool(_OFFERS.search(text)) and not _ASKS.search(text)
    asked: list[_Demanded] = []
    mention: Mention | None = None
    for reach in reaches(text, standards, cell=False):
        mention = by_place.get(reach.standard.start, mention)
        one = mention and _asked(text, reach, mention, taxonomy)
        if one and advertised and _is_praise(text, one.standard):
            one = replace(one, strength=DemandStrength.WISH)
        if one:
            asked.append(one)
    return tuple(_each_once(_sets(text, asked)))


def _asked(text: str, reach: Reach, mention: Mention, taxonomy: Taxonomy) -> _Demanded | None:
    """The demand for one standard; None where it is named for another reason."""
    code, words = reach.standard.code, words_of(reach)
    near = words.near_head[-80:]
    if code is None or code not in taxonomy.standards or _is_buyers(reach, words):
        return None
    welcome = bool(_WELCOME.search(near)) or _is_welcome_after(reach, words.near_tail)
    unneeded = _UNNEEDED.match(words.near_tail) or _UNNEEDED_BEFORE.search(near)
    if not welcome and (mention.negated or unneeded):
        return None
    must = bool(_MUST.search(f"{near} § {reach.tail[:60]}"))
    by_name = code in taxonomy.demanded_standards
    of_products = code in taxonomy.standards.flagged(Flag.OF_PRODUCTS)
    if not welcome and not must and (of_products or (not by_name and is_followed(words))):
        return None
    # "Сварщики НАКС" names whom a shop may have; only words that ask make it a condition.
    of_people = code in taxonomy.standards.flagged(Flag.OF_PEOPLE)
    headed = _REQUIREMENTS.search(text, max(0, mention.start - FARTHEST), mention.end)
    bare = of_people and not must and not mention.demand and not headed
    strength = DemandStrength.WISH if welcome or bare else DemandStrength.MUST
    return _Demanded(reach.standard, code, strength, _level(near, reach))


def _is_welcome_after(reach: Reach, near_tail: str) -> bool:
    """Whether the words after a standard call it welcome; those after a comma begin another thing unless they end there."""
    if reach.shares == "comma":
        return False
    if near_tail.lstrip().startswith(","):
        return bool(_WELCOME_ALONE.match(near_tail))
    return bool(_WELCOME.search(near_tail) or _WELCOME_IN_BRACKETS.match(reach.tail))


def _is_buyers(reach: Reach, words: Words) -> bool:
    """Whether a certificate is that of the buyer or of a third firm: "we are an ISO 9001 company"."""
    if _OF_BUYER.search(words.head[-80:]) or _OTHERS.search(words.near_tail):
        return True
    signed = _SIGNED_BEFORE.search(reach.head) and _SIGNED_AFTER.fullmatch(reach.tail)
    return bool(signed or (_FIRM_BEFORE.search(reach.head) and _FIRM_AFTER.match(reach.tail)))


def _is_praise(text: str, standard: NamedStandard) -> bool:
    """Whether a text begins with the standard of a maker: "ISO 9001 & AS9100 certified manufacturer of cylinders"."""
    before = text[: standard.start]
    first = len(before.split()) <= MOST_BEFORE and not _SENTENCE_END.search(before)
    return first and bool(_OF_MAKER.match(text, standard.end))


def _level(near: str, reach: Reach) -> CertificationLevel:
    around = f"{near} § {reach.tail[:90]}"
    if any(not _DENIED_STATE.search(around, 0, one.start()) for one in _IMPLEMENTING.finditer(around)):
        return CertificationLevel.IMPLEMENTING
    return CertificationLevel.VERIFIED if _VERIFIED.search(around) else CertificationLevel.CERTIFIED


def _sets(text: str, asked: Sequence[_Demanded]) -> Iterator[CertificationDemand]:
    """The demands, alternatives joined: "ISO 9001, AS9100 or Nadcap" is one."""
    joined = [_junction(text, one, other) for one, other in pairwise(asked)]
    for place in range(len(joined) - 2, -1, -1):
        if joined[place] is _Junction.LISTED and joined[place + 1] is _Junction.OR:
            joined[place] = _Junction.OR
    group: list[_Demanded] = []
    for one, junction in zip(asked, [_Junction.NONE, *joined], strict=False):
        if group and junction is not _Junction.OR:
            yield _set(group)
            group = []
        group.append(one)
    if group:
        yield _set(group)


def _junction(text: str, one: _Demanded, other: _Demanded) -> _Junction:
    between = text[one.standard.end : other.standard.start]
    if one.strength != other.strength or len(between) > FARTHEST:
        return _Junction.NONE
    if _OR.fullmatch(between):
        return _Junction.OR
    if not _LISTED.fullmatch(between):
        return _Junction.NONE
    first = one.standard.start
    return _Junction.OR if _ANY_ONE.search(text, max(0, first - 60), first) else _Junction.LISTED


def _set(group: Sequence[_Demanded]) -> CertificationDemand:
    codes = tuple(dict.fromkeys(one.code for one in group))
    edition = group[0].standard.edition if len(codes) == 1 else None
    return CertificationDemand(codes, min(one.level for one in group), group[0].strength, edition)


def _each_once(found: Iterable[CertificationDemand]) -> Iterator[CertificationDemand]:
    """The demands without repetition; a must stands instead of a wish for the same."""
    best: dict[frozenset[str], CertificationDemand] = {}
    for one in found:
        key = frozenset(one.any_of)
        held = best.get(key)
        if held is None or (held.strength is DemandStrength.WISH and one.strength is DemandStrength.MUST):
            best[key] = one
        elif held.strength == one.strength and one.edition and not held.edition:
            best[key] = replace(held, edition=one.edition)
    return iter(best.values())
