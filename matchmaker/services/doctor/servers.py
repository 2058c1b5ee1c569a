"""What answers from elsewhere: the index beside the database, the database's clock, the mail servers."""

from sqlalchemy import text

from matchmaker.domain.language import N_
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.doctor.setting_pairs import is_public
from matchmaker.services.health.findings import HealthFinding
from matchmaker.services.incoming.mailbox import Mailbox
from matchmaker.services.index.drift import differences, unexplained
from matchmaker.services.index.indexing import Indexer
from matchmaker.services.mail.transport import MailFolder, MailServerAway, Transport
from matchmaker.settings import Settings

_SECONDS_APART = 5


def drift(sessions: Sessions, indexer: Indexer) -> list[HealthFinding]:
    """The suppliers that differ between database and index, and neither wait to be indexed nor were set aside."""
    count = len(unexplained(sessions, differences(sessions, indexer.engine)))
    if not count:
        return [HealthFinding("drift")]
    message = N_("Suppliers that the index has not as the database has them: %(count)s.")
    remedy = N_("Run: matchmaker index check --repair")
    return [HealthFinding("drift", "differs", message, {"count": count}, remedy)]


def clock(sessions: Sessions) -> list[HealthFinding]:
    """The clocks of this machine and of the database's, which decides on deadlines."""
    with sessions() as session:
        if session.get_bind().dialect.name == "sqlite":
            return [HealthFinding("clock")]
        theirs = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs((now() - theirs).total_seconds())
    if apart <= _SECONDS_APART:
        return [HealthFinding("clock")]
    message = N_("The clocks of this machine and of the database's are %(seconds)s seconds apart.")
    remedy = N_("Let both machines keep time by NTP (timedatectl set-ntp true).")
    return [HealthFinding("clock", "apart", message, {"seconds": round(apart)}, remedy)]


def mail(settings: Settings, transport: Transport) -> list[HealthFinding]:
    """Whether the mail server lets the site in, and over an encrypted way."""
    if isinstance(transport, MailFolder):
        if not is_public(settings):
            return [HealthFinding("mail")]
        message = N_("No mail server is set: e-mails are files in %(folder)s, and nobody gets them.")
        return [
            HealthFinding(
                "mail", "folder", message, {"folder": transport.place}, N_("Set MATCHMAKER_MAIL_URL.")
            )
        ]
    try:
        encrypted = transport.probe()
    except MailServerAway as error:
        message = N_("The mail server %(server)s does not let the site in (%(error)s).")
        remedy = N_("Check MATCHMAKER_MAIL_URL: server, port, user, password, and the server's certificate.")
        params = {"server": transport.place, "error": str(error)}
        return [HealthFinding("mail", "away", message, params, remedy)]
    if not encrypted and not transport.is_local:
        message = N_("The mail server %(server)s offers no encryption: anybody on the way reads the e-mails.")
        remedy = N_("Use smtps:// or a server with STARTTLS in MATCHMAKER_MAIL_URL.")
        return [HealthFinding("mail", "unencrypted", message, {"server": transport.place}, remedy)]
    return [HealthFinding("mail")]


def mail_in(mailbox: Mailbox | None) -> list[HealthFinding]:
    """Whether the mailbox in which letters come lets the site in; nothing where no letters come in."""
    if mailbox is None:
        return []
    try:
        mailbox.probe()
    except MailServerAway as error:
        message = N_("The mailbox %(place)s does not let the site in (%(error)s): letters wait in it.")
        remedy = N_(
            "Check MATCHMAKER_MAIL_IN_URL: server, port, user, password, folder, and the server's certificate."
        )
        params = {"place": mailbox.place, "error": str(error)}
        return [HealthFinding("mailbox", "away", message, params, remedy)]
    return [HealthFinding("mailbox")]
