"""`matchmaker backup` and `matchmaker restore`: one file of the database, the stored files and the settings, made while the site
runs, and put back.
"""

import sys
from pathlib import Path
from time import monotonic

import click

from matchmaker.cli.common import application, byte_progress, settings
from matchmaker.domain.errors import MatchmakerError


class _MakingGroup(click.Group):
    """A group whose words are a place to write to, unless the first is one of its commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group("backup", cls=_MakingGroup, subcommand_metavar="[FILE] | verify FILE")
def backup_command() -> None:
    """Write a backup into FILE, also while the site runs, or verify one.

    `matchmaker backup /backups --keep 14` writes a new file into the folder, named by the moment, and removes all but the
    newest 14; `matchmaker backup week.zip` writes this one file, over an older backup once the new one is whole.

    The options: matchmaker backup make --help
    """


@backup_command.command("make")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--keep", type=click.IntRange(min=1), help="Remove all but the newest backups of a folder.")
@click.option(
    "--with-secret-key",
    is_flag=True,
    help="Keep the key in the backup: sessions and links in letters then outlive a restore, but whoever reads the "
    "file can sign in as anybody.",
)
def make(file: Path | None, keep: int | None, with_secret_key: bool) -> None:
    """Write a backup into FILE, or into a new file of a folder; MATCHMAKER_BACKUPS by default."""
    from matchmaker.services.backup import backups

    given = file or settings().backups
    if given is None:
        raise click.UsageError("Name a file or a folder, or set MATCHMAKER_BACKUPS.")
    if keep is not None and not given.is_dir():
        raise click.UsageError("--keep goes with a folder.")
    started = monotonic()
    with application() as app, byte_progress("backup") as advance:
        key, shown = app.secret_key if with_secret_key else None, app.settings.public()
        with backups.opened(app.settings.database, app.data, shown, key) as source:
            target = backups.target_of(given, source)
            made = backups.make(source, target, advance)
            key_lost = backups.journal_key_fault(source)
        removed = backups.remove_old(given, made.database.identity, keep) if keep else []
    rows = sum(made.database.rows.values())
    size = target.stat().st_size / 1_000_000
    click.echo(f"{target}: {rows} rows, {made.files} files, {size:.1f} MB, {monotonic() - started:.1f} s")
    if made.database.journal:
        click.echo(f"journal up to entry {made.database.journal.id}, {made.database.journal.hash}")
    for path in removed:
        click.echo(f"removed {path}")
    if key_lost:
        click.echo(str(key_lost), err=True)
    if _tell_lost(made.missing, made.altered) or key_lost:
        sys.exit(1)


@backup_command.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
def verify(file: Path) -> None:
    """Read all of a backup and name every part that is damaged or missing; exit status 1 if there is one."""
    from matchmaker.services.backup import archive

    with archive.opened(file) as found, byte_progress("verify", found.sealed_size) as advance:
        faults = found.faults(advance)
        manifest = found.manifest
    for fault in faults:
        click.echo(str(fault))
    if faults:
        click.echo(f"{file} is not as it was written.", err=True)
        sys.exit(1)
    facts = manifest.database
    rows, head = sum(facts.rows.values()), facts.journal
    click.echo(
        f"{file} is whole: {manifest.made_at:%Y-%m-%d %H:%M} UTC, Matchmaker {manifest.product}, {facts.kind} {facts.server}, "
        f"tables {facts.version}, {rows} rows, {len(manifest.parts)} parts, {manifest.size / 1_000_000:.1f} MB, journal up to "
        f"{f'entry {head.id}, {head.hash}' if head else 'nothing'}"
    )
    if _tell_lost(manifest.missing, manifest.altered):
        sys.exit(1)


def _tell_lost(missing: tuple[str, ...], altered: tuple[str, ...]) -> bool:
    """Name the stored files that the site itself has lost; whether there are any."""
    for words, hashes in (("is missing on the site", missing), ("has other bytes on the site", altered)):
        for sha256 in hashes:
            click.echo(f"file {sha256} {words}", err=True)
    return bool(missing or altered)


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
