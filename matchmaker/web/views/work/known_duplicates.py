"""Likely duplicates, found once a process."""

from flask import current_app

from matchmaker.services.profiles import duplicates


def known() -> duplicates.KnownDuplicates:
    """What this process knows of likely duplicates."""
    found: duplicates.KnownDuplicates = current_app.extensions.setdefault(
        "duplicates", duplicates.KnownDuplicates()
    )
    return found
