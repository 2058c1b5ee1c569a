"""`make sbom`: the bill says what the lock installs."""

import json
from pathlib import Path

import pytest

from tests.checks import sbom
from tests.checks.pinned import PRODUCT, packages


def test_the_bill_names_every_package_with_its_licence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill, again = tmp_path / "bill.json", tmp_path / "again.json"
    assert sbom.main(["--output", str(bill)]) == sbom.main(["--output", str(again)]) == 0
    assert bill.read_bytes() == again.read_bytes()
    made = json.loads(bill.read_text())
    parts = {part["name"]: part for part in made["components"]}
    assert {(part["name"], part["version"]) for part in made["components"]} == {
        (one.name, str(one.version)) for one in packages(PRODUCT) if one.here
    }
    assert all(part["licenses"] and part["hashes"] for part in parts.values())
    assert parts["python-stdnum"]["licenses"][0]["license"]["name"].startswith("GNU Lesser")
    assert parts["flask"]["licenses"][0]["license"]["id"] == "BSD-3-Clause"
    needs = {one["ref"].partition("@")[0]: one.get("dependsOn", []) for one in made["dependencies"]}
    assert f"werkzeug@{parts['werkzeug']['version']}" in needs["flask"]
    assert "valid CycloneDX 1.6" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["flask==0.1", "never-published==1.0"])
def test_no_bill_of_what_is_not_installed(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.lock").write_text(f"{line} \\\n    --hash=sha256:{'0' * 64}\n")
    assert sbom.main(["--lock", str(tmp_path / "other.lock"), "--output", str(tmp_path / "bill.json")]) == 2
    assert capsys.readouterr().out.startswith("no bill: ")
    assert not (tmp_path / "bill.json").exists()
