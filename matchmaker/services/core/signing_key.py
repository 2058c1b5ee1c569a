"""The key that signs cookies and links: given by a setting, or kept in the data folder."""

import secrets
from pathlib import Path

from matchmaker.domain.errors import SettingInvalid, StartRefused
from matchmaker.domain.language import N_
from matchmaker.services.core import written_once

LEAST = 16  # characters; a kept key has 64
_FILE = "secret_key"


def path_in(folder: Path) -> Path:
    """The file in which a data folder keeps its key."""
    return folder / _FILE


def usable(given: str | None, folder: Path) -> str:
    """The given key, else the kept one, made if there is none. Raises SettingInvalid or StartRefused for a key that is
    empty or too short.
    """
    if given is not None:
        if len(given) < LEAST:
            raise SettingInvalid(
                name="MATCHMAKER_SECRET_KEY",
                reason=N_("it is shorter than 16 characters; take 32 or more at random"),
            )
        return given
    path = path_in(folder)
    kept = written_once.keep(path, secrets.token_urlsafe(48))
    if len(kept) < LEAST:
        raise StartRefused(
            N_(
                "The key file %(file)s is empty or too short. Put it back from a backup, or delete it: a new key is made, "
                "everybody signs in again, and links in letters sent so far end."
            ),
            file=path,
        )
    return kept
