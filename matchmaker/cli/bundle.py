"""`matchmaker bundle`: the exchange with other installations by signed files, without a page."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from matchmaker.cli.common import application
from matchmaker.domain.errors import FileRefused
from matchmaker.models.organisations import DISCLOSURE_LEVELS
from matchmaker.services.bundles import (
    bundle_format,
    bundle_keys,
    bundle_requests,
    neighbours,
    outgoing_bundles,
    taken_bundles,
)
from matchmaker.services.needs import needs

_BY = "command line"


@click.group("bundle")
def bundle_command() -> None:
    """Exchange signed bundles of needs and suppliers with other installations."""


@bundle_command.command("keys")
@click.option("--make", "makes", is_flag=True, help="Make the key pair, where none ever was.")
@click.option("--renew", is_flag=True, help="Make another one: every neighbour confirms it anew.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def keys(*, makes: bool, renew: bool, yes: bool) -> None:
    """Show the public key and its fingerprint. Send the key by any way; read the fingerprint out by telephone."""
    with application() as app:
        if renew and not yes:
            click.confirm(
                "Neighbours refuse what the new key signs until they have confirmed its fingerprint. Go on?",
                abort=True,
                err=True,
            )
        with app.sessions.begin() as session:
            centre = needs.centre_of(session, app.settings.centre)
            if renew:
                key = bundle_keys.renew(session, app.data, centre, by=_BY)
            elif makes:
                key = bundle_keys.make(session, app.data, centre, by=_BY)
            else:
                key = bundle_keys.demanded(session, app.data)
    click.echo(f"public key   {key.public}\nfingerprint  {bundle_keys.grouped(key.fingerprint)}")


@bundle_command.command("neighbours")
def listed() -> None:
    """List the installations with which bundles are exchanged."""
    table = Table(
        "code", "centre", "fingerprint", "leaves", "last out", "last in", "holds until", "firms", "needs"
    )
    with application() as app, app.sessions() as session:
        for view in neighbours.listed(session):
            one = view.neighbour
            moments = (
                f"{at:%Y-%m-%d %H:%M}" if at else "–" for at in (one.sent_at, one.taken_at, one.taken_until)
            )
            names = one.centre.code, one.centre.name("en"), bundle_keys.grouped(one.fingerprint), one.level
            table.add_row(*names, *moments, str(view.firms), str(len(view.needs)))
    Console(width=200).print(table)


@bundle_command.command("add")
@click.argument("name")
@click.option("--key", required=True, help="The neighbour's public key, as it was sent.")
@click.option(
    "--fingerprint", required=True, help="Its fingerprint, as the neighbour read it out by telephone."
)
@click.option(
    "--level",
    type=click.Choice(DISCLOSURE_LEVELS),
    default="nameless",
    help="What may leave: needs without names and numbers, or also suppliers and the names that the site shows to everybody.",
)
@click.option(
    "--address", default="", help="The address of its site, where bundles are asked for and sent to."
)
def add(name: str, key: str, fingerprint: str, level: str, address: str) -> None:
    """Put the installation of the centre NAME on the list, or change its name and level."""
    with application() as app, app.sessions.begin() as session:
        given = {"name": name, "key": key, "fingerprint": fingerprint, "level": level, "address": address}
        own, home = bundle_keys.found(session, app.data), needs.centre_of(session, app.settings.centre)
        code = neighbours.add(
            session, given, own, home, by=_BY, allowed=app.settings.webhook_names
        ).centre.code
    click.echo(f"{name} is a neighbour now: {code}")


@bundle_command.command("pull")
@click.argument("neighbour")
def pull(neighbour: str) -> None:
    """Ask the site of NEIGHBOUR (its code or fingerprint) for its bundle, and take it. Exit status 2 where it is refused."""
    with application() as app:
        with app.sessions() as session:
            found = neighbours.by_key(session, neighbour)
            key = bundle_keys.demanded(session, app.data)
            asked = found.public_id
        try:
            raw = bundle_requests.pull(found, key, app.settings.webhook_names, app.settings.language)
            with app.sessions.begin() as session:
                done = bundle_requests.take_pulled(session, asked, raw, app.bundle_office(session), by=_BY)
                serial, told = done.head.serial, done.counts
        except FileRefused as error:
            click.echo(str(error), err=True)
            sys.exit(2)
    click.echo(f"number {serial}: {told.firms} firms, {told.needs} new needs, {told.needs_gone} withdrawn")


@bundle_command.command("push")
@click.argument("neighbour")
@click.option("--days", default=outgoing_bundles.USUAL_DAYS, show_default=True, help="How long it holds.")
def push(neighbour: str, days: int) -> None:
    """Send the bundle for NEIGHBOUR (its code or fingerprint) to its site. Exit status 2 where it is refused."""
    with application() as app:
        with app.sessions.begin() as session:
            office = app.bundle_office(session)
            found = neighbours.by_key(session, neighbour, locked=True)
            raw = outgoing_bundles.make(session, found, office.key, office.home, by=_BY, days=days)
            session.flush()
            session.expunge(found)
        try:
            bundle_requests.push(found, raw, app.settings.webhook_names, app.settings.language)
        except FileRefused as error:
            click.echo(str(error), err=True)
            sys.exit(2)
    click.echo("It was taken.")


@bundle_command.command("remove")
@click.argument("neighbour")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(neighbour: str, *, yes: bool) -> None:
    """Take NEIGHBOUR (its code or fingerprint) off the list, and away all that it sent."""
    if not yes:
        click.confirm("All that it sent goes away here. Go on?", abort=True, err=True)
    with application() as app, app.sessions.begin() as session:
        office = app.bundle_office(session)
        found = neighbours.by_key(session, neighbour, locked=True)
        taken_bundles.remove(session, found, office.home, office.withdrawn, by=_BY)
    click.echo("Removed.", err=True)


@bundle_command.command("out")
@click.argument("neighbour")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--days", default=outgoing_bundles.USUAL_DAYS, show_default=True, help="How long it holds.")
def out(neighbour: str, file: Path, days: int) -> None:
    """Write the bundle for NEIGHBOUR (its code or fingerprint) into FILE."""
    partial = file.with_name(file.name + ".partial")
    with application() as app, app.sessions.begin() as session:
        office = app.bundle_office(session)
        found = neighbours.by_key(session, neighbour, locked=True)
        partial.write_bytes(outgoing_bundles.make(session, found, office.key, office.home, by=_BY, days=days))
        serial = found.sent_serial
    partial.replace(file)
    head = bundle_format.opened(file.read_bytes()).head
    click.echo(
        f"{file}: number {serial}, {head.records} records, {len(head.withdrawn)} withdrawn, until {head.expires}"
    )


@bundle_command.command("in")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def take(file: Path) -> None:
    """Take the bundle in FILE. One that is not right is refused whole, with the reason; exit status 2."""
    with application() as app:
        try:
            with file.open("rb") as stream, app.sessions.begin() as session:
                raw = stream.read(bundle_format.LARGEST + 1)
                done = taken_bundles.take(session, raw, app.bundle_office(session), by=_BY)
                told, name = done.counts, done.neighbour.centre.name("en")
                serial = done.head.serial
        except FileRefused as error:
            click.echo(f"{file}: {error}", err=True)
            sys.exit(2)
    click.echo(
        f"{file}: number {serial} of {name}: {told.firms} firms, {told.firms_gone} gone; needs: {told.needs} new, "
        f"{told.needs_changed} changed, {told.needs_gone} withdrawn, {told.kept} changed beside work here"
    )
