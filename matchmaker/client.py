"""A client of the interface for programs: pages of lists are walked, changes are sent again until they are answered.

site = Client("https://centre.example", key)
for supplier in site.entries("suppliers", q="turning of stainless shafts", limit=50):
...
need = site.post("needs", {"id": "erp-17", "title": "Flanges", "text": "…"})
site.put(f"needs/{need.body['key']}", {...}, revision=need.revision)
site.upload(f"needs/{need.body['key']}/drawings", "flange.pdf", content)
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import unquote, urlencode, urljoin

import urllib3

OPEN_AGAIN = frozenset({429, 503})
MOST_TRIES = 5
LONGEST_WAIT = 60.0  # seconds between two tries
_WHOLE_NAME = re.compile(r"filename\*=UTF-8''([^;\s]+)")
_LEFT = re.compile(r";r=(\d+)")
OLDEST_MESSAGE = 300  # seconds; an older message may be one that somebody else kept


class ApiProblem(Exception):
    """A refusal: `status`, `code`, which is the same in every language, `detail` for people, `problems` by field."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail", ""))
        self.problems: list[Mapping[str, Any]] = list(body.get("problems", ()))
        super().__init__(f"{status} {self.code}: {self.detail}")


@dataclass(frozen=True, slots=True)
class ClientAnswer:
    """An answer: its body, the bytes of a file; the revision that a change names, the address of the next part of a list or of a
    thing that was made.
    """

    body: Any
    status: int
    revision: str = ""
    following: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedDownload:
    """A file as it came: the name that the site gave it, its type, its bytes."""

    name: str
    media_type: str
    content: bytes


class Client:
    """A site, and the key with which a program acts there. `sleep` waits between tries."""

    def __init__(
        self,
        site: str,
        key: str = "",
        *,
        language: str = "en",
        timeout: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root = site.rstrip("/") + "/api/v1/"
        self._headers = {"Accept": "application/json", "Accept-Language": language}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self.left: int | None = None  # the requests that may still come at once, as the last answer told
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)
        self._sleep = sleep

    def get(self, path: str, **filters: object) -> ClientAnswer:
        """Read an address. Raises ApiProblem, and ConnectionError where the site did not answer."""
        return self._asked("GET", path + (f"?{urlencode(filters)}" if filters else ""))

    def entries(self, path: str, **filters: object) -> Iterator[Mapping[str, Any]]:
        """All entries of a list, part by part."""
        answer = self.get(path, **filters)
        while True:
            yield from answer.body["items"]
            if not answer.following:
                return
            answer = self._asked("GET", answer.following)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> ClientAnswer:
        """Make something, once, however often it had to be sent."""
        return self._asked("POST", path, body)

    def put(self, path: str, body: Mapping[str, Any], revision: str = "") -> ClientAnswer:
        """Change something at a revision."""
        return self._asked("PUT", path, body, {"If-Match": revision} if revision else {})

    def delete(self, path: str, revision: str = "") -> ClientAnswer:
        """End or withdraw something, at a revision where the address asks for one."""
        return self._asked("DELETE", path, more={"If-Match": revision} if revision else {})

    def upload(self, path: str, name: str, content: bytes, **filters: object) -> ClientAnswer:
        """Send a file, once, however often it had to be sent."""
        form, kind = urllib3.encode_multipart_formdata({"file": (name, content)})
        where = path + (f"?{urlencode(filters)}" if filters else "")
        return _read(self._sent("POST", where, form, {"Content-Type": kind}))

    def download(self, path: str, **filters: object) -> ReceivedDownload:
        """A file; one that is being made for its reader is waited for. Raises ApiProblem, ConnectionError."""
        where = path + (f"?{urlencode(filters)}" if filters else "")
        for number in range(1, MOST_TRIES + 1):
            answer = self._sent("GET", where, None, {"Accept": "*/*"})
            if answer.status != 202 or number == MOST_TRIES:
                break
            where = answer.headers["Location"]
            self._sleep(min(2.0**number, LONGEST_WAIT))
        if answer.status != 200:
            raise ApiProblem(answer.status, json.loads(answer.data))
        return ReceivedDownload(
            _name_of(answer.headers.get("Content-Disposition", "")),
            answer.headers.get("Content-Type", ""),
            answer.data,
        )

    def _asked(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> ClientAnswer:
        headers, sent = dict(more or {}), None
        if body is not None:
            sent, headers["Content-Type"] = json.dumps(body, ensure_ascii=False).encode(), "application/json"
        return _read(self._sent(method, path, sent, headers))

    def _sent(
        self, method: str, path: str, sent: bytes | None, more: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        """The answer; asked again while the site is busy or away."""
        headers = {**self._headers, **more}
        if method != "GET":
            headers["Idempotency-Key"] = secrets.token_urlsafe(24)
        for number in range(1, MOST_TRIES + 1):
            wait = min(2.0**number, LONGEST_WAIT)
            try:
                answer = self._pool.request(method, urljoin(self._root, path), body=sent, headers=headers)
            except urllib3.exceptions.HTTPError as error:
                if number == MOST_TRIES:
                    raise ConnectionError(f"{self._root} did not answer") from error
            else:
                left = _LEFT.search(answer.headers.get("RateLimit", ""))
                self.left = int(left[1]) if left else self.left
                if answer.status not in OPEN_AGAIN or number == MOST_TRIES:
                    return answer
                told = answer.headers.get("Retry-After", "")
                wait = min(float(told), LONGEST_WAIT) if told.isdigit() else wait
            self._sleep(wait)
        raise AssertionError


def _read(answer: urllib3.BaseHTTPResponse) -> ClientAnswer:
    found = json.loads(answer.data) if answer.data else {}
    if answer.status >= 400:
        raise ApiProblem(answer.status, found)
    link = answer.headers.get("Link", "")
    following = link.partition(">")[0].removeprefix("<") if 'rel="next"' in link else ""
    told = answer.headers
    return ClientAnswer(found, answer.status, told.get("ETag", ""), following, told.get("Location", ""))


def _name_of(disposition: str) -> str:
    """The name in a Content-Disposition, "" where it has none."""
    whole = _WHOLE_NAME.search(disposition)
    if whole:
        return unquote(whole[1])
    message = Message()
    message["Content-Disposition"] = disposition
    return message.get_filename("") or ""


def heard(
    secret: str, headers: Mapping[str, str], body: bytes, *, at: float | None = None
) -> Mapping[str, Any]:
    """The content of a message of the site. Raises ValueError for one that is not the site's, or old."""
    given = {name.lower(): value for name, value in headers.items()}
    stamp = given.get("webhook-timestamp", "")
    covered = f"{given.get('webhook-id', '')}.{stamp}.".encode() + body
    made = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), covered, hashlib.sha256).digest()
    right = f"v1,{base64.b64encode(made).decode()}"
    if not any(hmac.compare_digest(one, right) for one in given.get("webhook-signature", "").split()):
        raise ValueError("the signature is not the site's")
    if not stamp.isdigit() or abs((time.time() if at is None else at) - int(stamp)) > OLDEST_MESSAGE:
        raise ValueError("the message is old")
    content: Mapping[str, Any] = json.loads(body)
    return content
