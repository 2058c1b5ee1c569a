"""The tokens of forms: a form sent twice makes one record, since its token becomes part of the record's id."""

import re
import secrets

from flask import request

_TOKEN = re.compile("[0-9a-f]{16}")


def token() -> str:
    """A token for a fresh form."""
    return secrets.token_hex(8)


def given() -> str:
    """The token of the sent form; a token that is not the site's counts as a fresh one."""
    sent = request.form.get("once", "")
    return sent if _TOKEN.fullmatch(sent) else token()
