"""The words whose surroundings say which work is meant: names of operations, and words that differ by material.

The name of an operation in a route card ("010 Сверлильная") is an adjective or an ordinary word; it counts only where
the text shows that an operation is meant. "Закалка" of glass is tempering, of steel it is hardening.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_keys import Flag
from search.text.lexicon import WordPattern
from search.text.recognition import Mention, Origin
from search.text.tokens import is_ours

OPERATION = "operation"  # the kind of a mention that is not yet known to be work
_PROCESS = "process"
_NUMBER_BEFORE = WordPattern(
    "work",
    r"""
    (?: (?:\A | [\n;|\t>→.] | ,[ ]+ | \b@number_of_operation[ .№]{1,3}) [ ]* \d{1,4}
      | \b0\d\d )
    [ .)\t|:–-]{1,3} $
    """,
)
_NOUN_BEFORE = WordPattern("work", r"\b@operation [ :–-]{1,3} (?:\d{1,4}[ .)]{1,2})? $")
_NOUN_AFTER = WordPattern("work", r"[ -]@operation_after")
_OPERATION_AFTER = WordPattern("work", r"[ ]@operation")
_ENDS = WordPattern("work", r"[ ]* (?: \Z | [\n,;:.()|/&→>\t–—+-] | \d | @operation_ends\b )")
_JOINS = WordPattern(
    "work",
    r"""
    (?: [ ]? [\n,;|/&→>\t–—+.-] \s*
      | [ ]+ (?:\d|(?:@number_of_operation)\b) )
    (?:[^\w\n]|\d){0,12} (?:@number_of_operation[ .])? (?:[^\w\n]|\d){0,8}
    | [ ] @joining [ ]
    """,
)
_ORDINARY = WordPattern("work", "@ordinary_operation")
# A verb that asks for work: at the head of what is said, and before its object: "mill both sides", "please tap 12 of those".
_HEAD = WordPattern("work", r"(?:\A|[\n.,;:!?&+(–—>-]|\b@before_command)[ ]{0,2}$")
_ASKED = WordPattern("work", r"\b@asks_for_work[ ]$")
_TELLS = WordPattern("work", r"\b@tells_of_work[ ]$")
_NEVER_TOLD = WordPattern("work", r"(?:@never_told)")
_TOLD = WordPattern(
    "work", r"[ ]?(?:,|[ ]@before_command\b|[ ]@object_of_command(?!\w)|[ ]@after_telling\b|[.;\n]|\Z)"
)
_OBJECT = WordPattern("work", r"[ ](?:@object_of_command(?!\w)|\d|[ø⌀\"]|\.\d)")
_PLAIN_OBJECT = WordPattern("work", r"[ ]@plain_object(?!\w)")
_NOUN_TOO = WordPattern("work", r"(?:@noun_and_verb)(?!\w)")
# A Russian verb behind a word that asks: "нужно порезать".
_NEEDED = WordPattern("work", r"\b@needs_work(?:[ ]\w+)?[ ]$")
_INFINITIVE = ("ть", "ти", "чь")
_NOMINATIVE = re.compile(r"[ая]я$|[a-z]$", re.IGNORECASE)
LONGEST_VERB = 12  # letters
FEW_METALS = 5  # of so many names of materials one may be a metal's where work is not on metal
_NO_COMMANDS = ("ing", "ed", "s")
_BEFORE = 24  # characters in which the number or the noun of an operation stands
_LONGEST_JOIN = 30  # characters between two members of a list
_LINE_BEGINS, _LINE_ENDS = re.compile(r"(?:\A|\n)[ \t]*$"), re.compile(r"[ \t.;]*(?:\n|\Z)")


def settled(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, with names of operations as work where the text shows that they are meant, else left out."""
    work = [mention for mention in mentions if mention.kind != OPERATION]
    processes = [mention for mention in work if mention.kind == _PROCESS]
    spans = sorted((process.start, process.end) for process in processes)
    steps = [m for m in mentions if m.kind == OPERATION and not _covered(m, spans)]
    if not steps:
        return work
    sure = {step for step in steps if _is_operation(text, step)}
    for run in _runs(text, [*processes, *steps]):
        if any(m in sure or m.kind == _PROCESS or not _is_ordinary(text, m) for m in run):
            sure.update(run)
    found = (step for step in steps if step in sure)
    work += (replace(step, kind=_PROCESS, basis=f"{_PROCESS}.{OPERATION}") for step in found)
    return work


def _covered(mention: Mention, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the nearest of the sorted spans of names of work holds a mention; these do not overlap."""
    before = bisect_left(spans, (mention.start + 1, 0))
    return before > 0 and mention.end <= spans[before - 1][1]


def _is_ordinary(text: str, mention: Mention) -> bool:
    return bool(_ORDINARY.match(text, mention.start))


def _is_operation(text: str, step: Mention) -> bool:
    """Whether its own surroundings show that an operation is meant: a number, a noun, a line of its own."""
    first = max(0, step.start - _BEFORE)
    if _NOUN_BEFORE.search(text, first, step.start) or _OPERATION_AFTER.match(text, step.end):
        return True
    if _NUMBER_BEFORE.search(text, first, step.start):
        return bool(_NOMINATIVE.search(text, step.start, step.end))
    if _is_command(text, step) or _is_told(text, step):
        return True
    if _is_ordinary(text, step):
        return False
    alone = _LINE_BEGINS.search(text, first, step.start) and _LINE_ENDS.match(text, step.end)
    return bool(alone or _NOUN_AFTER.match(text, step.end))


def _is_told(text: str, step: Mention) -> bool:
    """Whether a Russian verb says that "we" do the work, or that it is needed: "режем", "нужно порезать"."""
    verb = text[step.start : step.end].lower()
    needed = verb.endswith(_INFINITIVE) and _NEEDED.search(text, max(0, step.start - _BEFORE), step.start)
    return bool(needed) or is_ours(verb)


def _is_command(text: str, step: Mention) -> bool:
    """Whether an English verb asks for work, or tells that "we" do it; one that is a noun too needs a word that asks before it."""
    verb = text[step.start : step.end]
    if not verb.isascii() or len(verb) > LONGEST_VERB or verb.endswith(_NO_COMMANDS):
        return False
    first = max(0, step.start - _BEFORE)
    tells = _TELLS.search(text, first, step.start) and _TOLD.match(text, step.end)
    if tells and not _NEVER_TOLD.fullmatch(text, step.start, step.end):
        return True
    if not _OBJECT.match(text, step.end):
        return False
    if _ASKED.search(text, first, step.start):
        return True
    if _NOUN_TOO.match(text, step.start, step.end) and not _PLAIN_OBJECT.match(text, step.end):
        return False
    return bool(_HEAD.search(text, first, step.start))


def _runs(text: str, mentions: Iterable[Mention]) -> Iterator[list[Mention]]:
    """The operations and processes that stand beside each other as the members of a list, two or more at a time."""
    run: list[Mention] = []
    for mention in sorted(mentions, key=lambda one: (one.start, -one.end)):
        if run and mention.start < run[-1].end:
            continue
        ends = _ENDS.match(text, mention.end) or _NOUN_AFTER.match(text, mention.end)
        if ends and run and _joined(text, run[-1], mention):
            run.append(mention)
            continue
        if len(run) > 1:
            yield run
        run = [mention] if ends else []
    if len(run) > 1:
        yield run


def _joined(text: str, one: Mention, other: Mention) -> bool:
    near = other.start - one.end <= _LONGEST_JOIN
    return near and bool(_JOINS.fullmatch(text, one.end, other.start))


class WorkOfTrades:
    """The processes that the same words name for other materials than metal, and in other trades."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._of_material, self._of_trade = taxonomy.of_material, taxonomy.of_trade
        self._metals = taxonomy.materials.flagged(Flag.METAL)
        self._of_materials = taxonomy.materials.closure
        self._of_work = taxonomy.processes.closure

    def settled(self, mentions: list[Mention]) -> list[Mention]:
        """The mentions, with each word of work as the work on the text's materials, where those agree and are no metal,
        else as that of the trade of the other work.

        What a thing is named for does not count: "wooden crates" beside milling.
        """
        things = sorted(
            (m.start, m.end) for m in mentions if m.kind == _PROCESS and m.origin is Origin.IMPLIED
        )
        named = [str(m.code) for m in mentions if m.kind == "material" and not _covered(m, things)]
        metals = sum(code in self._metals for code in named)
        # One metal among many others is what rubber is bonded to, or a fitting.
        if metals and FEW_METALS * metals > len(named):
            return mentions
        materials = {code for code in named if code not in self._metals}
        lineages = [self._of_materials(material) for material in materials]
        settled = [self._meant_by(mention, self._of_material, lineages, 0) for mention in mentions]
        work = (m.code for m in settled if m.kind == _PROCESS and m.code and m.origin is Origin.SAID)
        trades = [self._of_work(code) for code in work if code not in self._of_trade]
        return [self._meant_by(mention, self._of_trade, trades, len(trades) / 2) for mention in settled]

    def _meant_by(
        self,
        mention: Mention,
        meanings: Mapping[str, Mapping[str, str]],
        lineages: Sequence[tuple[str, ...]],
        least: float,
    ) -> Mention:
        meant = meanings.get(mention.code or "") if mention.kind == _PROCESS else None
        code = _of(meant, lineages, least) if meant else None
        return replace(mention, code=code) if code else mention


def _of(meant: Mapping[str, str], lineages: Sequence[tuple[str, ...]], least: float) -> str | None:
    """The one process that more than `least` of the lineages give, None where they give none or several."""
    nearest = (next((code for code in lineage if code in meant), None) for lineage in lineages)
    found = [meant[code] for code in nearest if code is not None]
    return found[0] if len(set(found)) == 1 and len(found) > least else None
