"""Migrations on both databases: what they build, what becomes of rows, and which versions they lead on from."""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, CheckConstraint, Column, Engine, MetaData, Table, insert, inspect, select, text
from sqlalchemy.exc import OperationalError

from matchmaker.domain.errors import DatabaseBehind, DatabaseTooNew, DatabaseTooOld, MatchmakerError
from matchmaker.migrations import FIRST, HEAD, VERSIONS, runner
from matchmaker.models import Base
from matchmaker.models.base import UtcDateTime
from matchmaker.models.database import Sessions, make_database_engine, make_sessions, stored_version
from tests.support.breaks import FAILURES, failing

FILES = sorted(path.name for path in VERSIONS.glob("*.py"))
# The tables of an installation of before the first release, at version 0012: what SQLite's .dump says of them.
BEFORE_RELEASE = Path(__file__).parents[1] / "files" / "tables-0012.sql"


@pytest.fixture
def engine(each_url: str) -> Iterator[Engine]:
    """A database at HEAD, once of either kind."""
    made = make_sessions(each_url).engine
    yield made
    made.dispose()


def tables_of(engine: Engine) -> dict[str, Table]:
    metadata = MetaData()
    metadata.reflect(engine)
    return {table.name: table for table in metadata.sorted_tables if table.name != "alembic_version"}


def described(engine: Engine) -> dict[str, Any]:
    """All that a database says of its tables, in an order of its own."""
    seen = inspect(engine)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in seen.get_columns(name)
            },
            "key": seen.get_pk_constraint(name),
            "references": sorted(
                (one["name"], *one["constrained_columns"], one["referred_table"])
                for one in seen.get_foreign_keys(name)
            ),
            "unique": sorted(
                (one["name"], *one["column_names"]) for one in seen.get_unique_constraints(name)
            ),
            "checks": sorted((one["name"], one["sqltext"]) for one in seen.get_check_constraints(name)),
            "indexes": sorted(
                (one["name"], one["unique"], *one["column_names"])
                for one in seen.get_indexes(name)
                if not one.get("duplicates_constraint")
            ),
        }
        for name in tables_of(engine)
    }


KINDS: Mapping[type, Any] = {
    bool: True,
    int: 1,
    float: 1.0,
    date: date(2026, 11, 2),
    datetime: datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
    bytes: b"body",
}


def value_of(column: Column[Any], checks: str, number: int) -> Any:
    """A value that the table's checks let through; `number` tells two rows apart."""
    if column.name in {"id", "second_id"}:
        return number
    if column.name == "week":
        return 202648
    if isinstance(column.type, JSON):
        return {"of": column.name}
    if (kind := column.type.python_type) is not str:
        return KINDS[kind]
    allowed = re.search(rf"\b{column.name}\b[^']*'([\w-]+)'", checks)
    return allowed[1] if allowed else f"{number} {column.name}"[: column.type.length]


def fill(engine: Engine) -> None:
    """Put a row with a value in every column into every table; a pair of organisations needs two of them."""
    seen = inspect(engine)
    for name, table in tables_of(engine).items():
        checks = " ".join(one["sqltext"] for one in seen.get_check_constraints(name))
        numbers = {"organisation": (1, 2), "distinct_pair": (2,)}.get(name, (1,))
        rows = [
            {column.name: value_of(column, checks, number) for column in table.columns} for number in numbers
        ]
        with engine.begin() as connection:
            connection.execute(insert(table), rows)


def rows_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for name, table in tables_of(engine).items()
        }


def lacking(rows: dict[str, list[dict[str, Any]]], others: dict[str, list[dict[str, Any]]]) -> set[str]:
    """The columns of `rows` that `others` have not, or not with the same values."""
    return {
        f"{table}.{column}"
        for table, found in rows.items()
        for column in found[0]
        if [row[column] for row in found] != [row.get(column) for row in others.get(table, [])]
    }


UNUSED = {
    "capability.details",
    "capability.material_codes",
    "capability.process_codes",
    "centre.details",
    "decision.recorded_at",
    "fact.half_life_days",
    "job.done",
    "job.total",
    "login_failure.at",
    "login_failure.id",
    "login_failure.subject",
    "profile.sector_codes",
    "quote.details",
    "stored_file.certificate_id",
}


def test_files_are_numbered_in_the_order_in_which_they_run() -> None:
    config = Config()
    config.set_main_option("script_location", "matchmaker:migrations")
    config.set_main_option("path_separator", "os")
    run = [*ScriptDirectory.from_config(config).walk_revisions()][::-1]
    assert [(Path(one.path).name, one.revision, one.down_revision) for one in run] == [
        (name, name[:4], before and before[:4]) for before, name in zip([None, *FILES], FILES, strict=False)
    ]
    assert all(re.fullmatch(r"\d{4}(_[a-z]+)+\.py", name) for name in FILES)
    assert (FILES[0][:4], FILES[-1][:4]) == (FIRST, HEAD)


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    return {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names} | {
        str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)
    }


@pytest.mark.parametrize("name", FILES)
def test_a_migration_needs_nothing_of_the_program(name: str) -> None:
    assert imported(VERSIONS / name) <= {"sqlalchemy", "alembic", "secrets", "typing"}


def test_what_runs_migrations_needs_nothing_of_the_models() -> None:
    for path in VERSIONS.parent.glob("*.py"):
        ours = {name for name in imported(path) if name.startswith("matchmaker")}
        assert ours <= {"matchmaker.domain.errors", "matchmaker.migrations"}


def test_migrations_build_what_the_models_say_and_go_back(engine: Engine) -> None:
    assert stored_version(engine) == HEAD
    assert runner.differences(engine, Base.metadata) == []
    runner.downgrade(engine, "base")
    assert runner.row_counts(engine) == {}
    runner.upgrade(engine)
    assert runner.differences(engine, Base.metadata) == []


def test_constraints_are_named_as_in_the_models(engine: Engine) -> None:
    built = tables_of(engine)
    for name, table in Base.metadata.tables.items():
        assert {one.name for one in built[name].constraints} == {one.name for one in table.constraints}
        assert {one.name for one in built[name].indexes} == {one.name for one in table.indexes}


def test_checks_say_what_the_models_say(sessions: Sessions) -> None:
    seen = inspect(sessions.engine)
    for name, table in Base.metadata.tables.items():
        assert {one["name"]: one["sqltext"] for one in seen.get_check_constraints(name)} == {
            one.name: str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint)
        }


def test_a_drift_of_the_tables_is_named(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE site ADD COLUMN surprise INTEGER"))
    assert any("surprise" in difference for difference in runner.differences(engine, Base.metadata))


def test_rows_survive_every_migration_and_the_way_back(engine: Engine) -> None:
    runner.downgrade(engine, "base")
    runner.upgrade(engine, FIRST)
    fill(engine)
    tables, rows = described(engine), rows_of(engine)
    runner.upgrade(engine)
    assert runner.differences(engine, Base.metadata) == []
    assert lacking(rows, rows_of(engine)) == UNUSED
    runner.downgrade(engine, FIRST)
    assert described(engine) == tables
    assert lacking(rows, rows_of(engine)) == UNUSED - {"decision.recorded_at"}


def test_a_move_that_breaks_off_leaves_all_as_it_was_and_is_done_by_the_next(engine: Engine) -> None:
    runner.downgrade(engine, FIRST)
    with failing(engine) as steps:
        runner.upgrade(engine)
    runner.downgrade(engine, FIRST)
    fill(engine)
    tables, rows = described(engine), rows_of(engine)
    for number in (steps.number // 3, steps.number * 9 // 10, steps.number):  # the last one is the commit
        # A single failed look at a table is forgiven while tables are compared, so the disk stays full.
        full = FAILURES["the disk is full from here on"]
        with failing(engine, number, full), pytest.raises(OperationalError):
            runner.upgrade(engine)
        assert stored_version(engine) == FIRST
        assert (described(engine), rows_of(engine)) == (tables, rows)
    runner.upgrade(engine)
    assert runner.differences(engine, Base.metadata) == []
    assert lacking(rows, rows_of(engine)) == UNUSED


def before_release(folder: Path) -> Engine:
    engine = make_database_engine(f"sqlite:///{folder}/before.sqlite3")
    raw = engine.raw_connection()
    raw.cursor().executescript(BEFORE_RELEASE.read_text("utf-8"))
    raw.close()
    return engine


def test_a_database_of_before_the_release_is_led_on_without_a_command(tmp_path: Path) -> None:
    engine = before_release(tmp_path)
    fill(engine)
    rows = rows_of(engine)
    led = make_sessions(engine.url.render_as_string()).engine
    assert stored_version(led) == HEAD
    assert runner.differences(led, Base.metadata) == []
    assert lacking(rows, rows_of(led)) == UNUSED
    led.dispose()
    engine.dispose()


def test_the_first_migration_builds_what_those_of_before_the_release_built(tmp_path: Path) -> None:
    before = before_release(tmp_path)
    fresh = make_database_engine(f"sqlite:///{tmp_path}/fresh.sqlite3")
    runner.upgrade(fresh, FIRST)
    assert described(fresh) == described(before)
    fresh.dispose()
    before.dispose()


def mark(engine: Engine, version: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


@pytest.mark.parametrize("version", ["0001", "0011"])
def test_a_version_of_before_the_release_is_refused_with_the_way_out(
    each_url: str, engine: Engine, version: str
) -> None:
    mark(engine, version)
    for move in (make_sessions, lambda _: runner.upgrade(engine), lambda _: runner.downgrade(engine, "base")):
        with pytest.raises(
            DatabaseTooOld, match=rf"at version {version}.*from 0012 on: run .* of commit \w+ first"
        ):
            move(each_url)
    assert stored_version(engine) == version


def test_a_version_of_a_later_program_is_refused(each_url: str, engine: Engine) -> None:
    mark(engine, "9999")
    with pytest.raises(DatabaseTooNew, match=f"up to {HEAD}"):
        make_sessions(each_url)


def test_a_production_database_of_an_earlier_version_is_not_moved_unasked(postgresql_url: str) -> None:
    engine = make_sessions(postgresql_url).engine
    runner.downgrade(engine, FIRST)
    with pytest.raises(DatabaseBehind, match="matchmaker db upgrade"):
        make_sessions(postgresql_url)
    assert stored_version(engine) == FIRST
    engine.dispose()


def test_going_to_a_version_that_is_none_is_one_message(engine: Engine) -> None:
    with pytest.raises(MatchmakerError, match="0005"):
        runner.downgrade(engine, "0005")
    assert stored_version(engine) == HEAD


def test_a_move_that_would_leave_rows_without_their_owner_is_undone(sqlite_url: str) -> None:
    engine = make_sessions(sqlite_url).engine
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            connection.execute(text("INSERT INTO need_centre VALUES (7, 7)"))
        connection.connection.cursor().execute("PRAGMA foreign_keys=ON")
    with pytest.raises(MatchmakerError, match="need_centre"):
        runner.downgrade(engine, FIRST)
    assert stored_version(engine) == HEAD
    engine.dispose()


def test_a_drafted_migration_has_the_next_number_and_no_type_of_the_models(
    engine: Engine, tmp_path: Path
) -> None:
    changed = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["site"].append_column(Column("closed_at", UtcDateTime()))
    runner.draft(engine, changed, "When a site closed", tmp_path)
    (drafted,) = tmp_path.glob("*.py")
    assert drafted.name == f"{int(HEAD) + 1:04}_when_a_site_closed.py"
    assert imported(drafted) == {"sqlalchemy", "alembic"}
    assert 'sa.Column("closed_at", sa.DateTime(timezone=True)' in drafted.read_text("utf-8").replace("'", '"')
