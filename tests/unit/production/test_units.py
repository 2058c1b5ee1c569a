"""The units of systemd: they start real commands, and their services can do little else."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import production
from tests.support.missing import without
from tests.support.production import FOLDER

UNITS = FOLDER / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
SHARED = UNITS / "matchmaker-.service.d" / "all.conf"


@pytest.fixture
def analyze(tmp_path: Path) -> Path:
    """The units in a folder of their own, with a program in place of the one that is not installed here."""
    if shutil.which("systemd-analyze") is None:
        without("systemd-analyze is not here (Debian: apt-get install systemd)")
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for service in folder.glob("*.service"):
        service.write_text(service.read_text().replace("/opt/matchmaker/bin/matchmaker", "/bin/true"))
    return folder


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_COLORS": "0"}
    command = ["systemd-analyze", "--no-pager", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=environment)


def units_of(folder: Path) -> list[str]:
    names = sorted(path.name.replace("@.", "@8001.") for path in folder.iterdir() if path.is_file())
    return [str(folder / name) for name in names]


def test_systemd_takes_the_units(analyze: Path) -> None:
    found = run(analyze, "verify", "--man=no", *units_of(analyze))
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("service", [path.name.replace("@.", "@8001.") for path in SERVICES])
def test_a_service_is_little_exposed(analyze: Path, service: str) -> None:
    """systemd's own measure, 10 for a service without any confinement; above 2 it calls one at risk at last."""
    found = run(analyze, "security", "--offline=true", "--threshold=20", service)
    assert found.returncode == 0, found.stdout
    assert re.search(r"exposure level for \S+: [01]\.\d OK", found.stdout), found.stdout


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_service_starts_a_real_command(service: Path) -> None:
    commands = re.findall(r"/opt/matchmaker/bin/matchmaker ([^'\"\n]+)", service.read_text())
    assert commands
    for command in commands:
        assert production.unknown_command(command.split()) is None


@pytest.mark.parametrize("name", ["NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n"])
def test_what_confines_holds_for_every_service(name: str) -> None:
    assert name in SHARED.read_text()
    assert all(service.name.startswith("matchmaker-") for service in SERVICES), (
        "the folder's name is their prefix"
    )


def test_no_service_is_given_up() -> None:
    """A database that is away for a minute at boot ends nothing for good."""
    assert "StartLimitIntervalSec=0" in SHARED.read_text().partition("[Service]")[0]
    assert "Restart=always" in SHARED.read_text()


def test_the_target_brings_all_units_up() -> None:
    wanted = (UNITS / "matchmaker.target").read_text()
    for path in UNITS.iterdir():
        if path.suffix == ".timer" or (path.suffix == ".service" and not path.with_suffix(".timer").exists()):
            assert path.stem.rstrip("@") in wanted, path.name
    assert len(re.findall(r"matchmaker-web@\d+\.service", wanted)) == 2
