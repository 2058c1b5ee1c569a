"""`matchmaker mail`: a preview of e-mails, and the state of queued ones."""

import click

from matchmaker.cli.common import application, settings
from matchmaker.domain.lifecycle import MailState
from matchmaker.services.mail import letters


@click.group("mail")
def mail_command() -> None:
    """E-mails: preview a kind, list what was queued."""


@mail_command.command("preview")
@click.argument("kind", type=click.Choice(sorted(letters.KINDS)))
@click.option("--language", type=click.Choice(["ru", "en"]), help="The reader's language.")
@click.option("--html", is_flag=True, help="The HTML part in place of the text.")
def preview(kind: str, language: str | None, html: bool) -> None:
    """Show an e-mail of KIND with made-up values; nothing is sent."""
    current = settings()
    chosen = language or current.language
    with application() as app:
        site = app.site()
    letter = letters.render(kind, chosen, letters.example(kind, chosen), site)
    click.echo(letter.html if html else f"{letter.subject}\n\n{letter.text}")


@mail_command.command("list")
@click.option(
    "--state", type=click.Choice([state.value for state in MailState]), help="Only those in this state."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_mails(state: str | None, limit: int) -> None:
    """List e-mails, the newest first: when, state, tries, recipient, subject, error."""
    with application() as app:
        with app.sessions() as session:
            found = letters.queued(session, MailState(state) if state else None, limit)
        for mail in found:
            parts = (f"{mail.created_at:%Y-%m-%d %H:%M}", mail.state, str(mail.attempts))
            click.echo("  ".join((*parts, mail.recipient, mail.subject, mail.error or "")).rstrip())
        click.echo(f"{len(found)} e-mails; they go to {app.transport.place}", err=True)
