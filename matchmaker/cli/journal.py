"""`matchmaker journal`: the check that the journal of acts is whole, its newest entry, and reports from it."""

import json
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from matchmaker.cli.common import application
from matchmaker.services.core import journal, journal_seal


@click.group("journal")
def journal_command() -> None:
    """Look after the record of who did what, when."""


@journal_command.command("check")
def check() -> None:
    """Follow the chain of the entries' hashes to the anchor; an entry altered, added by hand, moved, taken out or cut off
    breaks it.
    """
    with application() as app, app.sessions() as session:
        try:
            state = journal.examine(session)
        except ValueError:
            click.echo(
                f"The anchor {app.journal_seal.file} cannot be read. Look at it, then run: matchmaker journal anchor"
            )
            sys.exit(1)
    if state.is_whole:
        keyed = f", with the key from entry {state.keyed_from} on" if state.keyed_from else ""
        click.echo(f"The journal is whole: {state.count} entries{keyed}.")
        return
    if state.broken is not None:
        click.echo(
            f"The journal is broken at entry {state.broken}: it, or the one before it, was altered, moved or removed."
        )
    elif state.missing is not None:
        click.echo(f"The journal is cut off: entry {state.missing.id} stood at its end and is gone.")
    sys.exit(1)


@journal_command.command("head")
def head() -> None:
    """Print the newest entry: number of entries, id and hash, to be kept where nobody can change it."""
    with application() as app, app.sessions() as session:
        newest, count = journal_seal.head(session), journal.count(session)
    shown = {"count": count, "id": newest.id if newest else None, "hash": newest.hash if newest else None}
    click.echo(json.dumps(shown))


@journal_command.command("anchor")
def anchor() -> None:
    """Anchor the present end of the journal anew, after the database was put back from a copy of your own."""
    with application() as app, app.sessions() as session:
        newest = journal_seal.head(session)
        if newest is None:
            click.echo("The journal is empty.")
            return
        app.journal_seal.keep(newest, anew=True)
    click.echo(f"The journal is anchored at entry {newest.id}.")


_DAY = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M"))


@journal_command.command("report")
@click.option(
    "--from", "since", type=_DAY, required=True, help="First day or minute, in the centre's time zone"
)
@click.option("--to", "until", type=_DAY, required=True, help="The day or minute before which it ends")
@click.option("--person", default="", help="Only acts by this e-mail or public id, and about this person")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines of text")
def report(since: datetime, until: datetime, person: str, *, as_json: bool) -> None:
    """Tell who saw or changed what and when, for the report of an incident."""
    from matchmaker.services.reports import incidents

    with application() as app, app.sessions() as session:
        zone = ZoneInfo(app.settings.time_zone)
        span = incidents.Span(since.replace(tzinfo=zone), until.replace(tzinfo=zone))
        told = incidents.report(session, span, person, app.settings.language)
    if as_json:
        click.echo(json.dumps(told.data(), ensure_ascii=False, indent=1))
        return
    for line in told.lines(zone):
        click.echo(line)
