"""A site as in production, on loopback: two web processes, the worker, and the proxy of config/production before them.

The processes are the commands of an installation, with settings by variables; the proxy is Debian's nginx with the very file
that compose uses.
"""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import urllib3

from matchmaker.settings import Settings
from tests.support import production
from tests.support.browser import found_token
from tests.support.missing import without

NAME = "centre.example"
_ROOT = Path(__file__).parents[2]
_PATIENCE = 240.0  # seconds until a process must be ready; a machine may have much else to do


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A command of the product as a process of its own; what it prints is kept."""

    def __init__(self, log: Path, environment: Mapping[str, str], *arguments: str) -> None:
        self._log, self._environment, self.arguments = log, environment, arguments
        self.code = _ROOT  # the checkout whose program is started
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "matchmaker", *self.arguments]
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                command,
                cwd=self.code,
                env={**self._environment, "PYTHONPATH": str(self.code)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 30) -> int | None:
        """End the process and wait until it has; its status."""
        if self._running is None:
            return None
        if self._running.poll() is None:
            self._running.send_signal(number)
        status = self._running.wait(seconds)
        self._running = None
        return status

    @property
    def printed(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def check(self) -> None:
        if self._running is None or self._running.poll() is not None:
            raise AssertionError(f"{' '.join(self.arguments)} ended: {self.printed[-2000:]}")


class LiveSite:
    """The processes of a site and the addresses at which they are reached."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.http, self.https = free_port(), free_port()
        self.ports = (free_port(), free_port())
        own = {
            "MATCHMAKER_DATA": str(folder / "data"),
            "MATCHMAKER_BASE_URL": f"https://{NAME}",
            "MATCHMAKER_TRUSTED_PROXIES": "127.0.0.1",
            "MATCHMAKER_SECRET_KEY": "of a test, and long enough for one",
            "MATCHMAKER_LIMITS": "1000",  # all visitors are of one machine
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")}
        self.settings = {**own, **settings}
        environment = {**inherited, **self.settings}
        self.environment = environment
        self.webs = tuple(
            Process(folder / f"web-{port}.log", {**environment, "MATCHMAKER_PORT": str(port)}, *WEB)
            for port in self.ports
        )
        self.worker = Process(folder / "worker.log", environment, "worker")
        self.certificate = folder / "certificate.pem"
        self._nginx: subprocess.Popen[bytes] | None = None

    def parts(self) -> Settings:
        """The settings of the processes, for a test that prepares or looks into the database."""
        return Settings(
            **{name.removeprefix("MATCHMAKER_").lower(): value for name, value in self.settings.items()},  # type: ignore[arg-type]
            _env_file=None,
        )

    def start(self) -> None:
        for web in self.webs:
            web.start()
        self.worker.start()
        self._start_proxy()
        for port, web in zip(self.ports, self.webs, strict=True):
            self.wait_until_ready(port, web)

    def wait_until_ready(self, port: int, web: Process) -> None:
        """Until a web process says that it can do its work."""
        patience = time.monotonic() + _PATIENCE
        while not _answers(port, "/readyz"):
            web.check()
            assert time.monotonic() < patience, f"not ready: {_said(port)} {web.printed[-2000:]}"
            time.sleep(0.1)

    def renew(self, number: int) -> None:
        """Restart one web process as an administrator does: end it, start it, wait until it is ready."""
        self.webs[number].stop()
        self.webs[number].start()
        self.wait_until_ready(self.ports[number], self.webs[number])

    def run_code(self, code: Path) -> None:
        """Start from now on the program of a checkout, with the options that it knows."""
        known = (code / "matchmaker" / "cli" / "serve.py").read_text(encoding="utf-8")
        for process in (*self.webs, self.worker):
            process.code = code
        for web in self.webs:
            web.arguments = tuple(word for word in WEB if not word.startswith("--") or word in known)

    def command(self, *arguments: str, code: Path = _ROOT) -> None:
        """Run a command of the product to its end."""
        command = [sys.executable, "-m", "matchmaker", *arguments]
        environment = {**self.environment, "PYTHONPATH": str(code)}
        done = subprocess.run(
            command, check=False, cwd=code, env=environment, capture_output=True, text=True, timeout=_PATIENCE
        )
        assert done.returncode == 0, f"matchmaker {' '.join(arguments)}: {done.stderr[-2000:]}"

    def stop(self) -> None:
        for process in (*self.webs, self.worker):
            process.stop()
        if self._nginx is not None:
            self._nginx.terminate()
            self._nginx.wait(10)

    def visitor(self, address: str = "127.0.0.1", language: str = "en") -> "Visitor":
        return Visitor(self.https, self.certificate, address, language)

    def _start_proxy(self) -> None:
        key = self.folder / "key.pem"
        subprocess.run(
            f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={NAME} "
            f"-addext subjectAltName=DNS:{NAME} -keyout {key} -out {self.certificate}".split(),
            check=True,
            capture_output=True,
            timeout=30,
        )
        values = {
            "SITE_NAME": NAME,
            "SITE_HTTP": f"127.0.0.1:{self.http}",
            "SITE_HTTPS": f"127.0.0.1:{self.https}",
            "SITE_WEB_1": f"127.0.0.1:{self.ports[0]}",
            "SITE_WEB_2": f"127.0.0.1:{self.ports[1]}",
            "SITE_CERTIFICATE": str(self.certificate),
            "SITE_CERTIFICATE_KEY": str(key),
        }
        template = production.NGINX.read_text(encoding="utf-8")
        assert production.variables(template) == set(values)
        (self.folder / "matchmaker.conf").write_text(production.filled(template, values), encoding="utf-8")
        temporary = "".join(
            f"    {kind}_temp_path {self.folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''}\n"
            f"daemon off;\npid {self.folder}/nginx.pid;\nevents {{}}\n"
            f"http {{\n    include /etc/nginx/mime.types;\n{temporary}    include {self.folder}/matchmaker.conf;\n}}\n",
            encoding="utf-8",
        )
        with (self.folder / "nginx.log").open("wb") as log:
            self._nginx = subprocess.Popen(
                [nginx(), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "stderr"],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        patience = time.monotonic() + 10
        while not _listens(self.https):
            said = (self.folder / "nginx.log").read_text()
            assert self._nginx.poll() is None, said
            assert time.monotonic() < patience, said
            time.sleep(0.02)


# The web process and the worker stand apart, as the units and compose start them.
WEB = ("serve", "--site-only")


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None or shutil.which("openssl") is None:
        without("nginx or openssl is not here (Debian: apt-get install nginx openssl)")
    return str(found)


class Visitor:
    """A browser at one address: one connection that is kept, cookies by their names, the form's token filled in."""

    def __init__(self, port: int, certificate: Path, address: str, language: str) -> None:
        self.pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            port,
            maxsize=1,
            block=True,
            retries=False,
            timeout=30,
            source_address=(address, 0),
            ca_certs=str(certificate),
            server_hostname=NAME,
            assert_hostname=NAME,
            ssl_minimum_version=ssl.TLSVersion.TLSv1_2,
        )
        self._headers = {"Host": NAME, "Accept-Language": language, "Referer": f"https://{NAME}/"}
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, address: str, headers: Mapping[str, str] | None = None, **content: Any
    ) -> urllib3.BaseHTTPResponse:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given = {**self._headers, **({"Cookie": cookies} if cookies else {}), **(headers or {})}
        answer = self.pool.request(method, address, headers=given, redirect=False, **content)
        for line in answer.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        return self.ask("GET", address, headers)

    def post(
        self,
        address: str,
        fields: Mapping[str, Any],
        page: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """Post a form found on `page` (the address itself by default)."""
        where = page or address
        token = found_token(self.get(where).data.decode(), where)
        return self.ask("POST", address, headers, fields={"csrf_token": token, **fields})

    def sign_in(self, email: str, password: str) -> "Visitor":
        answer = self.post("/login", {"email": email, "password": password})
        assert answer.status == 302, answer.data.decode()[-2000:]
        return self


def _answers(port: int, address: str) -> bool:
    try:
        return (
            urllib3.request("GET", f"http://127.0.0.1:{port}{address}", retries=False, timeout=20).status
            == 200
        )
    except urllib3.exceptions.HTTPError:
        return False


def _said(port: int) -> str:
    try:
        return urllib3.request(
            "GET", f"http://127.0.0.1:{port}/readyz", retries=False, timeout=5
        ).data.decode()
    except urllib3.exceptions.HTTPError as error:
        return str(error)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def live_site(settings: Mapping[str, str]) -> Iterator[LiveSite]:
    """A site that is prepared by the caller, started by `start`, and gone afterwards."""
    nginx()
    folder = Path(tempfile.mkdtemp(prefix="matchmaker-site-"))
    site = LiveSite(folder, settings)
    try:
        yield site
    finally:
        site.stop()
        shutil.rmtree(folder, ignore_errors=True)
