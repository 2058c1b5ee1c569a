"""The rows of an SQLite database as they are at a moment, and what is different at another."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tests.support.form_values import CHANCE

Row = tuple[object, ...]
Image = Mapping[
    str, Mapping[int, Row]
]  # the rows of each table by their number, without what each look changes
Changes = Mapping[str, tuple[int, int, int]]  # how many rows a table got, lost, and are different


def columns(file: Path) -> Mapping[str, list[str]]:
    """The columns of each table, in the order of its rows."""
    with closing(sqlite3.connect(file)) as now:
        found = now.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        )
        named: dict[str, list[str]] = {}
        for table, column in found:
            named.setdefault(table, []).append(column)
    return named


def image(file: Path) -> Image:
    with closing(sqlite3.connect(file)) as now:
        names = [name for (name,) in now.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: {row[0]: row[1:] for row in now.execute(f"SELECT rowid, * FROM {name}")}
            for name in names
            if name not in CHANCE
        }


def changed(before: Image, after: Image) -> Mapping[str, list[Row]]:
    """The rows of each table that are new, gone or different, as they are or were last."""
    found = {}
    for name, rows in after.items():
        was = before[name]
        numbers = [number for number in rows.keys() | was.keys() if rows.get(number) != was.get(number)]
        if numbers:
            found[name] = [rows.get(number, was.get(number, ())) for number in sorted(numbers)]
    return found


def changes(before: Image, after: Image) -> Changes:
    found = {}
    for name, rows in after.items():
        was = before[name]
        differing = sum(was[number] != rows[number] for number in rows.keys() & was.keys())
        if rows.keys() != was.keys() or differing:
            found[name] = (len(rows.keys() - was.keys()), len(was.keys() - rows.keys()), differing)
    return found
