"""Likely duplicates, found once a process."""

from flask import current_app

from matchmaker.services.profiles import duplicates


def known() -> duplicates.Known:
    """What this process knows of likely duplicates."""
    found: duplicates.Known = current_app.extensions.setdefault("duplicates", duplicates.Known())
    return found
