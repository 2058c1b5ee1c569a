"""The speed of imports beside a bare insert, and of workbooks beside a bare reader, each in a process of its own.

The bare insert is what somebody would write who wants the same rows and nothing else: each line is validated by the same
model, its firm, profile, kinds of work, machines and papers go through Core into the same tables. The product beside it also
finds who is known, joins equal INN, keeps the journal, the outbox and the hashes, reports each line and fills the index.
"""

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection, insert

from importers import lists
from importers.certificates import CertificateReader
from importers.lists import ListFile
from matchmaker.domain.records import SupplierRecord, parse, to_data
from matchmaker.models import Centre, Organisation, Profile
from matchmaker.models.database import make_current, make_database_engine
from matchmaker.resources import folder, read_yaml
from matchmaker.services.imports import demo, import_plans, import_runs
from matchmaker.services.index import indexing
from matchmaker.services.profiles import profile_mapping
from matchmaker.settings import Settings
from matchmaker.wiring import Application, load_taxonomy
from tests.benchmark.generate import TODAY
from tests.support.fakes import FakeRecogniser

CHUNK = 500
_TRIALS = {
    "rows": ("bare Core insert, same rows and validation", "this product, index included"),
    "cells": ("bare python-calamine", "this product, to records"),
}


def run(count: int) -> None:
    """Compare both imports, and both readings of a workbook, at a number of suppliers."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        place = Path(made)
        _write(place, count)
        for title, kind in (("suppliers imported", "rows"), ("rows of a workbook", "cells")):
            print(f"\n{count:,} {title:44}{'CPU s':>8}{'s':>8}{'rows/CPU s':>12}{'MB':>7}")
            rates = [_timed(name, kind, place, count) for name in _TRIALS[kind]]
            print(f"  {rates[1] / rates[0]:.2f} times the rate of the bare one, by processor time")


def _timed(name: str, kind: str, place: Path, count: int) -> float:
    """The rate of one of the two by processor time, children included."""
    asked = [sys.executable, "-m", "tests.benchmark.imports", name, str(place)]
    told = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    spent, clock, most = float(told[-3]), float(told[-2]), told[-1]
    print(f"  {name:50}{spent:>8.2f}{clock:>8.1f}{count / spent:>12,.0f}{most:>7}")
    return count / spent


def _write(place: Path, count: int) -> None:
    """The same suppliers as lines of the exchange format and as a workbook; they have structured keys and no text."""
    shops = read_yaml(folder("config") / "demo" / "shops.yaml")
    with patch.object(demo, "SUPPLIERS", count), patch.object(demo, "NEEDS", 0):
        records = demo.generate(shops, load_taxonomy(), TODAY).suppliers
    book = xlsxwriter.Workbook(str(place / "list.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("Предприятие", "ИНН", "Город", "E-mail", "Виды работ", "Оборудование"))
    with (place / "file.jsonl").open("w", encoding="utf-8") as stream:
        for number, record in enumerate(records, 1):
            data = to_data(record.model_copy(update={"description": None}))
            stream.write(json.dumps(data, ensure_ascii=False) + "\n")
            sheet.write_row(number, 0, _cells(record))
    book.close()


def _cells(record: SupplierRecord) -> tuple[str, ...]:
    return (
        record.name.ru or "",
        record.inn or "",
        record.city or "",
        (record.contacts.email if record.contacts else None) or "",
        ", ".join(one.process for one in record.capabilities),
        ", ".join(one.name for one in record.equipment),
    )


def _records(place: Path) -> Iterator[SupplierRecord]:
    with (place / "file.jsonl").open(encoding="utf-8") as stream:
        for line in stream:
            yield parse(SupplierRecord, json.loads(line))


def _bare_insert(place: Path) -> None:
    database, codes = (
        make_database_engine(f"sqlite:///{place}/bare.sqlite3"),
        profile_mapping.TermCodes(FakeRecogniser()),
    )
    make_current(database)
    with database.begin() as connection:
        _insert(connection, Centre, [{"id": 1, "code": "bare", "contacts": {}}])
    records, last = _records(place), 0
    while chunk := list(islice(records, CHUNK)):
        numbered = dict(enumerate(chunk, last + 1))
        last += len(chunk)
        with database.begin() as connection:
            firms = [
                {
                    "id": own,
                    "centre_id": 1,
                    "external_id": one.id,
                    **profile_mapping.organisation_columns(one, codes),
                }
                for own, one in numbered.items()
            ]
            _insert(connection, Organisation, firms)
            profiles = [
                {
                    "id": own,
                    "organisation_id": own,
                    "state": "published",
                    **profile_mapping.profile_columns(one),
                }
                for own, one in numbered.items()
            ]
            _insert(connection, Profile, profiles)
            children = {own: profile_mapping.child_rows(one, codes) for own, one in numbered.items()}
            for table in profile_mapping.CHILDREN:
                rows = [{**row, "profile_id": own} for own, parts in children.items() for row in parts[table]]
                _insert(connection, table, rows)


def _insert(connection: Connection, model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(model.__table__), rows)


def _import(app: Application, place: Path) -> None:
    target = import_runs.ImportTarget(
        app.sessions,
        app.recogniser,
        app.settings.centre,
        by="import",
        today=TODAY,
        feed=app.index.feed(app.recogniser),
    )
    report = import_runs.run(import_plans.plan(place / "file.jsonl", ()), target)
    indexing.finish(app.index.indexer())
    assert not report.refused


def _bare_reading(place: Path) -> None:
    for _ in CalamineWorkbook.from_path(str(place / "list.xlsx")).get_sheet_by_index(0).to_python():
        pass


def _reading(app: Application, place: Path) -> None:
    path = place / "list.xlsx"
    content = path.read_bytes()
    sheet = lists.sheet(path.name, content, "supplier")
    papers = CertificateReader(app.recogniser, TODAY)
    assert all(row.record for row in ListFile(path, path.name, "supplier", sheet, "", papers).rows())


def _spent() -> float:
    """Seconds of processor time of this process and of its children."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in (own, others))


def _measure(name: str, place: Path) -> str:
    app = Application(Settings(data=place / "data", _env_file=None), clock=lambda: TODAY)
    works: Mapping[str, object] = {
        _TRIALS["rows"][0]: lambda: _bare_insert(place),
        _TRIALS["rows"][1]: lambda: _import(app, place),
        _TRIALS["cells"][0]: lambda: _bare_reading(place),
        _TRIALS["cells"][1]: lambda: _reading(app, place),
    }
    if name == _TRIALS["rows"][1] or name == _TRIALS["cells"][1]:
        _ = app.recogniser, app.sessions  # the start is measured elsewhere
    gc.collect()
    gc.freeze()
    spent, began = _spent(), time.perf_counter()
    works[name]()  # type: ignore[operator]
    spent, clock = _spent() - spent, time.perf_counter() - began
    return f"{spent:.2f} {clock:.1f} {_most_memory()}"


def _most_memory() -> int:
    """The most memory of this process so far, in MB; `getrusage` would tell that of the parent where it was more."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1000


if __name__ == "__main__":
    print(_measure(sys.argv[1], Path(sys.argv[2])))
