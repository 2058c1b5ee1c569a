"""The recogniser of free Russian or English text: mentions of concepts and quantities, each with its place."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from matchmaker.domain.certificate import NamedCertificate
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_keys import Flag
from search.text import (
    arbiter,
    bare_grades,
    dates,
    figures,
    machine_models,
    operations,
    quantities,
    references,
    scope,
    tables,
)
from search.text.bare_grades import BareGrades
from search.text.canonical import canonical
from search.text.gazetteer import LETTERED, Gazetteer
from search.text.lexicon import WordPattern
from search.text.machine_models import MachineModels
from search.text.measures import BARE
from search.text.naming import AMBIGUOUS_WEIGHT, NamedConcept, TaxonomyNames
from search.text.recognition import MAX_TEXT, Mention, Origin, Recognition
from search.text.segments import TextSource, blanked, segmented
from search.text.tokens import Token, fold, tokens

# The end of a standard's number: its year ("ISO 9001:2015") or its revision ("AS 9100D", "AS9100 Rev. D").
_EDITION = re.compile(r"(?<=\d)(?:\s*[:-]\s*(?:19|20)\d\d\b|\s*(?:rev\.?\s*)?[A-E]\b)", re.IGNORECASE)
_BARE = WordPattern(
    "spelling",
    r"""
    [ ,]{1,2} (?:@before_grade[ ])? (\d{2,4}[A-ZА-Яa-zа-я]{0,2})
    (?! [\w×] | [ ]?(?:@no_grade|%) )
    """,
    re.NOFLAG,
)
# Of the states of a certificate those in which it is not held, and those that a record has too.
_NOT_HELD = frozenset({"expired", "none"})
_STATES = {"implementing": CertificateStatus.IMPLEMENTING, "suspended": CertificateStatus.SUSPENDED}
_MARK = WordPattern("spelling", r"^@grade_words[\s.]*")
# Kinds of mentions by which a text asks for something.
_ASKING = frozenset({"process", "material", "quantity", "standard", "equipment"})
# The sureness of a concept named by one word, and by several.
_NAMED, _NAMED_BY_SEVERAL = 0.9, 0.97
MOST_THICKNESS = 40.0  # mm, of a sheet that is named by its material alone
MOST_BESIDE = 3  # characters between a material and its thickness
MOST_KNOWN = 20_000  # terms of records with cached codes; many profiles have the same terms


@dataclass(frozen=True, slots=True)
class _Customs:
    """The customs of a text as a whole: the order of its days, None where none are read, and the millimetres of a size
    without a unit.
    """

    days: dates.DayOrder | None
    millimetres: float = 1.0


_PLAIN = _Customs(None)


class Recogniser:
    """The recogniser of the concepts of one taxonomy. Safe to share between threads."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._names = TaxonomyNames(taxonomy)
        self._work = operations.WorkOfTrades(taxonomy)
        self._grades = BareGrades(taxonomy)
        self._bare = self._grades.by_spelling
        self._gazetteer = Gazetteer(taxonomy)
        self.machine_models = MachineModels(taxonomy)
        self.towns = self._gazetteer.towns

        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._certificates: dict[tuple[str, date], tuple[NamedCertificate, ...]] = {}

    def recognise(
        self, text: str, today: date | None = None, source: TextSource = TextSource.LETTER
    ) -> Recognition:
        """The mentions of a text, in its order. Never raises; reads the first MAX_TEXT characters.

        Without `today` no days are read. A letter whose own words ask for nothing is read with what it passes on.
        """
        signs = canonical(text[:MAX_TEXT])
        parts = segmented(signs.text, source)
        found, rows = self._of_letter(parts.read, today, source)
        asks = any(mention.kind in _ASKING for mention in found)
        if parts.has_quoted and (not asks or parts.refers_below):
            quoted, own = parts.quoted, found
            parts = segmented(signs.text, source, with_quoted=True)
            found, rows = self._of_letter(parts.read, today, source)
            if asks:
                found = _renewed(found, own, quoted)
        return Recognition(
            text,
            tuple(found),
            rows=rows,
            cut=len(text) > MAX_TEXT,
            language=signs.language,
            read=parts.read,
            ignored=parts.ignored,
            open_numbers=signs.open_numbers,
        )

    def _of_letter(
        self, read: str, today: date | None, source: TextSource
    ) -> tuple[list[Mention], tuple[tuple[int, int], ...]]:
        """The mentions of a text, and the spans of the rows of its tables, which are read each with its columns' names."""
        days = dates.DayOrder.of(read, today) if today is not None else None
        order = _Customs(days, figures.default_length(read))
        found_tables = tables.find(read) if source is TextSource.LETTER else []
        prose, of_rows = read, list[Mention]()
        for table in found_tables:
            prose = prose[: table.start] + blanked(read[table.start : table.end]) + prose[table.end :]
            for row in table.rows:
                of_rows += self._of_row(read, row, order)
        rows = tuple(
            (row.start, row.end) for table in found_tables for row in table.rows if not table.of_properties
        )
        found = self._mentions(prose, order)
        return sorted([*found, *of_rows], key=lambda mention: (mention.start, -mention.end)), rows

    def _of_row(self, read: str, row: tables.Row, order: "_Customs") -> Iterator[Mention]:
        line = tables.spelled(read, row)
        for mention in self._mentions(line.text, order):
            place = line.place(mention.start, mention.end)
            if place is not None:
                yield replace(mention, start=place[0], end=place[1])

    def _mentions(self, read: str, order: "_Customs", *, is_place: bool = False) -> list[Mention]:
        if not read or read.isspace():
            return []
        words, days = tokens(read), order.days
        machines = self.machine_models.find(read, words)
        named_numbers = machine_models.outside(references.find(read), machines)
        names = [_mention(found, words) for found in self._names.find(read, words)]
        names = [one for one in names if not _is_greeting(read, one) and not self._is_ordinary(read, one)]
        glued = [
            *bare_grades.glued(read, names),
            *bare_grades.listed(read, names),
            *self._grades.set_off(read, words, names),
        ]
        proposed = list(
            quantities.find(_without(read, [*named_numbers, *machines, *glued]), words, order.millimetres)
        )
        if days is not None:
            proposed += dates.mentions(read, days)
        named = operations.settled(read, machine_models.outside(names, machines))
        named = self._grades.joined(read, [self._with_grade(read, mention) for mention in named], words)
        named = self._work.settled(named)
        named = self._without_coats(_without_states(named))
        concepts = self._gazetteer.meant(read, named, is_place=is_place)
        # "PA" after Pittsburgh is no "per annum".
        proposed = machine_models.outside(proposed, [one for one in concepts if one.basis == LETTERED])
        concepts = _sensible(read, concepts, proposed)
        chosen = arbiter.settled([*named_numbers, *machines, *concepts, *proposed], len(read))
        chosen = machine_models.without_forces(
            read, chosen, self.taxonomy.equipment.flagged(Flag.RATED_BY_FORCE)
        )
        return scope.apply(read, list(_with_thickness(read, _stock_or_work(read, chosen))))

    def _is_ordinary(self, text: str, mention: Mention) -> bool:
        """Whether a short word in small letters only shares its base form with a standard: "got" is no GOTS."""
        word = text[mention.start : mention.end]
        if mention.kind != "standard" or not (word.islower() and word.isascii() and len(word) <= SHORT_WORD):
            return False
        names = self.taxonomy.standards[str(mention.code)].names.values()
        return not any(name.lower() == word for spelled in names for name in spelled)

    def _without_coats(self, mentions: list[Mention]) -> list[Mention]:
        """The mentions without materials that only name a coating or a finish: "цинк", "nickel plating", "epoxy
        paint" are no materials of a part.
        """
        tree = self.taxonomy.processes
        finishes = tree.flagged(Flag.COATS) | tree.flagged(Flag.FINISHES)
        coats = [(m.start, m.end) for m in mentions if m.kind == "process" and m.code in finishes]
        if not coats:
            return mentions
        return [
            m
            for m in mentions
            if m.kind != "material"
            or not any(
                start <= m.start and m.end <= end and (start, end) != (m.start, m.end) for start, end in coats
            )
        ]

    def _with_grade(self, text: str, mention: Mention) -> Mention:
        """The mentions with a family and a bare grade after it joined to that grade: "stainless 304",
        "нержавейка 430".
        """
        if mention.kind != "material":
            return mention
        after = _BARE.match(text, mention.end)
        code = self._bare.get(fold(after[1])) if after else None
        tree = self.taxonomy.materials
        if code is None or after is None or mention.code not in tree.ancestors(code):
            return mention
        return replace(mention, end=after.end(), code=code)

    def codes(self, kind: str, term: str) -> tuple[str, ...]:
        """The codes that a term of an exchange file stands for, () for an unknown term."""
        return self._remembered((kind, term), lambda: self._codes(kind, term))

    def certificates(self, term: str, today: date) -> tuple[NamedCertificate, ...]:
        """The certificates that the words in the place of a standard's name tell of; () where none is held."""
        key = (term, today)
        if key not in self._certificates:
            if len(self._certificates) >= MOST_KNOWN:
                self._certificates.clear()
            self._certificates[key] = self._named_certificates(term, today)
        return self._certificates[key]

    def _named_certificates(self, term: str, today: date) -> tuple[NamedCertificate, ...]:
        codes = self.codes("standard", term)
        if not codes or self._is_name(term, codes[0]):
            return tuple(map(NamedCertificate, codes))
        # The reader of cells builds on this class.
        from search.text.certificates.certificate_cells import certificates_of
        from search.text.certificates.certificate_readings import PaperDoubt

        read = certificates_of(term, "", self, today)
        told = {one.standard: one for one in reversed(read.certificates)}
        unsure = {doubt.standard for doubt in read.doubts if doubt.kind is PaperDoubt.STATE_UNKNOWN}
        found = []
        for code in codes:
            one = told.get(code)
            if one is None and code in unsure:
                found.append(NamedCertificate(code))
            elif one and (one.issued or one.valid_until or one.status not in _NOT_HELD):
                found.append(NamedCertificate(code, _STATES.get(one.status), one.issued, one.valid_until))
        return tuple(found)

    def _is_name(self, term: str, standard: str) -> bool:
        """Whether a term is nothing but a standard's name, with its edition or without."""
        if term in self.taxonomy.standards:
            return True
        name = fold(_EDITION.sub("", term[:300]).strip())
        names = self.taxonomy.standards[standard].names.values()
        return any(fold(known) == name for spelled in names for known in spelled)

    def place_of(self, name: str) -> tuple[str | None, str | None]:
        """The first town and the first region or country in a name."""
        town, region = self._remembered(("place", name), lambda: self._place(name))
        return town or None, region or None

    def _place(self, name: str) -> tuple[str, ...]:
        mentions = self._mentions(canonical(name[:MAX_TEXT]).text, _PLAIN, is_place=True)
        town = next((m.code for m in mentions if m.kind == "town" and m.code), "")
        return town, next((m.code for m in mentions if m.kind in {"region", "country"} and m.code), "")

    def _remembered(self, key: tuple[str, str], work: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = work()
        return known

    def _codes(self, kind: str, term: str) -> tuple[str, ...]:
        tree = self.taxonomy.trees()[kind]
        if term in tree:
            return (term,)
        term = term[:300]
        if kind == "material":
            bare = self._bare.get(fold(_MARK.sub("", term.strip())))
            if bare:
                return (bare,)
        if kind == "quality_paper" and (paper := self.taxonomy.bare_papers.get(term.strip().casefold())):
            return (paper,)
        if kind == "equipment" and (model := self.machine_models.of(term)):
            return (model.equipment,)
        if kind == "standard":
            term = _EDITION.sub("", term)
            if bare := self.taxonomy.bare_standards.get(term.strip().casefold()):
                return (bare,)
        found = self._named(kind, term)
        if not found and kind == "process" and (verb := _COMMAND.fullmatch(term)):
            found = next(filter(None, (self._named(kind, form) for form in _gerunds(verb[1]))), [])
        return self._most_specific(kind, [str(mention.code) for mention in found])

    def _named(self, kind: str, term: str) -> list[Mention]:
        """The concepts of a kind that a term names; those that its words only imply where it names none."""
        mentions = self._mentions(canonical(term).text, _PLAIN)
        found = [one for one in mentions if one.kind == kind and one.code and not _is_of_others(one)]
        return [one for one in found if one.origin is Origin.SAID] or found

    def _most_specific(self, kind: str, codes: list[str]) -> tuple[str, ...]:
        tree = self.taxonomy.trees()[kind]
        above = {ancestor for code in codes for ancestor in tree.ancestors(code)}
        return tuple(dict.fromkeys(code for code in codes if code not in above))


_SAID_ANEW = frozenset(
    {
        "quantity",
        "rhythm",
        "deadline",
        "material",
        "mass",
        "diameter",
        "length",
        "inner_diameter",
        "hardness",
        "tolerance",
    }
)


def _renewed(
    found: list[Mention], own: Sequence[Mention], quoted: Sequence[tuple[int, int]]
) -> list[Mention]:
    """The mentions of a letter with what it passes on, without what its own words say anew: "60 off, not 40, rest as below"."""
    anew = {mention.kind for mention in own} & _SAID_ANEW
    return [
        m for m in found if m.kind not in anew or not any(start <= m.start < end for start, end in quoted)
    ]


def _is_of_others(mention: Mention) -> bool:
    """Whether a term names something that is ruled out, given to partners or only planned."""
    return mention.negated or mention.partner or mention.planned


# An operation of a route card, "20 Mill": its number, and an English verb alone.
_COMMAND = re.compile(r"\s*(?:\d{1,4}[.)]?\s+)?([A-Za-z]{3,12})\s*")


def _gerunds(verb: str) -> Iterator[str]:
    """The forms that an English verb may have as the name of an operation: "saw" and "sawing", "cut" and "cutting"."""
    yield f"{verb}ing"
    yield f"{verb}{verb[-1]}ing"
    if verb.endswith("e"):
        yield f"{verb[:-1]}ing"


_BESIDE = re.compile(r"[ ,(/–-]{0,3}$")


def _stock_or_work(text: str, mentions: list[Mention]) -> list[Mention]:
    """The mentions with one meaning for words of work that name stock too: "оцинковка 1,2 мм" is a sheet."""
    materials = {(m.start, m.end): m for m in mentions if m.kind == "material"}
    doubled = [m for m in mentions if m.kind == "process" and (m.start, m.end) in materials]
    if not doubled:
        return mentions
    sizes = [m for m in mentions if m.kind in {BARE, "thickness"}]
    dropped: set[int] = set()
    for work in doubled:
        stock = any(_is_beside(text, size, work.start, work.end) for size in sizes)
        dropped.add(id(work if stock else materials[work.start, work.end]))
    return [mention for mention in mentions if id(mention) not in dropped]


def _with_thickness(text: str, mentions: list[Mention]) -> Iterator[Mention]:
    """The mentions with small lengths that stand beside a material as its thickness, "MDF 18 mm", without the others."""
    materials = [(m.start, m.end) for m in mentions if m.kind == "material"]
    for mention in mentions:
        if mention.kind != BARE:
            yield mention
        elif mention.amounts[0] <= MOST_THICKNESS and any(
            _is_beside(text, mention, *place) for place in materials
        ):
            yield replace(mention, kind="thickness", sure=0.8, basis="thickness.material")


def _is_beside(text: str, mention: Mention, start: int, end: int) -> bool:
    if end <= mention.start:
        return mention.start - end <= MOST_BESIDE and bool(_BESIDE.match(text, end, mention.start))
    return 0 <= start - mention.end <= MOST_BESIDE and bool(_BESIDE.match(text, mention.end, start))


def _without_states(mentions: list[Mention]) -> list[Mention]:
    """The mentions without work that is part of a material's name: "galvanised steel" does not ask for
    galvanising.
    """
    stocks = sorted((m.start, m.end) for m in mentions if m.kind == "material")
    return [m for m in mentions if m.kind != "process" or not _within(stocks, m, and_more=True)]


def _mention(found: NamedConcept, words: list[Token]) -> Mention:
    start, end = words[found.first].start, words[found.last - 1].end
    origin = _origin(found)
    sure = found.weight * (_NAMED if found.words == 1 else _NAMED_BY_SEVERAL)
    rule = _RULES.get(origin) or ("word" if found.words == 1 else "phrase")
    return Mention(
        found.kind, start, end, code=found.code, sure=sure, origin=origin, basis=f"{found.kind}.{rule}"
    )


_RULES = {Origin.IMPLIED: "product", Origin.GUESSED: "misspelt"}


def _origin(found: NamedConcept) -> Origin:
    if found.weight == AMBIGUOUS_WEIGHT:
        return Origin.IMPLIED
    return Origin.SAID if found.weight == 1.0 else Origin.GUESSED


def _without(text: str, mentions: Iterable[Mention]) -> str:
    """The text with blanks in place of some mentions."""
    for mention in mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


LONGEST_NUMBER = 200  # characters of a quantity; those that begin farther back reach no mention


def _within(spans: list[tuple[int, int]], mention: Mention, *, and_more: bool = False) -> bool:
    """Whether one of the sorted spans contains the whole mention, `and_more` than it."""
    first = bisect_left(spans, (mention.start - LONGEST_NUMBER, 0))
    last = bisect_left(spans, (mention.start + 1, 0))
    length = mention.end - mention.start
    return any(
        mention.end <= end and (not and_more or end - start > length) for start, end in spans[first:last]
    )


SHORT_WORD = 5  # letters of a word that may share its base form with an abbreviation
LETTERS = 2  # of a designation that small letters make an ordinary word


def _is_greeting(text: str, mention: Mention) -> bool:
    """Whether two letters that are a designation in capitals alone are a word: "hi", "pa", "pp"."""
    written = text[mention.start : mention.end]
    two = len(written) == LETTERS and written.isascii() and written.isalpha()
    return two and mention.kind == "material" and not written.isupper()


_VOLUME = re.compile(r"[\d/][ ]?$")


def _is_unit(text: str, mention: Mention) -> bool:
    """Whether two letters are a unit: "3 m3", "180 г/м2"."""
    if mention.end - mention.start != len("м2"):
        return False
    small = text[mention.start].islower() and text[mention.start + 1].isdigit()
    return small or bool(_VOLUME.search(text, 0, mention.start))


def _sensible(text: str, concepts: list[Mention], numbers: list[Mention]) -> list[Mention]:
    """The concepts that are not part of a number with a unit: "М3" of a thread, "3 m3", "20 шт" are no
    materials.
    """
    taken = sorted((number.start, number.end) for number in numbers if number.kind not in dates.DAY_KINDS)
    return [mention for mention in concepts if not _within(taken, mention) and not _is_unit(text, mention)]
