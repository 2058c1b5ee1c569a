"""The results of the lines of an imported file."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from matchmaker.models import ImportRow

MAX_KEPT_PROBLEMS = 10_000  # lines with a remark that a report stores; counts stay exact beyond it


@dataclass(frozen=True, slots=True)
class LineReport:
    """The result of a line: new, changed, same or refused, with its problems or the unknown terms."""

    line: int
    kind: str
    id: str
    outcome: str
    problems: tuple[Problem, ...] = ()
    unknown_terms: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """The result as JSON-ready data, messages filled in."""
        shown = [{"key": p.path, "code": p.code, "value": p.value, "message": str(p)} for p in self.problems]
        return {**asdict(self), "problems": shown}

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
        return said


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {key: value if isinstance(value, int | float) else str(value) for key, value in params.items()}


UNKNOWN_TERMS = N_("Not in the taxonomy, kept as words.")


@dataclass(slots=True)
class ImportReport:
    """The counts by result, and the lines with remarks."""

    file: str
    source: str
    counts: Counter[str] = field(default_factory=Counter)
    remarks: list[LineReport] = field(default_factory=list)
    resumed_at: int = 0

    def add(self, line: LineReport) -> None:
        self.counts[line.outcome] += 1
        if (line.problems or line.unknown_terms) and len(self.remarks) < MAX_KEPT_PROBLEMS:
            self.remarks.append(line)

    @property
    def refused(self) -> int:
        return self.counts["refused"]


def stored_line(batch_id: int, line: LineReport) -> ImportRow:
    """A line's report as a row of its batch."""
    return ImportRow(
        batch_id=batch_id,
        line=line.line,
        kind=line.kind or None,
        external_id=line.id[:100] or None,
        outcome=line.outcome,
        problems=line.kept() or None,
    )
