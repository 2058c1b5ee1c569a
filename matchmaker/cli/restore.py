"""`matchmaker restore`: a backup becomes the installation that the settings name."""

import sys
from pathlib import Path
from time import monotonic

import click

from matchmaker.cli.common import application, byte_progress, settings
from matchmaker.domain.errors import MatchmakerError


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Replace what stands there; files are put aside, not deleted.")
def restore_command(file: Path, replace: bool) -> None:
    """Restore a backup into the data folder and the database of the settings, and make the index anew.

    The place must be empty, or --replace said, and the site stopped. Every hash is checked before anything is touched.
    """
    from matchmaker.services.backup import archive, restoring
    from matchmaker.services.backup.restoring import RestorePlace
    from matchmaker.services.core import signing_key

    current, started = settings(), monotonic()
    with archive.opened(file) as backup:
        size = backup.sealed_size + backup.manifest.size
        with byte_progress("restore", size) as advance:
            place = RestorePlace(current.database, current.data)
            done = restoring.restore(backup, place, replace=replace, advance=advance)
    facts = done.manifest.database
    click.echo(
        f"Restored the state of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC: {sum(facts.rows.values())} rows, "
        f"{done.manifest.files} files, {monotonic() - started:.1f} s"
    )
    if done.aside:
        click.echo(f"What stood there before is in {done.aside}; delete it once all is well.")
    if not (done.manifest.has_key or current.secret_key or signing_key.path_in(current.data).exists()):
        signing_key.renew(current.data)
        click.echo(
            "The backup holds no key, so a new one is made: everybody signs in again, links in letters end."
        )
    _make_index(started)


def _make_index(started: float) -> None:
    """Make the index anew, whatever the engine holds: from the documents of the backup, if the taxonomy is still theirs."""
    from matchmaker.services.index import indexing

    try:
        with application() as app:
            app.check_place()
            indexer = app.index.indexer()
            make = indexing.restore if app.index.status().current else indexing.rebuild
            count = make(indexer)
            indexing.drain(indexer)
    except MatchmakerError as error:
        click.echo(f"The index could not be made: {error} Run: matchmaker index rebuild", err=True)
        sys.exit(1)
    click.echo(f"{count} suppliers indexed; the site can be started. {monotonic() - started:.1f} s in all")
