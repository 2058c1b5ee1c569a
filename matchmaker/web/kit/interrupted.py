"""A form that could not be taken, because its session ended or the database is away: its values come back in a
page that sends it again.

Nothing is stored on the server and nothing is sent without a press: the page has a fresh token of the
browser's present session, so that a person who signed in elsewhere meanwhile, with or without a code, only
has to press once more.
"""

from collections.abc import Callable

from flask import Response, flash, render_template, request
from flask_babel import gettext

# Pages whose typed values are secret, or so short that typing them again is quicker.
_SECRET = ("account.", "second_factor.", "recovery.", "people.accept")
# The token of the form, and secrets: no page shows them again.
_NEVER = ("csrf_token", "password", "current", "code")


# Forms of people who are not signed in, each with what shows it again as it was filled in, but for its secrets.
_SHOWN_AGAIN: dict[str, Callable[[], str]] = {}


def shown_again(endpoint: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Let a function show the form of an endpoint again where the form's token has expired."""

    def note(show: Callable[[], str]) -> Callable[[], str]:
        _SHOWN_AGAIN[endpoint] = show
        return show

    return note


def form_again() -> str | None:
    """The page of the request's form, with what was typed, where it has one of its own."""
    show = _SHOWN_AGAIN.get(request.endpoint or "")
    if show is None:
        return None
    flash(gettext("The form had expired. What you typed is still here: send it again."))
    return show()


def can_be_pressed_again() -> bool:
    """Whether the request is a form, or a button alone, that may be sent again after signing in."""
    endpoint = request.endpoint or ""
    return request.method == "POST" and bool(endpoint) and not endpoint.startswith(_SECRET)


def can_be_kept() -> bool:
    """Whether the request is a form with values that may be shown again."""
    return can_be_pressed_again() and any(name not in _NEVER for name in (*request.form, *request.files))


def page(status: int, action: str = "", lead: str = "") -> Response:
    """The typed values, ready to be sent again; `lead` says why they were not taken, by default that the session
    had ended (401) or is another one now (400).

    The form goes to its own address, or to the address `action`.
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER]
    shown = [value.strip() for _, value in fields if " " in value.strip() or "\n" in value.strip()]
    body = render_template(
        "errors/interrupted.html",
        fields=fields,
        shown=shown,
        files=[file.filename for file in request.files.values() if file.filename],
        action=action or request.full_path.rstrip("?"),
        signed_in=status != 401,
        lead=lead,
        status=status,
    )
    return Response(body, status=status, mimetype="text/html")
