"""`matchmaker db`: the tables' versions."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from matchmaker.cli.common import settings
from matchmaker.migrations import HEAD

if TYPE_CHECKING:
    from matchmaker.models.database import DatabaseEngine

# Tables whose numbers of rows tell a person which database it is.
_TOLD = ("organisation", "need", "user_account", "audit_entry")


@click.group("db")
def db_command() -> None:
    """Move the database between versions, and look at it."""


@contextmanager
def _engine(*, current: bool) -> Iterator["DatabaseEngine"]:
    """The database's engine; with `current` its tables are first brought up to date where that is safe."""
    from matchmaker.services.core import installation

    place = settings()
    opened = installation.opened if current else installation.checked
    engine = opened(place.database, place.data)
    try:
        yield engine
    finally:
        engine.dispose()


@db_command.command("upgrade")
@click.argument("version", default="head")
def upgrade(version: str) -> None:
    """Bring the tables up to VERSION, by default the newest."""
    from matchmaker.migrations import runner
    from matchmaker.models.database import stored_version
    from matchmaker.services.core import installation

    with _engine(current=False) as engine:
        runner.upgrade(engine, version)
        installation.tie(engine, settings().data)
        click.echo(f"The database is at version {stored_version(engine)}.", err=True)


@db_command.command("downgrade")
@click.argument("version")
@click.option("--yes", is_flag=True, help="Do not ask: tables that the older version lacks are dropped.")
def downgrade(version: str, yes: bool) -> None:
    """Take the tables back to VERSION ("base" drops them all)."""
    from matchmaker.migrations import runner
    from matchmaker.models.database import stored_version
    from matchmaker.services.core import installation

    if not yes:
        click.confirm("What the older version has no place for is lost. Go on?", abort=True, err=True)
    with _engine(current=False) as engine:
        runner.downgrade(engine, version)
        installation.untie(engine, settings().data)
        click.echo(f"The database is at version {stored_version(engine) or 'base'}.", err=True)


@db_command.command("adopt")
@click.option("--yes", is_flag=True, help="Do not ask.")
def adopt(yes: bool) -> None:
    """Say that the database and the data folder belong together, after a copy by hand or the loss of a mark."""
    from matchmaker.migrations import runner
    from matchmaker.services.core import installation

    place = settings()
    with installation.unchecked(place.database) as engine:
        runner.upgrade(engine)
        rows = runner.row_counts(engine)
        click.echo(
            f"{installation.place_of(engine.url)}: " + ", ".join(f"{name} {rows[name]}" for name in _TOLD)
        )
        if not yes:
            click.confirm(f"Does it belong to the data folder {place.data}?", abort=True, err=True)
        installation.adopt(engine, place.data)
    click.echo(f"The database and {place.data} belong together.", err=True)


@db_command.command("renew-key")
@click.option("--yes", is_flag=True, help="Do not ask.")
def renew_key(yes: bool) -> None:
    """Make another key that signs cookies and links, after the old one was lost or became known to others."""
    from matchmaker.services.core import signing_key

    place = settings()
    if place.secret_key is not None:
        raise click.UsageError(
            "The key is that of MATCHMAKER_SECRET_KEY: write another one there, 32 characters at random."
        )
    if not yes:
        click.confirm(
            "Everybody signs in again, and links in letters sent so far end. Go on?", abort=True, err=True
        )
    place.data.mkdir(parents=True, exist_ok=True)
    signing_key.renew(place.data)
    click.echo("Restart the site and its worker: they sign with the new key then.", err=True)


@db_command.command("check")
def check() -> None:
    """Compare the tables with the program's models; exit status 1 if they differ."""
    from matchmaker.migrations import runner
    from matchmaker.models import Base

    with _engine(current=True) as engine:
        found = runner.differences(engine, Base.metadata)
    for difference in found:
        click.echo(difference)
    click.echo(
        "The tables differ from the models." if found else "The tables are as the models say.", err=True
    )
    sys.exit(1 if found else 0)


@db_command.command("status")
def status() -> None:
    """Show where the database is, its version, and how many rows each table has."""
    from matchmaker.migrations import runner
    from matchmaker.models.database import make_current, stored_version

    with _engine(current=False) as engine:
        if stored_version(engine) is None:
            make_current(engine)
        place = engine.url.render_as_string()
        table = Table("table", "rows", title=f"{place}, version {stored_version(engine)} of {HEAD}")
        for name, rows in runner.row_counts(engine).items():
            table.add_row(name, str(rows))
    Console().print(table)
