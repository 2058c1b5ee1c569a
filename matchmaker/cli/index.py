"""`matchmaker index`: the search index beside the database."""

import sys

import click

from matchmaker.cli.common import application, progress
from matchmaker.services.index import drift, indexing
from matchmaker.services.profiles import suppliers


@click.group("index")
def index_command() -> None:
    """Look at the search index, check it, build it anew."""


@index_command.command("status")
def status() -> None:
    """Show the engine, how many suppliers are indexed, and how many changes wait."""
    with application() as app:
        state = app.index.status()
        health = app.engine.health()
    click.echo(
        f"engine     {health.engine}: {'ready' if health.ready else 'not ready'} {health.detail}".rstrip()
    )
    click.echo(f"indexed    {health.documents} of {state.documents} built")
    oldest = f", the oldest for {state.oldest_seconds:.0f} s" if state.oldest_seconds else ""
    click.echo(f"waiting    {state.waiting} (taken {state.taken}, set aside {state.dead}{oldest})")
    if state.checked_at is not None:
        click.echo(f"drift      {state.drift} suppliers differed at {state.checked_at:%Y-%m-%d %H:%M} UTC")
    for key, error in state.set_aside.items():
        click.echo(f"set aside  {key}  {error}")
    if not state.current:
        click.echo("The taxonomy has changed since. Run: matchmaker index rebuild")
    sys.exit(0 if health.ready or not (state.documents or state.waiting) else 1)


@index_command.command("rebuild")
def rebuild() -> None:
    """Build the index anew from the database; searches go on with the old one until it is done."""
    with application() as app, progress() as bar:
        with app.sessions() as session:
            task = bar.add_task("suppliers", total=suppliers.count(session))
        count = indexing.rebuild(app.index.indexer(), lambda done: bar.advance(task, done))
        indexing.drain(app.index.indexer())
    click.echo(f"{count} suppliers indexed", err=True)


@index_command.command("check")
@click.option("--repair", is_flag=True, help="Index again what differs.")
def check(repair: bool) -> None:
    """Compare the index with the database and name every difference; exit status 1 if there is one."""
    with application() as app:
        app.index.catch_up()
        found = drift.differences(app.sessions, app.engine)
        with app.sessions() as session:
            names = suppliers.names(session, [item.key for item in found], app.settings.language)
        if repair and found:
            app.index.mend()
    for item in found:
        revisions = f"database {item.database or 'none'}, index {item.index or 'none'}"
        click.echo(f"{item.kind}  {names.get(item.key, item.key)}  ({revisions})")
    click.echo(f"{len(found)} differences" if found else "Database and index agree.", err=True)
    sys.exit(1 if found and not repair else 0)
