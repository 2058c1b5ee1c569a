"""The lists and texts that shops upload: opened in the background, and what is found in them kept as suggestions."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers import inventories
from matchmaker.domain.errors import FileRefused, UnreadableFile
from matchmaker.models import Profile, User
from matchmaker.sandbox import child_process
from matchmaker.services.core import blobs, locks
from matchmaker.services.extraction import proposals, suggestions
from matchmaker.services.files import file_jobs
from matchmaker.services.mail import letters
from search.text import Recogniser

LARGEST = 5_000_000  # bytes of a list of machines or prices
FILL = "shop_list"  # the job


def receive(upload: tuple[str, IO[bytes]], data: Path) -> tuple[str, str]:
    """Store a list (file name, stream); its name and hash. Raises FileRefused."""
    name, stream = upload
    return name[:200], blobs.keep_any(data / "files", stream, largest=LARGEST).sha256


def ask(
    session: Session, profile: Profile, received: tuple[str, str], text: str, user: User, language: str
) -> str:
    """Have a list opened and looked through together with the text beside it; the key of the job."""
    name, sha256 = received
    asked = {"profile": profile.public_id, "name": name, "sha256": sha256, "text": text, "language": language}
    return file_jobs.ask(session, FILL, user, **asked)


def fill(session: Session, asked: Mapping[str, Any], data: Path, recogniser: Recogniser) -> Mapping[str, Any]:
    """The job: the numbers of new and known suggestions, or the problem of a list that cannot be read."""
    path = blobs.path_of(data / "files", str(asked["sha256"]))
    try:
        with child_process.of_person(str(asked["by"])):
            listed, doubts = inventories.opened(str(asked["name"]), path)
    except (FileRefused, UnreadableFile) as error:
        return {"problem": file_jobs.problem_of(error)}
    lines = [*inventories.of_text(str(asked["text"])), *listed]
    read = proposals.propose(lines, recogniser, str(asked["language"]))
    words = letters.words(str(asked["language"]))
    told = (f"{one.subject}: {words(one.problem.message)}" for one in doubts)
    read = replace(read, unread=(*read.unread, *told))
    profile = session.scalars(select(Profile).where(Profile.public_id == asked["profile"])).one()
    locks.lock_row(session, profile)
    new, known = suggestions.keep(session, profile, read)
    return {"new": new, "known": known, "unread": len(read.unread)}
