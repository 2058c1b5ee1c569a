"""Sending a form twice makes one record: the form carries a token that becomes part of the record's id."""

import re
import secrets

from flask import request

_TOKEN = re.compile("[0-9a-f]{16}")


def token() -> str:
    """A token for a fresh form."""
    return secrets.token_hex(8)


def given() -> str:
    """The token of the form that was sent; anything but one of ours counts as a fresh form."""
    sent = request.form.get("once", "")
    return sent if _TOKEN.fullmatch(sent) else token()
