"""The command: the arguments, the parts, the figure."""

import argparse
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from aiosmtpd.controller import Controller
from pydantic import SecretStr

from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.checks import kills
from tests.checks.kills.check import Check
from tests.checks.kills.served import Inbox, Site
from tests.support import postgresql
from tests.support.live_site import free_port

SHORT_LEASE = (
    1.0  # seconds, in place of the product's half a minute and more, so that a kill costs no waiting
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-kills", description=kills.__doc__)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--postgresql", action="store_true", help="on a server made for it, which is struck too"
    )
    parser.add_argument(
        "--own-leases", action="store_true", help="the product's leases: half a minute and more a kill"
    )
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started it with signals ignored
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = f"sqlite:///{folder / 'check.sqlite3'}"
        if given.postgresql:
            binaries = postgresql.binaries()
            if binaries is None:
                print(postgresql.HINT)
                return 2
            cluster = postgresql.Cluster(binaries)
            stack.callback(cluster.stop)
            address = cluster.url.render_as_string(hide_password=False)
        inbox = Inbox()
        server = Controller(inbox, hostname="127.0.0.1", port=free_port())
        server.start()
        stack.callback(server.stop)
        data = folder / "data"
        settings = {
            "data": str(data),
            "database_url": address,
            "mail_url": f"smtp://127.0.0.1:{server.port}",
            "limits": "1000",
            "log_level": "warning",
        }
        application = Application(Settings(data=data, database_url=SecretStr(address), _env_file=None))
        stack.callback(application.close)
        site = Site(folder, settings, 0 if given.own_leases else SHORT_LEASE)
        check = Check(application, site, inbox, given.seed)
        stack.callback(site.stop)
        strikes = [check.at_random("site"), check.at_random("worker"), check.at_random("site", "worker")]
        if given.postgresql:
            strikes += [check.backend("terminated"), check.backend("killed")]
        check.run(given.kills, strikes)
        print(f"{check.figure}, in {time.monotonic() - began:.0f} s")
        return 0 if check.good else 1


if __name__ == "__main__":
    sys.exit(main())
