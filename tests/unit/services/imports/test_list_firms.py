"""Rows of one name: whatever they say of region, address and telephone, the same list again finds the same firms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from importers.rows import FileRow
from matchmaker.domain import firm_ids
from matchmaker.domain.records import SupplierRecord, parse
from matchmaker.models import Organisation
from matchmaker.models.database import Sessions
from matchmaker.services.imports import import_runs
from matchmaker.services.imports.import_reports import ImportReport
from matchmaker.services.imports.import_runs import ImportTarget
from tests.support.fakes import FakeRecogniser

Said = tuple[str, str, str]
NUMBERS = count()
ROWS = st.lists(
    st.tuples(
        st.sampled_from(("", "Самарская область", "Пермский край")),
        st.sampled_from(("", "ул. Ленина, 5", "ул. Мира, 7")),
        st.sampled_from(("", "+7 912 000-00-01", "+7 912 000-00-02")),
    ),
    min_size=1,
    max_size=6,
)


@dataclass(frozen=True)
class Rows:
    """A list of rows that all have one name."""

    name: str
    said: Sequence[Said]
    path = Path("list.csv")
    source_name = "list"

    @property
    def digest(self) -> str:
        return self.name

    def rows(self) -> Iterator[FileRow]:
        for number, (region, address, phone) in enumerate(self.said, 1):
            given = {"region": region, "address": address, "contacts": {"phone": phone} if phone else None}
            told = {key: value for key, value in given.items() if value}
            own = firm_ids.of_name(self.name, "")
            data = {"kind": "supplier", "id": own, "name": {"ru": self.name}, **told}
            yield FileRow(number, 0, parse(SupplierRecord, data))


def run(sessions: Sessions, rows: Rows, *, dry_run: bool = False) -> ImportReport:
    target = ImportTarget(sessions, FakeRecogniser(), "centre", "tester", date(2026, 11, 1), dry_run=dry_run)
    return import_runs.run(rows, target)


def firms(sessions: Sessions, name: str) -> int:
    with sessions() as session:
        named = Organisation.name_ru == name
        return session.scalar(select(func.count()).select_from(Organisation).where(named)) or 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=ROWS)
def test_the_same_rows_again_make_no_firm_more(sessions: Sessions, said: list[Said]) -> None:
    rows = Rows(f"Однофамилец {next(NUMBERS)}", said)
    tried = run(sessions, rows, dry_run=True)
    taken = run(sessions, rows)
    assert tried.counts["new"] == taken.counts["new"] == firms(sessions, rows.name)
    assert [row.problems for row in tried.remarks] == [row.problems for row in taken.remarks]
    assert firms(sessions, rows.name) >= len({region for region, _, _ in said if region})
    assert run(sessions, rows).counts["new"] == 0


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=ROWS)
def test_firms_told_apart_by_all_that_they_say_are_the_same_in_any_order(
    sessions: Sessions, said: list[Said]
) -> None:
    whole = sorted(
        {(r or "Томская область", a or "ул. Сиреневая, 9", p or "+7 913 222-22-22") for r, a, p in said}
    )
    different = [one for at, one in enumerate(whole) if one[:2] not in {other[:2] for other in whole[:at]}]
    name = f"Однофамилец {next(NUMBERS)}"
    assert run(sessions, Rows(name, different)).counts["new"] == len(different)
    assert +run(sessions, Rows(name, different[::-1])).counts == {"same": len(different)}
