"""Letters as they come over the wire, made for tests."""

from email.message import EmailMessage
from email.utils import make_msgid

from sqlalchemy import select

from matchmaker.models import LetterIn, Mail
from matchmaker.services.incoming import incoming
from matchmaker.wiring import Application

ADDRESS = "needs@centre.example"


def letter(
    sender: str,
    text: str,
    *,
    to: str = ADDRESS,
    subject: str = "",
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A letter; `headers` with _ for each dash."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Message-ID"] = make_msgid(domain="sender.example")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, content in (files or {}).items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def come(application: Application, raw: bytes) -> tuple[str, str, str | None]:
    """Take a letter; its state, kind and why it waits."""
    with application.sessions.begin() as session:
        row = incoming.take(session, raw, application.mailroom())
        session.flush()
        return str(row.state), row.kind, row.why


def answer_address(application: Application, recipient: str) -> str:
    """Where the last letter to somebody is answered."""
    with application.sessions() as session:
        query = select(Mail.reply_to).where(Mail.recipient == recipient, Mail.reply_to.is_not(None))
        found = session.scalars(query.order_by(Mail.id.desc())).first()
    assert found is not None
    return found


def last_key(application: Application) -> str:
    """The public id of the letter that came last."""
    with application.sessions() as session:
        return session.scalars(select(LetterIn.public_id).order_by(LetterIn.id.desc())).first() or ""
