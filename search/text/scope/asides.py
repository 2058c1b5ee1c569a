"""The words of work that ask for none: names of firms, things, states of stock, conditions, defects."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from search.text.lexicon import WordPattern
from search.text.scope.groups import NEAR, PROCESS, ScopeGroup, clause

_THING_AFTER = WordPattern("scope", r"[ -]@thing_after\b")
_THING_BEFORE = WordPattern("scope", r"\b@thing_before[ ]?$")
_BELONGING_TO = WordPattern("scope", r"\b@belonging_to[ ]$")
_DONE_ON = WordPattern("scope", r"\b@done_on[ ](?:\w{1,14}[ ])?$")
_STATE = WordPattern("scope", r"@state\w{0,4}(?:(?:,|[ ]@and)?[ ]\w{4,14}){0,2}?[ ]@stock\b")
_ASKED_FOR = WordPattern("scope", r"\b@asked_for\b")
_WORKS = WordPattern("scope", r"\b@works$")
_DEFECT_AFTER = WordPattern("scope", r"[ -]@defect_after\b")
_DEFECT_BEFORE = WordPattern("scope", r"\b@defect_before[ ]$")
_STATE_OF_GRADE = WordPattern("scope", r"@state_of_grade\b")
_FIRM = WordPattern(
    "scope",
    r"""
    \b@firm_before[ ]?[«"“][^«»"”\n]{1,80}[»"”]
    | (?<!\w)(?:[A-Z][\w&-]{0,20}[ ]){1,4}@firm_after\b
    """,
    re.NOFLAG,
)
_STATE_BEHIND = WordPattern("scope", r"(?:@state|@state_behind)")
_STOCK_BEFORE = WordPattern("scope", r"\b@stock[ ]$")
_OBJECT_OF_WORK = WordPattern("scope", r"@object_of_work\b")
_WORKED = WordPattern("scope", r"\b@worked_before[ ]$")
_BEFORE_OBJECT = WordPattern("scope", r"[ ](?:@before_object[ ])?")
_CONDITION = WordPattern("scope", r"\b@condition[ ]{0,3}(?:[:–—]|[ ]-|\.{2,})[^\n.;]{0,120}")
_COST_OF = WordPattern("scope", r"\b@cost_of[ ]$")


ASIDE = frozenset({"aside"})
_OF_WRITER = frozenset({"aside", "own"})  # a trade, a thing or a condition of the writer's own


def set_aside(text: str, groups: Sequence[ScopeGroup]) -> None:
    """Mark the words of work that ask for none."""
    starts = [group.start for group in groups]
    for pattern, marks in ((_CONDITION, _OF_WRITER), (_FIRM, ASIDE)):
        for found in pattern.finditer(text):
            first, last = (bisect_left(starts, place) for place in found.span())
            for group in groups[first:last]:
                group.marks |= marks
    processes = [group for group in groups if group.kind == PROCESS]
    _set_objects_aside(text, processes)
    machines = [group for group in groups if group.kind == "equipment"]
    ends = [machine.end for machine in machines]
    grades = {group.end for group in groups if group.kind == "material"}
    for group in processes:
        if _is_defect(text, group):
            group.marks = {"aside"}
        elif group.start - 1 in grades and _STATE_OF_GRADE.match(text, group.start):
            group.marks |= ASIDE
        elif "negated" not in group.marks:
            near = machines[max(0, bisect_left(ends, group.end) - 1) :][:2]
            within = next((m for m in near if m.start <= group.start and group.end <= m.end), None)
            group.marks |= _asides(text, group) if within is None else _of_machine(text, within)


def _set_objects_aside(text: str, processes: Sequence[ScopeGroup]) -> None:
    """Mark what work is done on: "мехобработка отливок", "machining of castings"."""
    for index, thing in enumerate(processes):
        if _OBJECT_OF_WORK.fullmatch(text, thing.start, thing.end):
            before = processes[index - 1].end if index else thing.start
            worked = _WORKED.search(text, max(0, thing.start - NEAR), thing.start)
            if worked or _BEFORE_OBJECT.fullmatch(text, before, thing.start):
                thing.marks |= ASIDE


def _is_defect(text: str, group: ScopeGroup) -> bool:
    """Whether something that must not be is named by the work that leaves it: "без следов шлифовки"."""
    before = _DEFECT_BEFORE.search(text, max(0, group.start - NEAR), group.start)
    return bool(before or _DEFECT_AFTER.match(text, group.end))


def _of_machine(text: str, machine: ScopeGroup) -> frozenset[str]:
    """The marks of work within a machine's name: "вал для токарного станка" is no turning."""
    belongs = _BELONGING_TO.search(text, max(0, machine.start - NEAR), machine.start)
    return ASIDE if belongs else frozenset()


def _asides(text: str, group: ScopeGroup) -> frozenset[str]:
    """The marks of a state of stock, of a thing, of a cost."""
    first = max(0, group.start - NEAR)
    behind = _STATE_BEHIND.match(text, group.start) and _STOCK_BEFORE.search(text, first, group.start)
    if behind or _STATE.match(text, group.start):
        return ASIDE
    if _COST_OF.search(text, first, group.start):
        return _OF_WRITER
    if _ASKED_FOR.search(text, clause(text, group.start)[0], group.start):
        return frozenset()
    if _THING_BEFORE.search(text, first, group.start):
        return ASIDE
    if _WORKS.search(text, group.start, group.end):
        return _OF_WRITER
    is_thing = _THING_AFTER.match(text, group.end) and not _DONE_ON.search(text, first, group.start)
    return _OF_WRITER if is_thing else frozenset()
