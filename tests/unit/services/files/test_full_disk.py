"""A disk that is full at the n-th write of an upload, for every n: nothing half kept, and all works once there is room again."""

import io
from pathlib import Path

import pytest

from matchmaker.services.core import blobs
from tests.support.full_disk import full_at

CONTENT = b"%PDF-1.4 a drawing"


def keep(folder: Path) -> blobs.StoredBlob:
    return blobs.keep_any(folder, io.BytesIO(CONTENT), largest=1_000)


def test_an_upload_is_whole_or_absent_wherever_the_disk_is_full(tmp_path: Path) -> None:
    with full_at(0) as disk:
        keep(tmp_path / "count")
    assert disk.calls >= 6
    for number in range(1, disk.calls + 1):
        folder = tmp_path / str(number)
        with full_at(number), pytest.raises(OSError, match="No space left"):
            keep(folder)
        found = [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
        assert all(path.read_bytes() == CONTENT for path in found)
        assert not [path for path in found if path.name.startswith(".")]
        kept = keep(folder)
        assert blobs.read(folder, kept.sha256, "key") == CONTENT
