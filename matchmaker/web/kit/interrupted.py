"""A form that arrived after its session ended: its values come back in a page that sends it again.

Nothing is stored on the server and nothing is sent without a press: the page has a fresh token of the
browser's present session, so that a person who signed in elsewhere meanwhile, with or without a code, only
has to press once more.
"""

from flask import Response, render_template, request

# Pages whose typed values are secret, or so short that typing them again is quicker.
_SECRET = ("account.", "second_factor.", "recovery.", "people.accept")
_OURS = ("csrf_token",)


def can_be_kept() -> bool:
    """Whether the request is a form that may be shown again."""
    endpoint = request.endpoint or ""
    return request.method == "POST" and bool(endpoint) and not endpoint.startswith(_SECRET)


def page(status: int, action: str = "") -> Response:
    """The typed values, ready to be sent again; 401 for a person who must sign in first, 400 for one with
    another session now.

    The form goes to its own address, or to the address `action`.
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _OURS]
    shown = [value.strip() for _, value in fields if " " in value.strip() or "\n" in value.strip()]
    body = render_template(
        "errors/interrupted.html",
        fields=fields,
        shown=shown,
        files=[file.filename for file in request.files.values() if file.filename],
        action=action or request.full_path.rstrip("?"),
        signed_in=status != 401,
    )
    return Response(body, status=status, mimetype="text/html")
