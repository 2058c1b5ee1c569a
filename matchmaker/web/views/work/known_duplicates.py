"""Likely duplicates, found once a process."""

from flask import current_app

from matchmaker.services.profiles import duplicates


def known() -> duplicates.KnownDuplicates:
    """The likely duplicates that this process knows."""
    found: duplicates.KnownDuplicates = current_app.extensions.setdefault(
        "duplicates", duplicates.KnownDuplicates()
    )
    return found
