"""The device on which a person has signed in before, known by a signed cookie that lives for a year.

It opens nothing: it only lets its owner guess apart from everybody else. It counts for the people who signed in there,
each until all sessions of that person end (another password, a role that ends, "end all").
"""

import secrets

from flask import after_this_request, current_app, request
from werkzeug.wrappers import Response

from matchmaker.domain.errors import MatchmakerError
from matchmaker.models import User
from matchmaker.services.core import signed_links
from matchmaker.services.people import accounts
from matchmaker.services.people.guesses import Visitor
from matchmaker.web.kit.context import database, product, visitor_address

_COOKIE = "device"
_MOST_OWNERS = 5  # people who share a device; the one who was not there for longest is forgotten
_LONGEST = 1000


def visitor(email: str) -> Visitor:
    """Who types this address: with the device, where the account's owner has signed in on it."""
    device, owners = _kept()
    user = accounts.find(database(), email) if owners else None
    known = user is not None and _owner(user) in owners
    return Visitor(visitor_address(), device if known else "")


def remember(user: User) -> None:
    """Let the answer make this device known as the person's."""
    device, owners = _kept()
    others = [one for one in owners if not one.startswith(f"{user.public_id}.")]
    words = (device or secrets.token_hex(8), " ".join([*others, _owner(user)][-_MOST_OWNERS:]))
    token = signed_links.sign(product().site(), "device", words)

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _COOKIE,
            token,
            max_age=signed_links.LIFETIMES["device"],
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _owner(user: User) -> str:
    return f"{user.public_id}.{user.epoch}"


def _kept() -> tuple[str, list[str]]:
    """The device's id and the people known on it; empty for a cookie that is not the site's, or too old."""
    token = request.cookies.get(_COOKIE, "")
    if not token or len(token) > _LONGEST:
        return "", []
    try:
        device, owners = signed_links.read(product().site(), "device", token, 2)
    except MatchmakerError:
        return "", []
    return device, owners.split()
