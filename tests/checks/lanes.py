"""`make check-lanes`: a real `matchmaker serve` is broken by hand, and the figure says how it came through.

A mail server that never answers while the index moves; a second site on the same port; SIGTERM while people open pages and
that mail server still hangs. Kills by SIGKILL are `make check-kills`.
"""

import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import func, select

from matchmaker.cli.common import END_SECONDS
from matchmaker.domain.lifecycle import MailState
from matchmaker.models import Mail, Outbox
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.mail import letters
from matchmaker.services.needs import needs
from matchmaker.services.people import password_reset
from matchmaker.services.profiles import suppliers
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.support import served
from tests.support.records import supplier

VISITORS = 12


def waited(said: Callable[[], object], seconds: float = 50) -> float:
    """The seconds until something holds."""
    started = monotonic()
    while not said():
        assert monotonic() - started < seconds, "it did not come"
        sleep(0.05)
    return monotonic() - started


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as silent:
        data, log = Path(folder) / "data", Path(folder) / "serve.log"
        mail = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        application = Application(Settings(data=data))
        _write(application)
        with served.command(log, "serve", "--port", "0", data=str(data), mail_url=mail) as child:
            port = served.port_of(log)
            first = silent.accept()
            indexed = waited(lambda: _count(application, Outbox) == 0)
            print(
                f"mail server silent: index moves after {indexed:.1f} s, letters wait: {_letters(application)}"
            )
            waited(lambda: served.ask(port, "/readyz")[0] == 200)
            second = Path(folder) / "second.log"
            with served.command(second, "serve", "--port", str(port), data=str(data)) as other:
                taken, lines = other.wait(50), len(second.read_text(encoding="utf-8").splitlines())
            print(f"second site on the port: status {taken}, {lines} line")
            first[0].close()
            hanging, _ = silent.accept()  # the lane of letters hangs anew
            visitors = served.Visitors(port, "/suppliers")
            with hanging, visitors.coming(VISITORS):
                waited(lambda: sum(visitors.statuses.values()) >= VISITORS)
                started = monotonic()
                status = served.end(child, 30)
                ended = monotonic() - started
            told = ", ".join(f"{code}: {number}" for code, number in sorted(visitors.statuses.items()))
            print(
                f"SIGTERM under {VISITORS} visitors: answers {told}; ended in {ended:.1f} s, status {status}"
            )
        application.close()
    good = taken == 2 and lines == 1 and status == 0 and not visitors.lost and ended < END_SECONDS
    figure = f"answers lost {len(visitors.lost)}, ended in {ended:.1f} s of {END_SECONDS:.0f}"
    print(figure if good else f"FAILED: {figure} {visitors.lost}")
    return 0 if good else 1


def _write(application: Application) -> None:
    """A letter and a supplier that wait, and a job."""
    with application.sessions.begin() as session:
        centre = needs.centre_of(session, application.settings.centre)
        suppliers.save_many(
            session, [supplier()], application.recogniser, RecordOrigin(centre, "file", "check")
        )
        values = letters.example("profile_published")
        letters.post(session, "profile_published", "reader@example.org", "en", values)
        password_reset.ask_reset(session, "nobody@example.org")


def _count(application: Application, table: type[Outbox]) -> int:
    with application.sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _letters(application: Application) -> int:
    with application.sessions() as session:
        query = select(func.count()).select_from(Mail).where(Mail.state == MailState.WAITING)
        return session.scalar(query) or 0


if __name__ == "__main__":
    sys.exit(main())
