"""The columns of a process: brought up to date by one thread, while the others read on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from matchmaker.domain.records import SupplierRecord, parse
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from search.columns.store import Columns
from tests.support.asked import RECOGNISER, TODAY

LONG = 20  # seconds; only a failure waits as long


def saved(application: Application, *numbers: int) -> None:
    records = [
        parse(SupplierRecord, {"id": f"s-{number}", "name": {"ru": f"Цех {number}"}}) for number in numbers
    ]
    with application.sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(session, records, RECOGNISER, centre=centre, source="file", by="tester")
    application.index.catch_up()


def test_nobody_waits_while_another_thread_takes_a_change_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, 1, 2)
    assert len(application.index.columns()) == 2
    saved(application, 3)
    begun, let_on, taking_in = threading.Event(), threading.Event(), Columns.updated

    def slowly(self: Columns, *changes: object) -> Columns:
        begun.set()
        assert let_on.wait(LONG)
        return taking_in(self, *changes)  # type: ignore[arg-type]

    monkeypatch.setattr(Columns, "updated", slowly)
    with ThreadPoolExecutor(1) as beside:
        first = beside.submit(application.index.columns)
        assert begun.wait(LONG)
        try:
            assert len(application.index.columns()) == 2
        finally:
            let_on.set()
        assert len(first.result(LONG)) == 3
    monkeypatch.undo()
    assert len(application.index.columns()) == 3
    application.close()


def test_columns_of_many_changes_are_those_made_anew(settings: Settings) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, *range(12))
    before = application.index.columns()
    saved(application, 3, 4, 9, 12, 13)
    after, anew = application.index.columns(), Application(settings, clock=lambda: TODAY).index.columns()
    assert sorted(after.keys) == sorted(anew.keys)
    assert len(after) == len(before) + 2
    for key in anew.keys:
        one, other = after.row(key, -1), anew.row(key, -1)
        assert after.text(one) == anew.text(other)
        assert after.words.order.of(one).size == anew.words.order.of(other).size
        assert after.codes("processes", one) == anew.codes("processes", other)
    assert after.words.users.sum() == anew.words.users.sum()
    application.close()
