"""`make check-entry`: who gets in. Sessions end with every event, neither answer nor time tells who has an account, and
limits say the true time to return. Figures last, status 1 where one is missed.

    python -m tests.checks.entry [pairs]
"""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import time_machine
from sqlalchemy import delete

from matchmaker.models import RateLimit
from matchmaker.models.base import now
from matchmaker.services.people import accounts, api_keys, guesses
from matchmaker.web.edge import request_limits
from matchmaker.worker import Worker
from tests.support.browser import Browser, text
from tests.support.small_centre import (
    EDITOR,
    OPERATOR,
    PASSWORD,
    Centre,
    change_password,
    enter,
    firm_key,
    key_of,
    path_in,
    role_of,
    small_centre,
)
from tests.support.time_gaps import TimeGap, time_gap

PAIRS = 200
MOST_MILLISECONDS, MOST_SHARE = 5.0, 0.10
# What differs from one answer to the next in any case: the token of a form, the id of a request.
_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"|name="once" value="[^"]*"')
_KEY = re.compile(r"mmk_[A-Za-z0-9_-]{43}")
Event = Callable[[Centre, Browser], None]


def _change_email(centre: Centre, browser: Browser) -> None:
    form = {"current": PASSWORD, "email": "fresh@example.org"}
    browser.post("/account/email", form, page="/account/email")
    Worker(centre.application).work()
    link = path_in(centre, "new e-mail", "/account/email/")
    browser.post(link, page=link)


def _lose_role(centre: Centre, _browser: Browser) -> None:
    enter(centre, OPERATOR).post(f"/people/{key_of(centre, EDITOR)}/roles/{role_of(centre, EDITOR)}/end")


def _be_closed(centre: Centre, _browser: Browser) -> None:
    enter(centre, OPERATOR).post(f"/people/{key_of(centre, EDITOR)}/close")


def _be_blocked(centre: Centre, _browser: Browser) -> None:
    enter(centre, OPERATOR).post(f"/account/people/of/{firm_key(centre)}/block", {"blocked": "yes"})


EVENTS: Mapping[str, Event] = {
    "sign-out": lambda _centre, browser: browser.post("/logout") and None,
    "another password": change_password,
    "another address": _change_email,
    "a role ends": _lose_role,
    "the account is closed": _be_closed,
    "the firm is blocked": _be_blocked,
    "all sessions end": lambda _centre, browser: browser.post("/account/end-all") and None,
}


def _copy(centre: Centre, browser: Browser) -> Callable[[], int]:
    """What the account answers to a copy of the browser's cookie, taken now."""
    cookie, thief = browser.client.get_cookie("matchmaker"), centre.another()
    assert cookie is not None
    thief.client.set_cookie("matchmaker", cookie.value)
    return lambda: int(thief.get("/account").status_code)


def _key(centre: Centre, browser: Browser) -> Callable[[], int]:
    """What programs are answered with a key that the browser makes until its sign-out."""
    form = {"name": "check", "scope": "read", "days": str(api_keys.UNTIL_SIGN_OUT)}
    page = text(browser.post("/account/keys/", form, page="/account/keys/"))
    header = {"Authorization": f"Bearer {_KEY.findall(page)[0]}"}
    program = centre.another().client
    return lambda: int(program.get("/api/v1/needs", headers=header).status_code)


def endings(folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Event, credential, and whether it is refused on the next request: the copied cookie of a session, of a
    remembered one, and a key made in that browser until sign-out.
    """
    for number, (name, event) in enumerate(EVENTS.items()):
        with small_centre(folder / str(number)) as centre:
            brief, remembered = enter(centre, EDITOR), enter(centre, EDITOR, remember=True)
            held = {
                "session": _copy(centre, brief),
                "remembered session": _copy(centre, remembered),
                "key": _key(centre, brief),
            }
            assert [ask() for ask in held.values()] == [200] * 3
            event(centre, brief)
            if name == "sign-out":  # ends the sessions of its own browser
                event(centre, remembered)
            yield from ((name, what, ask() in {302, 401}) for what, ask in held.items())


def _forms(centre: Centre) -> Mapping[str, Callable[[str], tuple[str, Mapping[str, str]]]]:
    """Form → the address and the fields that are sent for an e-mail address."""
    person = {"name": "Somebody", "password": "long-enough-password", "consent": "1"}
    firm = {"organisation": firm_key(centre), "role": "supplier_editor"}
    return {
        "sign-in": lambda email: ("/login", {"email": email, "password": "wrong password"}),
        "reset": lambda email: ("/password", {"email": email}),
        "registration": lambda email: ("/register", {**person, "email": email}),
        "another address": lambda email: ("/account/email", {"email": email, "current": PASSWORD}),
        "invitation": lambda email: ("/account/people", {**firm, "email": email}),
    }


def gaps(folder: Path, pairs: int) -> Iterator[tuple[str, bool, TimeGap]]:
    """Form, whether a known and an unknown address are answered alike, and the gap in time."""
    with small_centre(folder / "gaps", limits=1000) as centre:
        with centre.application.sessions.begin() as session:
            accounts.by_email(session, EDITOR).memberships[0].chief = True
            home = accounts.by_email(session, OPERATOR).memberships[0].centre
            for number in range(pairs):
                made = accounts.AccountDetails(f"known{number}@example.org", "Known", confirmed=True)
                accounts.grant(
                    session,
                    accounts.create_user(session, made, by="check"),
                    "operator",
                    by="check",
                    centre=home,
                )
        anonymous, chief = centre.another(), enter(centre, EDITOR)
        for name, form in _forms(centre).items():
            browser = chief if name in {"another address", "invitation"} else anonymous
            page = "/account/people" if name == "invitation" else form("")[0]
            token = browser.token(page)

            def send(email: str) -> tuple[int, str | None, str]:
                where, fields = form(email)  # noqa: B023 - asked within the round
                data = {"csrf_token": token, **fields}  # noqa: B023
                answer = browser.client.post(where, data=data, headers=browser.headers)  # noqa: B023
                told = _TOKEN.sub("", answer.get_data(as_text=True)).replace(email, "")
                return answer.status_code, answer.headers.get("Location"), told

            gap, alike = time_gap(
                pairs,
                lambda number: send(f"known{number}@example.org"),
                lambda number: send(f"{name[:5]}{number}@example.com"),  # noqa: B023
            )
            yield name, alike, gap


def limits(folder: Path) -> Iterator[tuple[str, bool]]:
    """Limited request, and whether the time to return is true: refused a second before, let through then."""
    wrong = {"email": EDITOR, "password": "wrong password"}
    anonymous: Mapping[str, tuple[str, str, dict[str, str]]] = {
        "sign-in": ("POST", "/login", wrong),
        "reset": ("POST", "/password", {"email": EDITOR}),
        "registration": (
            "POST",
            "/register",
            {"email": "a@example.org", "name": "A", "password": "green-lathes-7", "consent": "1"},
        ),
        "search": ("GET", "/map", {}),
        "programs": ("GET", "/api/v1/needs", {}),
    }
    personal: Mapping[str, tuple[str, str, dict[str, str]]] = {
        "password again": ("POST", "/account/password", {"current": "wrong", "password": "x"}),
        "letters": ("POST", "/account/join", {"inn": "1", "organisation": "A", "role": "supplier_editor"}),
        "files": ("POST", "/shop/profile/fill", {}),
        "messages": ("POST", "/needs/none/messages/none", {"text": "A"}),
    }
    with small_centre(folder / "limits") as centre, time_machine.travel(now(), tick=False) as clock:
        for name, (method, where, fields) in {**anonymous, **personal}.items():
            with centre.application.sessions.begin() as session:
                session.execute(delete(RateLimit))
            browser = enter(centre, EDITOR) if name in personal else centre.another()
            data = {"csrf_token": browser.token("/account" if name in personal else "/login"), **fields}
            ask = lambda: browser.client.open(where, method=method, data=data if method == "POST" else None)  # noqa: B023, E731
            most = max(
                guesses.MACHINE.most,
                request_limits.UPLOADS.of_person,
                request_limits.PROGRAM_READS.of_machine,
            )
            refused = next(
                (answer for answer in (ask() for _ in range(most + 1)) if answer.status_code == 429), None
            )
            if refused is None:
                yield name, False
                continue
            seconds = int(refused.headers["Retry-After"])
            clock.shift(timedelta(seconds=seconds - 1))
            before = ask().status_code
            clock.shift(timedelta(seconds=1))
            yield name, before == 429 and ask().status_code != 429


def main(pairs: int) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ended = list(endings(folder))
        told = list(gaps(folder, pairs))
        limited = list(limits(folder))
    for event, credential, refused in ended:
        if not refused:
            print(f"{event}: a {credential} still answers")
    for name, true in limited:
        if not true:
            print(f"{name}: the time to return is not true")
    for name, alike, gap in told:
        print(f"{name}: {'alike' if alike else 'NOT ALIKE'}, {gap} ({pairs} pairs)")
    quiet = [alike and gap.is_below(MOST_MILLISECONDS, MOST_SHARE) for _, alike, gap in told]
    print(
        f"sessions ended {sum(one for *_, one in ended)} of {len(ended)}, forms that tell nothing {sum(quiet)} of {len(quiet)}, "
        f"true times to return {sum(true for _, true in limited)} of {len(limited)}"
    )
    return 0 if all(quiet) and all(one for *_, one in ended) and all(true for _, true in limited) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS))
