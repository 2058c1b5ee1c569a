"""`make audit`: pinned packages beside advisories in the format that OSV publishes."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from tests.checks import audit
from tests.checks.pinned import DEVELOPMENT, PRODUCT, packages

HASH = "--hash=sha256:" + "0" * 64


def advisory(name: str, events: list[dict[str, str]], **fields: Any) -> dict[str, Any]:
    """An advisory as OSV publishes it, shortened to the fields that are read and some that are not."""
    kind = fields.pop("kind", "ECOSYSTEM")
    ranges = [
        {"type": kind, "events": events},
        {"type": "GIT", "repo": "https://example.org/a", "events": [{"introduced": "0"}]},
    ]
    affected = {
        "package": {"name": name, "ecosystem": fields.pop("ecosystem", "PyPI"), "purl": f"pkg:pypi/{name}"},
        "ranges": ranges,
        "versions": fields.pop("versions", []),
    }
    return {
        "schema_version": "1.7.0",
        "id": "GHSA-aaaa-bbbb-cccc",
        "modified": "2026-11-20T10:00:00Z",
        "published": "2026-11-19T10:00:00Z",
        "summary": "A hole",
        "affected": [affected],
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "database_specific": {"severity": "HIGH"},
        **fields,
    }


@pytest.fixture
def locks(tmp_path: Path) -> list[str]:
    """A product of two packages and one tool more."""
    product = f"typed-yaml==5.1 \\\n    {HASH}\nold-web==2.0.1 ; python_full_version >= '3' \\\n    {HASH}\n"
    (tmp_path / "product.lock").write_text(product)
    (tmp_path / "dev.lock").write_text(product + f"tool==1.0 \\\n    {HASH}\n")
    return ["--lock", str(tmp_path / "product.lock"), "--dev-lock", str(tmp_path / "dev.lock")]


def database(tmp_path: Path, *known: dict[str, Any]) -> str:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(known):
            archive.writestr(f"{one['id']}-{number}.json", json.dumps(one))
    return str(path)


def test_a_pinned_version_within_a_range_is_found(
    tmp_path: Path, locks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    held = advisory("Old.Web", [{"introduced": "0"}, {"fixed": "2.0.2"}], aliases=["CVE-2026-1"])
    assert audit.main(["--osv", database(tmp_path, held), *locks]) == 1
    shown = capsys.readouterr().out
    assert "old-web 2.0.1 (product): GHSA-aaaa-bbbb-cccc CVE-2026-1, HIGH, fixed in 2.0.2" in shown
    assert shown.splitlines()[-1].endswith(
        "2 packages of the product and 1 of development beside 1 advisories, the newest of 2026-11-20: found 1"
    )


def test_a_tool_is_told_apart_from_the_product(
    tmp_path: Path, locks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main(["--osv", database(tmp_path, advisory("tool", [{"introduced": "0"}])), *locks]) == 1
    assert "tool 1.0 (development)" in capsys.readouterr().out


def test_what_two_databases_say_of_one_hole_is_said_once(
    tmp_path: Path, locks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first = advisory("tool", [{"introduced": "0"}], aliases=["CVE-2026-2"])
    second = advisory("tool", [{"introduced": "0"}], id="PYSEC-2026-2", aliases=["CVE-2026-2"])
    assert audit.main(["--osv", database(tmp_path, first, second), *locks]) == 1
    assert capsys.readouterr().out.count("tool 1.0") == 1


@pytest.mark.parametrize(
    "clean",
    [
        advisory("old-web", [{"introduced": "0"}, {"fixed": "2.0.1"}]),
        advisory("old-web", [{"introduced": "0"}], withdrawn="2026-11-21T00:00:00Z"),
        advisory("old-web", [{"introduced": "0"}], ecosystem="npm"),
    ],
    ids=["fixed", "withdrawn", "of another ecosystem"],
)
def test_what_touches_nothing_is_no_finding(
    clean: dict[str, Any], tmp_path: Path, locks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    beside = advisory("another", [{"introduced": "0"}])
    assert audit.main(["--osv", database(tmp_path, clean, beside), *locks]) == 0
    assert capsys.readouterr().out.endswith("found 0\n")


@pytest.mark.parametrize(
    ("version", "events", "inside"),
    [
        ("1.0", [{"introduced": "0"}, {"last_affected": "1.0"}], True),
        ("1.0.post1", [{"introduced": "0"}, {"last_affected": "1.0"}], False),
        ("2.0rc1", [{"introduced": "0"}, {"fixed": "2.0"}], True),
        ("1.10", [{"introduced": "1.2"}, {"fixed": "1.9"}], False),
        ("1.10", [{"fixed": "2.5"}, {"introduced": "2.0"}, {"fixed": "1.11"}, {"introduced": "1.2"}], True),
        ("1.15", [{"introduced": "1.2"}, {"fixed": "1.11"}, {"introduced": "2.0"}, {"fixed": "2.5"}], False),
        ("2.0", [{"introduced": "1.0", "limit": "2.0"}], False),
        ("2.0", [{"introduced": "1.0"}, {"limit": "*"}], True),
        ("2.0", [{"introduced": "1.0"}, {"fixed": "two"}], None),
    ],
)
def test_events_switch_a_range_on_and_off(
    version: str, events: list[dict[str, str]], inside: bool | None
) -> None:
    (affected,) = advisory("any", events)["affected"]
    assert audit.touches(Version(version), affected) is inside


def test_a_listed_version_counts_without_a_range() -> None:
    (affected,) = advisory("any", [], versions=["1.0.0"])["affected"]
    assert audit.touches(Version("1.0"), affected)
    assert not audit.touches(Version("1.0.1"), affected)


@pytest.mark.parametrize("content", [None, b"", b"PK not a zip", b"[]"])
def test_without_data_nothing_is_called_clean(
    content: bytes | None, tmp_path: Path, locks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    options = [*locks]
    if content is not None:
        (tmp_path / "all.zip").write_bytes(content)
        options += ["--osv", str(tmp_path / "all.zip")]
    assert audit.main(options) == 2
    shown = capsys.readouterr().out
    assert shown.startswith("no data: ")
    assert "nothing was audited" in shown


def test_the_locks_pin_every_line() -> None:
    product, development = packages(PRODUCT), packages(DEVELOPMENT)
    assert {"flask", "sqlalchemy", "waitress"} <= {one.name for one in product if one.here}
    assert set(product) <= set(development)


def test_a_line_that_pins_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loose.lock").write_text(f"flask>=3 \\\n    {HASH}\n")
    with pytest.raises(ValueError, match="flask>=3"):
        packages(tmp_path / "loose.lock")
