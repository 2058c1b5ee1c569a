"""The order on the disk: what belongs to nothing goes after a day, what is waited for stays, what is gone raises an alarm."""

import io
import os
import time
from pathlib import Path

from sqlalchemy import select

from matchmaker.models import Job, StoredFile
from matchmaker.models.database import Sessions
from matchmaker.services.core import blobs
from matchmaker.services.files import sweeper
from matchmaker.services.health import findings

TWO_DAYS_AGO = time.time() - 2 * 86_400


def kept(data: Path, content: bytes) -> str:
    return blobs.keep_any(data / "files", io.BytesIO(content), largest=1_000).sha256


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def age(data: Path) -> None:
    for path in data.rglob("*"):
        os.utime(path, (TWO_DAYS_AGO, TWO_DAYS_AGO))


def row(sha256: str) -> StoredFile:
    return StoredFile(
        role="drawing", name="a.pdf", media_type="application/pdf", size=1, sha256=sha256, details={}
    )


def names(data: Path) -> set[str]:
    return {path.name for folder in sweeper.FOLDERS for path in (data / folder).rglob("*") if path.is_file()}


def test_what_belongs_to_nothing_goes_after_a_day(sessions: Sessions, tmp_path: Path) -> None:
    mine, waited, nobodys = (kept(tmp_path, content) for content in (b"mine", b"waited", b"nobody's"))
    previews = [put(tmp_path / "previews" / f"{key}-1.png") for key in (mine, nobodys)]
    put(tmp_path / "files" / ".upload-cut")
    put(tmp_path / "copies" / f"{mine}-abc")
    put(tmp_path / "imports" / "0123456789abcdef.xlsx")
    with sessions.begin() as session:
        session.add_all((row(mine), Job(kind="files.parts", arguments={"sha256": waited})))
    assert sweeper.sweep(sessions, tmp_path).removed == 0
    age(tmp_path)
    fresh = kept(tmp_path, b"fresh")
    assert sweeper.sweep(sessions, tmp_path).removed == 5
    assert names(tmp_path) == {mine, waited, fresh, previews[0].name}


def test_a_row_without_its_file_is_a_finding_until_the_file_is_back(
    sessions: Sessions, tmp_path: Path
) -> None:
    sha256 = kept(tmp_path, b"mine")
    with sessions.begin() as session:
        withdrawn = row("0" * 64)
        withdrawn.details = {"withdrawn": "2026-11-23"}
        session.add_all((row(sha256), withdrawn))
    assert sweeper.sweep(sessions, tmp_path).missing == 0
    path = blobs.path_of(tmp_path / "files", sha256)
    path.rename(tmp_path / "elsewhere")
    assert sweeper.sweep(sessions, tmp_path).missing == 1
    with sessions() as session:
        [found] = [
            one
            for one in findings.of_work(session, tmp_path)
            if one.part == "files" and one.state != "stopped"
        ]
    assert (found.state, str(found)) == ("missing", "Files whose content cannot be found on the disk: 1.")
    assert sweeper.end_alarms(sessions, tmp_path) == 0
    (tmp_path / "elsewhere").rename(path)
    assert sweeper.end_alarms(sessions, tmp_path) == 1
    assert sweeper.sweep(sessions, tmp_path).missing == 0
    with sessions() as session:
        assert "missing" not in {one.state for one in findings.of_work(session, tmp_path)}
        assert sweeper.MISSING not in session.scalars(select(StoredFile)).all()[0].details


def test_the_sweep_is_made_once_a_day(sessions: Sessions, tmp_path: Path) -> None:
    assert sweeper.sweep_daily(sessions, tmp_path) is not None
    assert sweeper.sweep_daily(sessions, tmp_path) is None
    os.utime(tmp_path / ".swept", (TWO_DAYS_AGO, TWO_DAYS_AGO))
    assert sweeper.sweep_daily(sessions, tmp_path) is not None
