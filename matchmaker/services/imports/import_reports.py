"""The results of the lines of an imported file."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from matchmaker.services.core.undoing import ChangedRow
from matchmaker.services.profiles.record_overlay import FieldChange

MAX_KEPT_PROBLEMS = 10_000  # lines with a remark that a report stores; counts stay exact beyond it
# What is counted, in this order, everywhere. Every line is one of these, and of those that are taken some are doubtful.
DOUBTFUL = "doubtful"
COUNTED = ("new", "changed", "same", DOUBTFUL, "left_out", "refused")
TAKEN = frozenset({"new", "changed", "same"})


@dataclass(frozen=True, slots=True)
class LineReport:
    """The result of a line: new, changed, same, left_out or refused, with its problems, the unknown terms, what changes in a
    record, the rows that an undo restores, the name of what it is about, and its cells as written.
    """

    line: int
    kind: str
    id: str
    outcome: str
    problems: tuple[Problem, ...] = ()
    unknown_terms: tuple[str, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    rows: tuple[ChangedRow, ...] = ()
    subject: str = ""
    cells: tuple[str, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Whether a remark asks something of a line that is taken."""
        return bool(self.problems) and self.outcome in TAKEN

    @property
    def is_remarked(self) -> bool:
        return bool(self.problems or self.unknown_terms or self.changes)

    def data(self) -> dict[str, Any]:
        """The result as JSON-ready data, messages filled in."""
        shown = [{"key": p.path, "code": p.code, "value": p.value, "message": str(p)} for p in self.problems]
        told = asdict(replace(self, rows=(), cells=()))
        del told["rows"], told["cells"]
        return {**told, "doubtful": self.is_doubtful, "problems": shown}

    def kept(self) -> list[dict[str, Any]]:
        """The remarks on the line in the form that is stored: templates with their parameters, for either
        language.
        """
        said = [
            {
                "key": p.path,
                "code": p.code,
                "value": p.value,
                "message": p.message,
                "params": _plain(p.params),
            }
            for p in self.problems
        ]
        if self.unknown_terms:
            known = {"key": "", "code": "term.unknown", "message": UNKNOWN_TERMS, "params": {}}
            said.append({**known, "value": "; ".join(self.unknown_terms)[:300]})
        return said + [_told(one) for one in self.changes]


_CHANGED = N_("Was: %(gone)s. Becomes: %(come)s.")
_COME = N_("Comes: %(come)s.")
_LEFT = N_("Left out: %(left)s. A profile holds at most %(most)s of them.")
_NO_ROOM = N_("Left out: %(left)s. The text is as long as a text may be.")
_GONE = N_("Goes: %(gone)s.")
_LONGEST = 200  # characters of a value that is told


def _told(change: FieldChange) -> dict[str, Any]:
    """What changes in a key of the record, as a remark."""
    if change.left:
        params: dict[str, Any] = {"left": cut(change.left), "most": change.most}
        said = _LEFT if change.most else _NO_ROOM
        return {"key": change.field, "code": CHANGED, "value": "", "message": said, "params": params}
    message = _CHANGED if change.gone and change.come else _COME if change.come else _GONE
    params = {"gone": cut(change.gone), "come": cut(change.come)}
    return {"key": change.field, "code": CHANGED, "value": "", "message": message, "params": params}


def cut(words: str) -> str:
    """A value in the length in which a report tells it."""
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {key: value if isinstance(value, int | float) else str(value) for key, value in params.items()}


CHANGED = "changed"  # the code of remarks on keys of a record
UNKNOWN_TERMS = N_("Not in the taxonomy, kept as words.")


@dataclass(slots=True)
class ImportReport:
    """The counts by result, and the lines with remarks."""

    file: str
    source: str
    counts: Counter[str] = field(default_factory=Counter)
    remarks: list[LineReport] = field(default_factory=list)
    untold: int = 0  # lines with a remark beyond MAX_KEPT_PROBLEMS
    resumed_at: int = 0

    def counts_with(self, lines: Iterable[LineReport]) -> Counter[str]:
        """The counts with further lines."""
        found = Counter(self.counts)
        for line in lines:
            _count(found, line)
        return found

    def add(self, line: LineReport) -> None:
        _count(self.counts, line)
        if line.is_remarked and len(self.remarks) < MAX_KEPT_PROBLEMS:
            self.remarks.append(line)
        elif line.is_remarked:
            self.untold += 1

    @property
    def refused(self) -> int:
        return self.counts["refused"]


def _count(counts: Counter[str], line: LineReport) -> None:
    counts[line.outcome] += 1
    counts[DOUBTFUL] += line.is_doubtful


def stored_line(batch_id: int, line: LineReport) -> dict[str, Any]:
    """A line's report as the columns of a row of its batch; the cells of one that a person is to correct go with it."""
    return {
        "batch_id": batch_id,
        "line": line.line,
        "kind": line.kind or None,
        "external_id": line.id[:100] or None,
        "outcome": line.outcome,
        "problems": line.kept() or None,
        "rows": list(line.rows) or None,
        "subject": line.subject[:300] or None,
        "doubtful": line.is_doubtful,
        "cells": list(line.cells) if line.cells and line.problems else None,
    }
