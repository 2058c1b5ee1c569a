"""What lies on the machine: the key, the data folder, the stored files, room on the disks, the backups."""

import os
import shutil
import stat
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from matchmaker.domain.language import N_
from matchmaker.models import StoredFile
from matchmaker.models.base import now
from matchmaker.models.database import Sessions, database_url
from matchmaker.services.backup import backups as made
from matchmaker.services.core import blobs, installation, signing_key
from matchmaker.services.health.findings import HealthFinding
from matchmaker.settings import Settings

_FULL = 85  # per cent
_OLD = timedelta(hours=26)  # a backup a night, and some time to make it
_LONG_KEY = 32


def key(settings: Settings) -> list[HealthFinding]:
    """The key's length, and whether others can read its file; nothing where there is none."""
    path, given = signing_key.path_in(settings.data), settings.secret_key
    if not given and not path.exists():
        return []
    length = len(_key(settings))
    if length < _LONG_KEY:
        message = N_("The key that signs cookies and links has only %(length)s characters.")
        remedy = N_("Set MATCHMAKER_SECRET_KEY to 32 or more at random; everybody signs in again then.")
        return [HealthFinding("key", "short", message, {"length": length}, remedy)]
    if not given and os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        message = N_("Other users of this machine can read the key file %(file)s.")
        return [HealthFinding("key", "open", message, {"file": path}, N_("Run: chmod 600 FILE"))]
    return [HealthFinding("key")]


def _key(settings: Settings) -> str:
    given = settings.secret_key
    return signing_key.usable(given.get_secret_value() if given else None, settings.data, lambda: False)


def known_key(settings: Settings, sessions: Sessions) -> list[HealthFinding]:
    """Whether the key is there and the one that the site last started with; nothing where it is."""
    path = signing_key.path_in(settings.data)
    with sessions() as session:
        mark = signing_key.last_mark(session)
    if not settings.secret_key and not path.exists():
        if mark is None:
            return [HealthFinding("key")]  # made at the first start
        message = N_(
            "The key that signs cookies and links is gone; the site does not start again without it."
        )
        remedy = N_(
            "Set MATCHMAKER_SECRET_KEY, or put the file secret_key back into the data folder. If nobody has it, run: "
            "matchmaker db renew-key"
        )
        return [HealthFinding("key", "lost", message, {}, remedy)]
    if mark is None or mark == signing_key.mark_of(_key(settings)):
        return []
    message = N_("The key that signs cookies and links is another one than the site last started with.")
    remedy = N_(
        "Give all processes of the site the same key. If it was changed on purpose, restart the site and its worker: "
        "everybody signs in again."
    )
    return [HealthFinding("key", "another", message, {}, remedy)]


def storage(settings: Settings) -> list[HealthFinding]:
    """Whether the data folder can be written into."""
    for folder in (settings.data, settings.data / "files"):
        if not folder.exists():
            continue
        try:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"0")
        except OSError as error:
            message = N_("The folder %(folder)s cannot be written into: %(reason)s")
            params = {"folder": folder, "reason": os.strerror(error.errno or 0)}
            remedy = N_("Give it to the user that runs the site, or make room on its disk.")
            return [HealthFinding("storage", "unwritable", message, params, remedy)]
    return [HealthFinding("storage")]


def files(settings: Settings, sessions: Sessions) -> list[HealthFinding]:
    """Whether every stored file is there."""
    folder = settings.data / "files"
    with sessions() as session:
        query = select(StoredFile.sha256).distinct().execution_options(yield_per=1000)
        with closing(session.scalars(query)) as hashes:
            missing = [sha256 for sha256 in hashes if not blobs.path_of(folder, sha256).exists()]
    if not missing:
        return [HealthFinding("storage")]
    message = N_("Stored files are missing: %(count)s, one of them %(file)s.")
    params = {"count": len(missing), "file": blobs.path_of(folder, missing[0])}
    remedy = N_("Take them from a backup: it is a ZIP, and they stand in it under data/files.")
    return [HealthFinding("storage", "missing", message, params, remedy)]


def disks(settings: Settings) -> list[HealthFinding]:
    """The room on the disks of the data folder, an SQLite file and the backups."""
    database = installation.sqlite_file(database_url(settings.database))
    folders = [
        settings.data,
        *([database.parent] if database else []),
        *([settings.backups] if settings.backups else []),
    ]
    found, seen = [], set()
    for folder in filter(Path.exists, folders):
        usage, device = shutil.disk_usage(folder), folder.stat().st_dev
        share = round(100 * usage.used / (usage.used + usage.free))
        if share >= _FULL and device not in seen:
            message = N_("The disk of %(folder)s is %(share)s %% full; %(free)s MB are free.")
            params = {"folder": folder, "share": share, "free": usage.free // 1_000_000}
            found.append(HealthFinding("disk", "full", message, params, N_("Make room, or move the folder.")))
        seen.add(device)
    return found or [HealthFinding("disk")]


def backups(settings: Settings) -> list[HealthFinding]:
    """The age of the newest backup."""
    remedy = N_("Run every night: matchmaker backup --keep 14")
    if settings.backups is None:
        message = N_("No folder of backups is named, so nobody sees how old the newest is.")
        name_it = N_(
            "Set MATCHMAKER_BACKUPS to a folder on another disk, and run every night: matchmaker backup --keep 14"
        )
        return [HealthFinding("backups", "unset", message, {}, name_it)]
    mark = installation.mark_of(settings.data)
    known = made.of_installation(settings.backups, mark) if mark else []
    params: dict[str, object] = {"folder": settings.backups}
    if not known:
        message = N_("There is no backup of this installation in %(folder)s.")
        return [HealthFinding("backups", "none", message, params, remedy)]
    age = now() - made.moment_of(known[0])
    if age > _OLD:
        message = N_("The newest backup is %(hours)s hours old: %(file)s.")
        params = {"hours": int(age.total_seconds() // 3600), "file": known[0]}
        return [HealthFinding("backups", "old", message, params, remedy)]
    return [HealthFinding("backups")]
