"""Source descriptions: the rules that turn the columns of a site's file into the fields of a record.

A description names every column of the file: it is used by a field or listed under `ignore`. An unknown column is
named once in the report, not guessed, so that a changed file is noticed on the first run, and no row is lost for it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_, Label
from matchmaker.domain.records import KINDS, AnyRecord, parse

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
ROW = "row"  # the placeholder for the number of the row, for files without a key of their own


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field: a constant, or a template of columns ("{opf} «{name}»"), optionally cut, looked up or split."""

    path: tuple[str, ...]
    template: str = ""
    constant: Any = None
    cut: int | None = None
    split: str | None = None
    lookup: Mapping[str, Any] | None = None

    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in _PLACEHOLDER.findall(self.template) if name != ROW)

    def value(self, row: Mapping[str, str]) -> Any:
        """The field's value for a row, or None where all its columns are empty. Raises InvalidRecord."""
        if self.constant is not None:
            return self.constant
        names = self.columns()
        if names and not any(row.get(name) for name in names):
            return None
        text = _PLACEHOLDER.sub(lambda match: row.get(match[1], ""), self.template).strip()
        if self.cut is not None:
            text = text[: self.cut]
        if self.lookup is not None:
            return self._looked_up(text)
        if self.split is not None:
            return [part.strip() for part in text.split(self.split) if part.strip()]
        return text or None

    def _looked_up(self, text: str) -> Any:
        assert self.lookup is not None
        if text not in self.lookup:
            message = N_("The value is not in the source description's list; add it there.")
            raise InvalidRecord((Problem(".".join(self.path), "lookup.unknown", message, text[:80]),))
        return self.lookup[text]


@dataclass(frozen=True, slots=True)
class Source:
    """A description read from config/sources. `columns` are the columns that identify a file."""

    name: str
    title: Label
    kind: str
    format: str
    fields: tuple[FieldRule, ...]
    ignore: frozenset[str] = field(default_factory=frozenset)

    @property
    def used(self) -> frozenset[str]:
        return frozenset(name for rule in self.fields for name in rule.columns())

    @property
    def columns(self) -> frozenset[str]:
        return self.used | self.ignore

    def recognises(self, header: frozenset[str]) -> bool:
        """Whether all columns that fields use are there, and most of the others are known: files grow columns."""
        return self.used <= header and len(header & self.columns) * 2 >= len(header)

    def unknown(self, row: Mapping[str, str]) -> list[str]:
        """The columns of a row that the description does not know."""
        return sorted(set(row) - self.columns)

    def record(self, row: Mapping[str, str], number: int) -> AnyRecord:
        """The record of a row of the file. Raises InvalidRecord."""
        data: dict[str, Any] = {"kind": self.kind}
        for rule in self.fields:
            value = rule.value({**row, ROW: str(number)})
            if value is not None:
                _put(data, rule.path, value)
        return parse(KINDS[self.kind], data)  # type: ignore[return-value]


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {})
    data[path[-1]] = value


def _rule(path: str, value: Any) -> FieldRule:
    steps = tuple(path.split("."))
    if isinstance(value, str):
        return FieldRule(steps, template=value)
    return FieldRule(steps, **value)


def source_of(data: Mapping[str, Any]) -> Source:
    """A parsed file of config/sources as a description."""
    return Source(
        name=data["name"],
        title=Label(**data["title"]),
        kind=data["kind"],
        format=data["format"],
        fields=tuple(_rule(path, value) for path, value in data["fields"].items()),
        ignore=frozenset(data.get("ignore") or ()),
    )


def recognised(sources: Iterator[Source], header: frozenset[str]) -> Source | None:
    """The first source whose columns the file has."""
    return next((source for source in sources if source.recognises(header)), None)
