"""The state of a certificate, by the words that bear on its standard; nothing is held that no word says so."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from search.text.certificates.reaches import Reach
from search.text.lexicon import WordPattern


class Said(StrEnum):
    """What a text says of a standard: held, on the way, or not; FOLLOWED and BARE say nothing of a certificate."""

    HELD = "held"
    IMPLEMENTING = "implementing"
    PLANNED = "planned"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    DENIED = "denied"
    RENEWING = "renewing"
    FOLLOWED = "followed"
    OTHERS = "others"
    UNKNOWN = "unknown"
    BARE = "bare"


# What says plainly that no certificate is held now.
ABSENT = frozenset({Said.PLANNED, Said.REVOKED, Said.DENIED, Said.OTHERS})
_NOT_NOW = ABSENT | {Said.IMPLEMENTING, Said.EXPIRED, Said.SUSPENDED}

_NEAR_TAIL = re.compile(r"[^\w]{0,4}[^;()\n]{0,80}?(?:,(?!\d)|[;()\n]|\.[ ]|$)")
_NEAR_HEAD = re.compile(r"(?:^|[,;.()\n])([^,;.()\n]*(?:\([^,;.()\n]*)?)$")
_HARMLESS = WordPattern("certificates", r"\b@harmless")
_HELD = WordPattern("certificates", r"\b@held")
_HELD_BY = WordPattern("certificates", r"\b@held_by")
_FOLLOWED_BEFORE = WordPattern("certificates", r"\b@followed_before")
_FOLLOWED_AFTER = WordPattern("certificates", r"\b@followed_after")
_IMPLEMENTING = WordPattern("certificates", r"\b@implementing")
_PLANNED = WordPattern("certificates", r"\b(?:@planned | @by_day[ ](?:[IQ\d]|@part_of_year))")
_PLANNED_WORK = WordPattern("certificates", r"\b@planned[ ](?:\w{1,12}[ ]){0,1}@implementing")
_EXPIRED = WordPattern("certificates", r"\b@expired")
_SUSPENDED = WordPattern("certificates", r"\b@suspended")
_REVOKED = WordPattern("certificates", r"\b@revoked")
_IN_FORCE = WordPattern("certificates", r"\b@in_force")
_RENEWING = WordPattern("certificates", r"\b@renewing")
_NEAR_DENIAL = WordPattern(
    "certificates", r"[✗✘☒❌]|\b(?:@denied_near|no\b(?!\.?[ ]?[:#№]?[ ]?[\w/.-]{0,15}\d)(?!\.))"
)
_DENIAL = WordPattern("certificates", r"\b@denied")
_NOTHING = WordPattern("certificates", r"[\W_]*\b@nothing\b[\W_]*")
_DASH = re.compile(r"[\s:(]*[—–−-]{1,3}[\s);.,|]*")
_UNKNOWN = WordPattern(
    "certificates",
    r"[?☐□~%]|\+[ ]?/|/[ ]?[+—–-](?!\w)|\b[01]/[01]\b|\[\s?\]|\b@unknown|\b@offered|(?<!\w)[xх](?!\w)",
)
_OTHERS = WordPattern("certificates", r"\b@others")
_AT_OTHERS = WordPattern("certificates", r"\b@at_others")
_OURSELVES = WordPattern("certificates", r"\b@ourselves")
_YES = WordPattern("certificates", r"[\W_]{0,4}(?:@yes_cell)(?=[\s.]*(?:$|[,;()]))")
_CUSTOMERS = WordPattern("certificates", r"\b@customers")
_MARK = re.compile(r"[A-ZА-ЯЁ]{2}|\d")  # "certified welders" name no certificate, "аттестованы НАКС" do
_PERSONS = WordPattern("certificates", r"\b@persons")
_GOODS = WordPattern("certificates", r"\b@certified_goods")
_COLUMN_WITHOUT = WordPattern("certificates", r"\b@column_without")
_COLUMN_OF_OTHERS = WordPattern("certificates", r"\b@column_of_others")


@dataclass(frozen=True, slots=True)
class Words:
    """The words around a standard in which its state is looked for."""

    head: str
    near_head: str
    tail: str
    near_tail: str
    lead: str
    name: str = ""

    @property
    def near(self) -> str:
        return f"{self.near_head} § {self.near_tail}"

    @property
    def around(self) -> str:
        return f"{self.lead} § {self.near_head} § {self.tail}"


def words_of(reach: Reach) -> Words:
    """The words of a reach without those that only sound like a denial or a plan."""
    head, tail, lead = (_HARMLESS.sub(_blank, words) for words in (reach.head, reach.tail, reach.lead))
    near_head = _NEAR_HEAD.search(head)
    near_tail = _NEAR_TAIL.match(tail)
    return Words(
        head,
        near_head[1] if near_head else "",
        tail,
        near_tail[0] if near_tail else tail[:60],
        lead,
        reach.standard.name,
    )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def said_of(words: Words) -> Said:
    """What the words say, the gravest thing first: of "expired, in progress again" that it is expired."""
    return next((said for said, is_said in _GRAVEST_FIRST if is_said(words)), None) or _held(words)


def tells_another_state(heading: str) -> bool:
    """Whether a column's name says of all its cells that they hold no certificate now: "Planned certificates"."""
    plain = heading.replace("?", " ")  # "ISO 9001 required?"
    return said_of(Words(head="", near_head="", tail="", near_tail="", lead=plain)) in _NOT_NOW


def _is_lapsed(words: Words) -> bool:
    return bool(_EXPIRED.search(words.around))


def _is_denied(words: Words) -> bool:
    """Whether the words deny a certificate; "not yet, but we are implementing" does not."""
    if _COLUMN_WITHOUT.search(words.lead):
        return True
    return bool(_DENIAL.search(words.around)) and not _IMPLEMENTING.search(_DENIAL.sub(" ", words.around))


def _is_planned(words: Words) -> bool:
    """Whether the words tell of a plan; "in progress, audit planned for May" is more than that."""
    if _IMPLEMENTING.search(words.around):
        return bool(_PLANNED_WORK.search(words.around))
    return bool(_PLANNED.search(words.around))


def _is_denied_nearby(words: Words) -> bool:
    return bool(_NEAR_DENIAL.search(words.near)) or _is_nothing(words.tail)


def _held(words: Words) -> Said:
    before = f"{words.lead} {words.head}"
    held_by = _HELD_BY.search(f"{before} § {words.tail}")
    if not held_by and is_followed(words):
        return Said.FOLLOWED
    if (
        held_by
        or (_MARK.search(words.name) and _HELD.search(words.name))
        or _HELD.search(words.near_head)
        or _HELD.search(words.tail)
        or _YES.match(words.tail)
    ):
        return Said.HELD
    return Said.BARE


def is_in_force(words: Words) -> bool:
    """Whether the words say that a certificate holds while it is renewed."""
    return bool(_IN_FORCE.search(words.around))


def is_certified(words: Words) -> bool:
    """Whether the words beside a standard name a certificate of it, or say that it has been given."""
    return bool(_HELD_BY.search(f"{words.head} § {words.tail}"))


def is_followed(words: Words) -> bool:
    """Whether the words say that the standard is followed, whatever they say of a certificate."""
    return bool(_FOLLOWED_BEFORE.search(words.near_head) or _FOLLOWED_AFTER.search(words.near_tail))


def is_renewed(reach: Reach) -> bool:
    """Whether the words tell of a renewal."""
    return bool(_RENEWING.search(reach.tail) or _RENEWING.search(reach.head))


def _by_others(words: Words) -> bool:
    """Whether the standard is that of customers, suppliers, products: "наши заказчики сертифицированы по ISO 9001"."""
    ends = [match.end() for match in _OTHERS.finditer(words.head)]
    if ends and not _OURSELVES.search(words.head, ends[-1]):
        return True
    if _CUSTOMERS.match(words.lead.lstrip()) or _COLUMN_OF_OTHERS.search(words.lead):
        return True
    if _PERSONS.search(words.near_head):
        return True
    return bool(_AT_OTHERS.search(words.tail) or _GOODS.search(words.near_tail))


def _is_nothing(tail: str) -> bool:
    """Whether a dash or a word alone stands for the certificate."""
    return bool(_DASH.fullmatch(tail)) or bool(_NOTHING.fullmatch(tail))


_GRAVEST_FIRST: tuple[tuple[Said, Callable[[Words], object]], ...] = (
    (Said.OTHERS, _by_others),
    (Said.SUSPENDED, lambda words: _SUSPENDED.search(words.around)),
    (Said.REVOKED, lambda words: _REVOKED.search(words.around)),
    (Said.RENEWING, lambda words: _RENEWING.search(words.around) and not _is_lapsed(words)),
    (Said.EXPIRED, _is_lapsed),
    (Said.DENIED, _is_denied),
    (Said.UNKNOWN, lambda words: _UNKNOWN.search(words.around)),
    (Said.PLANNED, _is_planned),
    (Said.IMPLEMENTING, lambda words: _IMPLEMENTING.search(words.around)),
    (Said.DENIED, _is_denied_nearby),
)
