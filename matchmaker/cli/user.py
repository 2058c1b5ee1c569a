"""`matchmaker user`: accounts from the command line."""

import json
import sys

import click
from rich.console import Console
from rich.table import Table

from matchmaker.cli.common import application
from matchmaker.domain.access import ROLES
from matchmaker.models import Membership
from matchmaker.services.needs import drawings, needs
from matchmaker.services.people import accounts, personal_data
from matchmaker.services.profiles import suppliers

BY = "command line"


@click.group("user")
def user_command() -> None:
    """Add people, list them, set their passwords."""


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


@user_command.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice(ROLES), help="What the person may do.")
@click.option("--supplier", help="Id in files of the organisation that an editor or buyer acts for.")
@click.option("--language", type=click.Choice(("ru", "en")), default="ru", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    email: str, name: str, role: str | None, supplier: str | None, language: str, password_stdin: bool
) -> None:
    """Make an account for EMAIL in the home centre."""
    if role in {"supplier_editor", "contractor_buyer"} and supplier is None:
        raise click.UsageError(f"Say for which organisation a {role} acts: --supplier ID")
    password = _password(password_stdin)
    with application() as app, app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        person = accounts.AccountDetails(email, name, password, language, confirmed=True)
        user = accounts.create_user(session, person, by=BY)
        if role in {"supplier_editor", "contractor_buyer"} and supplier is not None:
            organisation = suppliers.by_external_id(session, centre, supplier).organisation
            accounts.grant(session, user, role, by=BY, organisation=organisation)
        elif role == "network_administrator":
            accounts.grant(session, user, role, by=BY)
        elif role is not None:
            accounts.grant(session, user, role, by=BY, centre=centre)
    click.echo(f"{user.email} may sign in.", err=True)


@user_command.command("list")
def list_() -> None:
    """Show all accounts with their roles."""
    table = Table("e-mail", "name", "roles", "active")
    with application() as app, app.sessions() as session:
        for user in accounts.every(session):
            roles = ", ".join(f"{held.role} {_place(held)}".strip() for held in user.memberships)
            table.add_row(user.email, user.name, roles, "yes" if user.active else "no")
    Console().print(table)


@user_command.command("data")
@click.argument("email")
def data(email: str) -> None:
    """Print all data stored about EMAIL as JSON, for that person."""
    with application() as app, app.sessions.begin() as session:
        user = accounts.by_email(session, email)
        personal_data.note_export(session, user, by=BY)
        click.echo(json.dumps(personal_data.export(session, user), ensure_ascii=False, indent=1))


@user_command.command("erase")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def erase(email: str, *, yes: bool) -> None:
    """Erase EMAIL for good: account, e-mails, words of messages. What the person did stays without a name."""
    if not yes:
        click.confirm(f"Erase {email} for good?", abort=True, err=True)
    with application() as app:
        with app.sessions.begin() as session:
            left = personal_data.erase(session, accounts.by_email(session, email), by=BY)
        app.transport.forget(left)
        drawings.drop_copies(app.data)
    click.echo(
        "The person is erased. Backups of before still hold the data until they are removed.", err=True
    )


def _place(held: Membership) -> str:
    if held.organisation is not None:
        return f"({held.organisation.name('en')})"
    return f"({held.centre.code})" if held.centre is not None else ""


@user_command.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password_(email: str, password_stdin: bool) -> None:
    """Set a new password for EMAIL; all sessions of the person end."""
    password = _password(password_stdin)
    with application() as app, app.sessions.begin() as session:
        accounts.set_password(session, accounts.by_email(session, email), password, by=BY)
    click.echo("The password is set; all sessions have ended.", err=True)
