"""The small network, and the people and programs who write into it through a served site."""

import json
import os
import time
from collections.abc import Callable

from sqlalchemy import func, select

from matchmaker.models import (
    AuditEntry,
    Mail,
    Match,
    Message,
    Need,
    Organisation,
    Profile,
    Quote,
    Session,
    SpareCapacity,
    StoredFile,
)
from matchmaker.services.people import accounts, api_keys
from matchmaker.wiring import Application
from tests.access.world import PASSWORD, World
from tests.checks.kills.writers import Sent, Writer
from tests.support.visitor import Answer, Visitor, sealed


class Network:
    """The small network, and the people who write into it through a served site."""

    def __init__(self, application: Application, port: int) -> None:
        self._world = World(application)
        application.close()  # so that the worker alone writes the index
        self._application, self._address = application, f"127.0.0.1:{port}"

    def _browser(self, name: str) -> tuple[Visitor, Callable[[], dict[str, str]]]:
        """A person in a browser of its own, and the token of its forms; it signs in when that is first asked for."""
        visitor, token = Visitor(self._address), dict[str, str]()

        def tokens() -> dict[str, str]:
            if not token:
                form = {"email": self._world.emails[name], "password": PASSWORD}
                answer = visitor.post("/login", "/login", form)
                if answer.status != 302:
                    raise ValueError(answer.text)
                token["csrf_token"] = visitor.hidden("/account")["csrf_token"]
            return token

        return visitor, tokens

    def _program(self, name: str) -> Visitor:
        with self._application.sessions.begin() as session:
            user = accounts.by_email(session, self._world.emails[name])
            secret = api_keys.make(session, user, "kills", write=True, days=30)
        return Visitor(self._address, headers={"Authorization": f"Bearer {secret}"})

    def _entries(self, name: str, action: str) -> Callable[[Session], int]:
        with self._application.sessions() as session:
            actor = accounts.by_email(session, self._world.emails[name]).public_id
        query = select(func.count()).where(AuditEntry.actor == actor, AuditEntry.action == action)
        return lambda session: session.scalar(query) or 0

    def writers(self) -> list[Writer]:
        return [
            self._needs_by_form(),
            self._needs_by_program(),
            self._messages(),
            self._quotes_by_form(),
            self._quotes_by_program(),
            self._profile(),
            self._hours(),
            self._drawings(),
        ]

    def _needs_by_form(self) -> Writer:
        visitor, tokens = self._browser("CO")

        def prepare(mark: str) -> Sent:
            form = {
                **tokens(),
                "once": os.urandom(8).hex(),
                "text": "Токарная обработка",
                "title": f"F{mark}",
            }
            body = sealed(form)
            return Sent(f"F{mark}", lambda: visitor.ask("POST", "/needs/new", *body))

        query = select(Need.title).where(Need.title.like("F%"))
        return Writer(
            "need by form",
            prepare,
            lambda session: list(session.scalars(query)),
            self._entries("CO", "need.created"),
        )

    def _needs_by_program(self) -> Writer:
        program = self._program("CX")

        def prepare(mark: str) -> Sent:
            body = f'{{"id": "P{mark}", "text": "Turning of flanges, steel 45, {mark} pcs"}}'
            return Sent(f"P{mark}", lambda: _asked(program, "POST", "/api/v1/needs", body, f"need-{mark}"))

        query = select(Need.external_id).where(Need.external_id.like("P%"))
        return Writer(
            "need by program",
            prepare,
            lambda session: list(session.scalars(query)),
            self._entries("CX", "need.created"),
        )

    def _messages(self) -> Writer:
        visitor, tokens = self._browser("CO")
        thread = self._world.things("threads")["open"].values
        where, reader = f"/needs/{thread['key']}/messages/{thread['match']}", self._world.emails["SI"]

        def prepare(mark: str) -> Sent:
            body = sealed({**tokens(), "text": f"M{mark}", "audience": "all"})
            return Sent(f"M{mark}", lambda: visitor.ask("POST", where, *body))

        letters = select(func.count()).where(Mail.recipient == reader, Mail.text.contains(where))
        return Writer(
            "message",
            prepare,
            lambda session: list(session.scalars(select(Message.text).where(Message.text.like("M%")))),
            self._entries("CO", "message.written"),
            letters=lambda session: session.scalar(letters) or 0,
        )

    def _quote(self, need: str, shop: str) -> Callable[[Session], list[str]]:
        query = (
            select(Quote.amount_minor)
            .join(Quote.match)
            .join(Match.profile)
            .join(Profile.organisation)
            .join(Match.need)
            .where(Need.public_id == need, Organisation.external_id == shop)
        )
        return lambda session: [str((one or 0) // 100) for one in session.scalars(query)]

    def _quotes_by_form(self) -> Writer:
        visitor, tokens = self._browser("SN")
        key = str(self._world.things("needs")["nda"].values["key"])
        where = f"/needs/{key}/quote"

        def prepare(mark: str) -> Sent:
            form = {"amount": mark, "currency": "RUB", "lead_time_days": "20", "do": "submit"}
            body = sealed({**tokens(), **visitor.hidden(where), **form})
            return Sent(mark, lambda: visitor.ask("POST", where, *body))

        stored, told = self._quote(key, "sn"), self._entries("SN", "quote.submitted")
        return Writer("quote by form", prepare, stored, told, adds=False)

    def _quotes_by_program(self) -> Writer:
        program = self._program("SI")
        key = str(self._world.things("needs")["open"].values["key"])
        where = f"/api/v1/needs/{key}/quote"

        def prepare(mark: str) -> Sent:
            body = f'{{"amount": "{mark}", "currency": "RUB", "lead_time_days": 20, "submit": true}}'
            present = program.get(where)
            if present.status not in {200, 404}:
                raise ValueError(present.text)
            tag = {"If-Match": present.etag} if present.status == 200 else {}
            return Sent(mark, lambda: _asked(program, "PUT", where, body, f"quote-{mark}", tag))

        stored, told = self._quote(key, "si"), self._entries("SI", "quote.submitted")
        return Writer("quote by program", prepare, stored, told, adds=False)

    def _profile(self) -> Writer:
        visitor, tokens = self._browser("SO")
        where = "/shop/profile/basics"

        def prepare(mark: str) -> Sent:
            form = {"name-ru": f"Цех {mark}", "name-en": "Shop", "city": "Тверь"}
            body = sealed({**tokens(), **visitor.hidden(where), **form})
            return Sent(mark, lambda: visitor.ask("POST", where, *body))

        query = select(Profile.waiting).join(Profile.organisation).where(Organisation.external_id == "shop")

        def stored(session: Session) -> list[str]:
            waiting = session.scalar(query)
            return [waiting["name"]["ru"].removeprefix("Цех ")] if waiting else []

        return Writer("profile", prepare, stored, self._entries("SO", "supplier.drafted"), adds=False)

    def _hours(self) -> Writer:
        """The change that goes to the index."""
        program, where = self._program("SX"), "/api/v1/shop/capacity"
        plan: dict[str, str] = {}

        def prepare(mark: str) -> Sent:
            if not plan:
                found = program.get(where)
                if found.status != 200:
                    raise ValueError(found.text)
                given = json.loads(found.text)
                plan.update(group=given["groups"][0], week=given["weeks"][0])
            hours = f"{int(mark) % 1600 / 10 + 1:.1f}"
            entry = f'{{"group": "{plan["group"]}", "week": "{plan["week"]}", "maximum": {hours}}}'
            body = f'{{"hours": [{entry}]}}'
            return Sent(hours, lambda: _asked(program, "PUT", where, body, f"hours-{mark}"))

        query = (
            select(SpareCapacity.maximum_hours)
            .join(Profile, Profile.id == SpareCapacity.profile_id)
            .join(Profile.organisation)
            .where(Organisation.external_id == "sx")
        )
        return Writer(
            "hours",
            prepare,
            lambda session: [f"{one:.1f}" for one in session.scalars(query)],
            self._entries("SX", "capacity.stated"),
            adds=False,
        )

    def _drawings(self) -> Writer:
        """Files, at most twenty a need; the first comes with its need."""
        visitor, tokens = self._browser("CN")
        place = {"need": "", "files": 0}

        def prepare(mark: str) -> Sent:
            file = [(f"{mark}.txt", f"drawing {mark} {os.urandom(8).hex()}".encode())]
            time.sleep(0.3)  # each is opened in a process of its own
            if place["need"] and int(place["files"]) % 20:
                body = sealed(tokens(), file)
                place["files"] = int(place["files"]) + 1
                return Sent(mark, lambda: visitor.ask("POST", f"{place['need']}/drawings", *body))
            body = sealed({**tokens(), "once": os.urandom(8).hex(), "text": "Валы"}, file)

            def post() -> Answer:
                answer = visitor.ask("POST", "/needs/new", *body)
                if answer.status == 302:
                    place.update(need=answer.location, files=int(place["files"]) + 1)
                return answer

            return Sent(mark, post)

        query = select(StoredFile.name).where(StoredFile.name.like("%.txt"))
        return Writer(
            "drawing",
            prepare,
            lambda session: [name.removesuffix(".txt") for name in session.scalars(query)],
            self._entries("CN", "drawing.added"),
        )


def _asked(
    program: Visitor, method: str, where: str, body: str, key: str, headers: dict[str, str] | None = None
) -> Answer:
    given = {"Idempotency-Key": key, **(headers or {})}
    return program.ask(method, where, body.encode(), "application/json", given)
