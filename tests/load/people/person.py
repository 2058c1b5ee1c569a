"""Somebody with a browser: the requests, the looks at their answers, and what all people of the process share."""

import random
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import gevent
from locust import FastHttpUser

from tests.load.answers import problem_of
from tests.load.cast import Cast, Login
from tests.load.page_forms import PageForm


class Plan:
    """What all people of this process share: who is there, how long they think, how the numbers are drawn."""

    cast: Cast
    pause: tuple[float, float] = (0.0, 0.0)
    chance = random.Random(1)
    waiting: ClassVar[dict[str, list[Login]]] = {}  # people who are not at work yet, by role


class Wrong(Exception):
    """An answer that is not the right one: what the person came for cannot go on."""


class Person(FastHttpUser):
    """Somebody with a browser: a connection that is kept, cookies, a pause after each answer."""

    abstract = True
    role = ""
    network_timeout = connection_timeout = 60.0

    def wait_time(self) -> float:
        return Plan.chance.uniform(*Plan.pause)

    def think(self) -> None:
        """The pause in which a person reads the page or types."""
        gevent.sleep(self.wait_time())

    def ask(
        self,
        kind: str,
        path: str,
        *,
        says: str = "",
        sends: Mapping[str, object] | None = None,
        leads: str | None = None,
        overtaken: str = "",
        **given: Any,
    ) -> str:
        """The text of an answer that says something, or the address to which a sent form leads; "" where somebody else was
        faster, and the page says so in the words `overtaken`.
        """
        if sends is not None:
            given["data"] = dict(sends)
        headers = {"Accept-Language": "en", **given.pop("headers", {})}
        with self.client.request(
            "GET" if sends is None else "POST",
            path,
            name=f"{self.role}|{kind}",
            catch_response=True,
            allow_redirects=False,
            headers=headers,
            **given,
        ) as answer:
            text = answer.text or ""
            place = urlsplit(answer.headers.get("Location", "") if answer.headers else "").path
            problem = problem_of(answer.status_code, text, place, says, leads, overtaken)
            if problem:
                answer.failure(problem)
            else:
                answer.success()
        if problem:
            raise Wrong
        return text if leads is None else place

    def fill_in(
        self,
        kind: str,
        form: PageForm | None,
        page: str,
        fields: Mapping[str, str],
        *,
        leads: str,
        overtaken: str = "",
    ) -> str:
        """Send a form of a page with some fields filled in; where it leads, "" where somebody else was faster."""
        if form is None:
            raise Wrong
        self.think()
        sent = {**form.fields, **fields}
        return self.ask(kind, form.action or page, sends=sent, leads=leads, overtaken=overtaken)

    def send(
        self,
        kind: str,
        form: PageForm | None,
        page: str,
        fields: Mapping[str, str],
        *,
        leads: str,
        said: str,
        overtaken: str = "",
    ) -> None:
        """Send a form of a page with some fields filled in, and read on the next page that it is done."""
        to = self.fill_in(kind, form, page, fields, leads=leads, overtaken=overtaken)
        if to:
            self.ask(f"{kind}, the page after it", to, says=said)
