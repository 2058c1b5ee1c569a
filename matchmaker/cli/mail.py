"""`matchmaker mail`: a preview of e-mails, and the state of queued ones; `matchmaker mail-in`: one letter that a mail server hands over."""

import sys

import click

from matchmaker.cli.common import application, settings
from matchmaker.domain.lifecycle import MailState
from matchmaker.services.mail import letters

_TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the letter and comes again
_REFUSED = 65  # EX_DATAERR: the mail server sends it back


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


@click.command("mail-in")
@click.option("--to", default="", help="The recipient that the server names, where the letter does not.")
def mail_in_command(to: str) -> None:
    """Take the letter on standard input (RFC 5322) as the site takes those of its mailbox.

    Exit status 75 where the database is away, so that the mail server tries again; 65 for a letter that is too large.
    """
    from matchmaker.domain.errors import FileTooLarge
    from matchmaker.services.core import infrastructure
    from matchmaker.services.incoming import incoming, letter_parts

    raw = sys.stdin.buffer.read(letter_parts.LARGEST + 1)
    try:
        with application() as app, app.sessions.begin() as session:
            taken = incoming.take(session, raw, app.mailroom(), to)
            session.flush()
            click.echo(
                f"{taken.state}: {taken.kind} {taken.public_id}" + (f" ({taken.why})" if taken.why else "")
            )
    except FileTooLarge as error:
        click.echo(error.template % error.params, err=True)
        sys.exit(_REFUSED)
    except Exception as error:
        if not infrastructure.is_at_fault(error):
            raise
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(_TRY_AGAIN)
