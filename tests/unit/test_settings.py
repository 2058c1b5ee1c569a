"""Where settings come from: variables, and files of secrets as systemd and containers hand them over."""

from pathlib import Path

import pytest

from matchmaker.cli.common import settings
from matchmaker.domain.errors import SettingInvalid
from matchmaker.settings import Settings


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return folder


def test_a_secret_stands_in_a_file(credentials: Path) -> None:
    (credentials / "matchmaker_secret_key").write_text("key of the file\n")
    (credentials / "matchmaker_database_url").write_text("postgresql+psycopg://of@the/file\n")
    read = Settings(_env_file=None)
    assert read.secret_key is not None
    assert read.secret_key.get_secret_value() == "key of the file"
    assert read.database == "postgresql+psycopg://of@the/file"


def test_a_variable_counts_before_a_file(credentials: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (credentials / "matchmaker_secret_key").write_text("key of the file")
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "key of the variable")
    read = Settings(_env_file=None).secret_key
    assert read is not None
    assert read.get_secret_value() == "key of the variable"


def test_a_file_that_may_not_be_read_is_named(credentials: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = credentials / "matchmaker_secret_key"
    secret.write_text("key")

    def refuse(path: Path, *_args: object, **_kwargs: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(SettingInvalid, match=r"matchmaker_secret_key.*Permission denied"):
        settings()
