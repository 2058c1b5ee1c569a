"""A person or a program at a served site: requests over loopback, with the cookies that came back."""

import http.client
import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_HIDDEN = re.compile(
    r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"|name="(csrf_token)" value="([^"]+)"'
)
_GAPS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, the path that it sends to, its text in one line, its ETag."""

    status: int
    location: str
    text: str
    etag: str = ""


@dataclass
class Visitor:
    """A browser at the address HOST:PORT, or a program by the headers that it sends; each request is a connection."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 30

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection(self.address, timeout=self.seconds)
        sent = {"Accept-Language": "en", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        sent |= self.headers | dict(headers or {}) | ({"Content-Type": kind} if kind else {})
        with closing(connection):
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            text = answer.read().decode("utf-8", "replace")
            place = urlsplit(answer.headers.get("Location", ""))
            location = f"{place.path}?{place.query}" if place.query else place.path
            etag = answer.headers.get("ETag", "")
            return Answer(answer.status, location, _GAPS.sub(" ", text), etag)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def hidden(self, page: str) -> dict[str, str]:
        """The hidden values of the forms on a page. Raises ValueError where it cannot be had now."""
        answer = self.get(page)
        if answer.status != 200:
            raise ValueError(f"{page}: {answer.status}")
        return {one[1] or one[3]: one[2] or one[4] or "" for one in _HIDDEN.finditer(answer.text)}

    def post(
        self, path: str, page: str, fields: Mapping[str, str], files: Sequence[tuple[str, bytes]] = ()
    ) -> Answer:
        """A form found on `page`, with files."""
        return self.ask("POST", path, *sealed({**self.hidden(page), **fields}, files))


def sealed(fields: Mapping[str, str], files: Sequence[tuple[str, bytes]] = ()) -> tuple[bytes, str]:
    """The body of a form and its kind, as browsers send it."""
    if not files:
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    mark = secrets.token_hex(16)
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts += [
        f'name="file"; filename="{_quoted(name)}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
        + content
        for name, content in files
    ]
    start = f"--{mark}\r\nContent-Disposition: form-data; ".encode()
    body = b"".join(start + part + b"\r\n" for part in parts) + f"--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"


def _quoted(name: str) -> str:
    """A file's name as browsers send it."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
