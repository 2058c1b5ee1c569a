"""A form that arrived after its session ended: what was typed comes back in a page that sends it again.

Nothing is kept on the server and nothing is sent without a press: the page carries a fresh token of the browser's present
session, so that who signed in elsewhere meanwhile, with or without a code, only has to press once more.
"""

from flask import Response, render_template, request

# Pages on which what was typed is a secret, or is short and typed again sooner than read.
_SECRET = ("account.", "second_factor.", "recovery.", "people.accept")
_OURS = ("csrf_token",)


def can_be_kept() -> bool:
    """Whether the request is a form that may be shown again."""
    endpoint = request.endpoint or ""
    return request.method == "POST" and bool(endpoint) and not endpoint.startswith(_SECRET)


def page(status: int, action: str = "") -> Response:
    """What was typed, ready to be sent again; 401 for who has to sign in first, 400 for who has another session now.

    It goes where it was meant for, or to the address `action`.
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
