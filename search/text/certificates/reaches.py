"""The words of a text that bear on each of its standards: those before it and those after it, up to the next one."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from matchmaker.domain.certificate import edition_in
from matchmaker.domain.taxonomy import Taxonomy
from search.text.certificates import paper_numbers
from search.text.lexicon import WordPattern, whole_words

LONGEST = 300  # characters on either side of a standard that can bear on it
Lookup = Callable[[str], str | None]  # the code of a standard's name; None for an unknown one

_EDITION = WordPattern(
    "certificates",
    r"""
    [ ]?[:–—-][ ]?(?P<year>(?:19|20)\d\d)(?!\d|[./]\d)
    | [ ](?P<bare>(?:19\d|20[012])\d)(?![\d./–—-]|[ ]?@year_word\b|[ ]?[–—-][ ]?20)
    | [ ,-]{1,2}@edition_words(?:[ ]|(?<=\.))(?P<numbered>\d{1,2}|[a-h])(?!\w)
    | (?P<letter>[a-h])(?![\w.])
    """,
)
_STANDARD_LIKE = WordPattern(
    "certificates", r"(?<![\w-])@standard_marks[ -]?(?:(?P<number>\d{4,5})|Q\d)(?:-\d{1,2})?(?![\w]|[.]\d)"
)
_NEXT_NUMBER = WordPattern(
    "certificates", r"(?:[ ]?[,/&+][ ]?|[ ]@and[ ])(?P<number>\d{4,5})(?!\d|\.\d|[ ]?@year_word\b)"
)
_SENTENCE_END = re.compile(
    r"[.!?](?=\s+[A-ZА-ЯЁ«\"•(]|\s*$)|(?<=[\w)][^\W_]{3})\.(?=\s)|(?<=\d)\.(?=\s+[a-zа-я])"
)
_HARD_END = re.compile(r"[;|\n\t•]")
_LAST_WORD = re.compile(r"(?:^|\W)(\w{1,7})$")
_BRACKETS = re.compile(r"\([^()\n]{0,160}\)|\[[^\[\]\n]{0,160}\]")
_PARTING = WordPattern(
    "certificates",
    r"""
    (?P<but>[, ]{1,2}@but[ ]) | (?P<and>,?[ ]@and[ ]|[ ]?[+&][ ]?) | (?P<or>,?[ ]@or[ ]|[ ]?/[ ]?)
    | (?P<comma>,(?!\d)[ ]?) | (?P<dash>[ ][–—-][ ])
    """,
)
_ANSWER = WordPattern("certificates", r"[\W_]{0,4}(?:@yes_cell|@nothing|[✗✘☒❌])[ .]{0,3}")
_HELD = WordPattern("certificates", r"\b@held")
_NO_WORDS = re.compile(r"[\W_]*")
_GOES_ON = WordPattern("certificates", r"[\W_]{0,4}@goes_on")
_LEAD = WordPattern(
    "certificates", r"[\W\d_]{0,8} @lead \w{0,4} [^:\n]{0,40}? (?: : | \.{3,80} | [ ][–—-][ ]|\|)"
)
_OWN_LEAD = re.compile(r"[\W\d_]{0,8}[^\W\d_][^:,;.\n]{1,40}:")
_PLAIN_LEAD = WordPattern("certificates", r"[\W\d_]{0,8} @lead (?:[ ]\w{1,15}){0,3} [ ]?[:.]?[ ]*$")


@dataclass(frozen=True, slots=True)
class NamedStandard:
    """A standard named at text[start:end], its edition included; without a code where the taxonomy does not know it."""

    start: int
    end: int
    code: str | None
    edition: str | None = None
    generic: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """The words that bear on a standard: `head` before it, `tail` after it, `lead` before the whole list.

    `shares` says that the tail stands after a later standard of the list; `fragment` is the piece between commas.
    """

    standard: NamedStandard
    head: str
    tail: str
    lead: str = ""
    tail_start: int = 0
    shares: str = ""


@dataclass(frozen=True, slots=True)
class _Joint:
    """What stands between two standards: the end of the first one's words, the beginning of the second one's, and how they
    are joined.
    """

    tail_end: int
    head_start: int
    kind: str


def named(
    text: str, found: Sequence[tuple[int, int, str]], code_of: Lookup, usual: str
) -> list[NamedStandard]:
    """The standards of a text with their editions: those `found` with their codes, bare numbers that go on a list ("ISO 9001 и
    14001"), and designations that nobody knows. `usual` is the standard that general words stand for ("СМК").
    """
    standards: list[NamedStandard] = []
    for start, end, code in sorted(found, key=lambda one: (one[0], -one[1])):
        if (standards and start < standards[-1].end) or _in_number(text, start, end):
            continue
        if standards and paper_numbers.after_body_word(text[max(standards[-1].end, start - 30) : start]):
            continue
        standards += _with_list(text, _with_edition(text, start, end, code, usual), code_of)
    covered = [(one.start, one.end) for one in standards]
    for match in _STANDARD_LIKE.finditer(text):
        if not _touches(covered, *match.span()):
            known = code_of(match[0]) or code_of((match["number"] and f"ISO {match['number']}") or "")
            standards.append(_with_edition(text, *match.span(), known, usual=""))
    return _without_twins(text, sorted(standards, key=lambda one: one.start))


def _touches(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    place = bisect_right(spans, (end, 0))
    return place > 0 and spans[place - 1][1] > start


def _in_number(text: str, start: int, end: int) -> bool:
    """Whether a name is only the beginning of a certificate's number: "№ ИСМ-0417", "GMP-00417/24"."""
    if any(sign.isdigit() for sign in text[start:end]):
        return False
    return bool(
        re.match(r"-\d{2,}", text[end : end + 4]) or re.search(r"\d-$", text[max(0, start - 2) : start])
    )


def _with_edition(
    text: str, start: int, end: int, code: str | None, usual: str | None = None
) -> NamedStandard:
    generic = code == usual and not any(sign.isdigit() for sign in text[start:end])
    match = _EDITION.match(text, end)
    if match is None:
        return NamedStandard(start, end, code, edition_in(text[start:end]), generic, text[start:end])
    edition = match["year"] or match["bare"] or match["numbered"] or match["letter"]
    return NamedStandard(start, match.end(), code, edition.upper(), generic, text[start : match.end()])


def _with_list(text: str, first: NamedStandard, code_of: Lookup) -> Iterator[NamedStandard]:
    yield first
    mark = re.match(r"[^\W\d_]+", text[first.start : first.end])
    place = first.end
    while mark and (match := _NEXT_NUMBER.match(text, place)):
        code = code_of(f"{mark[0]} {match['number']}")
        if code is None:
            return
        after = _with_edition(text, match.start("number"), match.end(), code)
        yield replace(after, name=f"{mark[0]} {after.name}")
        place = after.end


def _without_twins(text: str, standards: list[NamedStandard]) -> list[NamedStandard]:
    """The standards without second names of the same one: "IRIS (ISO/TS 22163:2017)", "СМК: ИСО 9001"."""
    kept: list[NamedStandard] = []
    for one in standards:
        before = kept[-1] if kept else None
        if before is None or before.code != one.code or one.code is None:
            kept.append(one)
        elif before.generic and one.start - before.end < LONGEST:
            kept[-1] = one
        elif _NO_WORDS.fullmatch(text[before.end : one.start]) and "\n" not in text[before.end : one.start]:
            edition = before.edition or one.edition
            closing = text[one.end : one.end + 1] in {")", "]"} and "(" in text[before.end : one.start]
            kept[-1] = replace(before, end=one.end + closing, edition=edition)
        else:
            kept.append(one)
    return kept


def specific(standards: list[NamedStandard], taxonomy: Taxonomy) -> list[NamedStandard]:
    """The standards without general words for one that is named too: "СМК по IATF 16949"."""
    exact = {one.code for one in standards if one.code and not one.generic}
    answered = {code for held in exact for code in taxonomy.standards_answered(held)}
    return [one for one in standards if not (one.generic and (one.code in exact or one.code in answered))]


def reaches(text: str, standards: Sequence[NamedStandard], *, cell: bool) -> list[Reach]:
    """The words that bear on each standard of a text; a cell of a list is all about its standards."""
    closed = [match.span() for match in _BRACKETS.finditer(text)]
    found: list[Reach] = []
    for start, end, lead in _units(text, standards, closed, cell=cell):
        own = [one for one in standards if start <= one.start < end]
        found += _of_unit(text, own, (start, end), lead, closed)
    return found


def _units(
    text: str, standards: Sequence[NamedStandard], closed: Sequence[tuple[int, int]], *, cell: bool
) -> Iterator[tuple[int, int, str]]:
    """The sentences or items that name standards, each with what leads to it and with the words that go on about it."""
    bounds = sorted({0, len(text), *_ends(text, standards, closed, cell=cell)})
    names = iter([*standards, None])
    standard = next(names)
    pending: tuple[int, int, str] | None = None
    lead = ""
    for start, end in pairwise(bounds):
        words = text[start:end]
        first = standard
        has = False
        while standard is not None and standard.start < end:
            has, standard = True, next(names)
        if has:
            if pending:
                yield pending
            own, ours = _LEAD.match(words), _own_lead(words, first.start - start if first else 0)
            lead = own[0] if own else lead
            pending = (start, end, ours[0] if ours and not own else lead)
        elif pending and words.strip() and (cell or _GOES_ON.match(words)) and end - pending[0] < 2 * LONGEST:
            pending = (pending[0], end, pending[2])
        elif words.strip() or words.count("\n") > 1:
            lead = words if _PLAIN_LEAD.match(words) else "" if words.strip(" \n.•—–-\t|;") else lead
    if pending:
        yield pending


def _own_lead(words: str, before: int) -> re.Match[str] | None:
    """The words up to a colon before the first standard; that of "ISO 9001:2015" leads to nothing."""
    found = _OWN_LEAD.match(words)
    return found if found and found.end() <= before else None


def _ends(
    text: str, standards: Sequence[NamedStandard], closed: Sequence[tuple[int, int]], *, cell: bool
) -> Iterator[int]:
    inside = [*closed, *((one.start, one.end) for one in standards)]
    inside.sort()
    for match in _HARD_END.finditer(text):
        if not _touches(inside, *match.span()):
            yield match.end()
    if cell:
        return
    for match in _SENTENCE_END.finditer(text):
        word = _LAST_WORD.search(text, max(0, match.start() - 10), match.start())
        short = word is not None and word[1].lower() in whole_words("certificates", "abbreviations")
        if not short and not _touches(inside, *match.span()):
            yield match.end()


def _of_unit(
    text: str,
    own: Sequence[NamedStandard],
    unit: tuple[int, int],
    lead: str,
    closed: Sequence[tuple[int, int]],
) -> list[Reach]:
    joints = [_joint(text, one, other, closed) for one, other in pairwise(own)]
    heads = [max(unit[0], own[0].start - LONGEST), *(joint.head_start for joint in joints)]
    tails = [*(joint.tail_end for joint in joints), min(unit[1], own[-1].end + LONGEST)]
    found = [
        Reach(one, text[head : one.start], text[one.end : max(tail, one.end)], lead, one.end)
        for one, head, tail in zip(own, heads, tails, strict=True)
    ]
    return _with_heads(_with_tails(found, joints), joints)


def _joint(text: str, one: NamedStandard, other: NamedStandard, closed: Sequence[tuple[int, int]]) -> _Joint:
    if _NEXT_NUMBER.match(text, one.end, other.end):  # "ISO 9001 и 14001"
        return _Joint(one.end, other.start, "and")
    last: re.Match[str] | None = None
    for match in _PARTING.finditer(text, one.end, other.start):
        if not any(start < match.start() and match.end() <= end <= other.start for start, end in closed):
            last = match
    if last is None and _ANSWER.fullmatch(text, one.end, other.start):
        return _Joint(other.start, other.start, "answer")
    if last is None:
        return _Joint(other.start, one.end, "none" if text[one.end : other.start].strip() else "blank")
    return _Joint(last.start(), last.end(), str(last.lastgroup))


def _with_tails(found: list[Reach], joints: Sequence[_Joint]) -> list[Reach]:
    """The reaches, those without a tail sharing that of the next one of their list."""
    for place in range(len(found) - 2, -1, -1):
        after, kind = found[place + 1], joints[place].kind
        said = _HELD.search(found[place].standard.name)  # "FDA registered, GMP in preparation"
        if kind in {"and", "or", "comma"} and is_bare(found[place].tail) and not said:
            found[place] = replace(
                found[place],
                tail=after.tail,
                tail_start=after.tail_start,
                shares=kind if not after.shares or after.shares == kind else "comma",
            )
    return found


def _with_heads(found: list[Reach], joints: Sequence[_Joint]) -> list[Reach]:
    """The reaches, those without a head taking over that of the one before in their list."""
    for place in range(1, len(found)):
        before, own, kind = found[place - 1], found[place], joints[place - 1].kind
        listed = before.shares or is_bare(before.tail) or before.tail.strip().endswith(")")
        if kind in {"and", "or", "comma"} and is_bare(own.head) and listed:
            found[place] = replace(own, head=before.head)
    return found


def is_bare(words: str) -> bool:
    """Whether the words beside a standard hold no word at all."""
    return _NO_WORDS.fullmatch(words) is not None
