"""`matchmaker journal`: the check that the journal of acts is whole, its newest entry, and reports from it."""

import json
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from matchmaker.cli.common import application
from matchmaker.services.core import journal, journal_seal
from matchmaker.services.core.journal_seal import JournalSeal


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
    if state.resealed:
        click.echo(
            f"Entries before {state.resealed} had a key that was lost, and were sealed there as they stood."
        )
    if state.is_whole:
        keyed = f", with the key from entry {state.keyed_from} on" if state.keyed_from else ""
        click.echo(f"The journal is whole: {state.count} entries{keyed}.")
        return
    if state.broken is not None and state.broken == state.resealed:
        click.echo(f"The journal is broken: what entry {state.broken} sealed was altered since.")
    elif state.broken is not None:
        click.echo(
            f"The journal is broken at entry {state.broken}: it, or the one before it, was altered, moved or removed."
        )
    elif state.missing is not None:
        click.echo(f"The journal is cut off: entry {state.missing.id} stood at its end and is gone.")
    else:
        click.echo(
            f"The {state.count} entries follow each other, but the anchor {app.journal_seal.file} is gone, so that nobody "
            "knows whether later ones were cut off. Compare the newest entry with one that was kept elsewhere "
            "(matchmaker journal head, or the last line of a backup), then run: matchmaker journal anchor"
        )
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
        newest = journal_seal.anchor_anew(app.data, session)
    click.echo(f"The journal is anchored at entry {newest.id}." if newest.id else "The journal is empty.")


@journal_command.command("reseal")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reseal(yes: bool) -> None:
    """Go on with another key after the journal's was lost: a new entry seals all of before as they stand now.

    Whether they were altered until now nobody can tell any more; what is altered from now on is found again.
    """
    from matchmaker.services.needs import needs

    with application() as app:
        if not yes:
            click.echo(
                "Entries so far can no longer be proven: they are sealed as they stand now. A backup may have the key, as "
                "data/journal_key of its ZIP; put back into the data folder, it proves them.",
                err=True,
            )
            click.confirm("Seal the journal as it stands?", abort=True, err=True)
        seal = JournalSeal.anew(app.data)
        with app.sessions.begin() as session:
            centre = needs.centre_of(session, app.settings.centre)
            count = journal.reseal(session, "command line", centre, seal)
        with app.sessions() as session:
            newest = journal_seal.anchor_anew(app.data, session)
    click.echo(f"Entry {newest.id} seals the {count} entries before it; restart the site and its worker.")


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
