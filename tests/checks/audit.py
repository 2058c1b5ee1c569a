"""`make audit OSV=…`: the pinned packages beside a database of published advisories, without a network.

The database is what OSV publishes for PyPI: its zip file of advisories, a folder of them unpacked, or one advisory. Status 0 where
no advisory touches a pinned version, 1 where one does, 2 where there was nothing to audit with.
"""

import argparse
import json
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tests.checks.pinned import DEVELOPMENT, PRODUCT, Package, packages

Advisory = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that touches a pinned package; `unsure` where its versions cannot be compared."""

    package: Package
    lock: str
    names: tuple[str, ...]  # of the advisory, the first its own
    severity: str
    fixed: str
    summary: str
    unsure: bool = False

    def __str__(self) -> str:
        known_as = " ".join(self.names[:3])
        advice = "its versions cannot be compared: look at it" if self.unsure else f"fixed in {self.fixed}"
        return (
            f"{self.package.name} {self.package.version} ({self.lock}): {known_as}, {self.severity}, {advice}"
            f"\n    {self.summary}"
        )


def advisories(source: Path) -> Iterator[Advisory]:
    """The advisories of a file or folder that speak of PyPI; those that were withdrawn are left out."""
    for text in _documents(source):
        parsed = json.loads(text)
        for one in parsed if isinstance(parsed, list) else parsed.get("vulns", [parsed]):
            if not one.get("withdrawn") and any(map(_of_pypi, one.get("affected", ()))):
                yield one


def _of_pypi(affected: Mapping[str, Any]) -> bool:
    """Whether it speaks of a package of PyPI; "PyPI:…" names another index of the same kind."""
    return str(affected.get("package", {}).get("ecosystem", "")).partition(":")[0] == "PyPI"


def _documents(source: Path) -> Iterator[bytes]:
    if source.is_dir():
        for path in sorted(source.rglob("*.json")):
            yield path.read_bytes()
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield archive.read(name)
    else:
        yield source.read_bytes()


def audit(locked: Mapping[str, Sequence[Package]], known: Sequence[Advisory]) -> list[Finding]:
    """The findings, one a package and hole: what two databases say of one hole is said once."""
    touching: dict[str, list[tuple[Advisory, Mapping[str, Any]]]] = defaultdict(list)
    for advisory in known:
        for affected in advisory.get("affected", ()):
            if _of_pypi(affected):
                touching[canonicalize_name(affected["package"]["name"])].append((advisory, affected))
    findings: list[Finding] = []
    seen: dict[Package, set[str]] = defaultdict(set)
    for lock, pinned in locked.items():
        for package in pinned:
            for advisory, affected in touching[package.name]:
                names = (advisory["id"], *advisory.get("aliases", ()))
                hit = touches(package.version, affected)
                if hit is False or seen[package] & set(names):
                    continue
                seen[package].update(names)
                findings.append(_finding(package, lock, names, advisory, affected, unsure=hit is None))
    return findings


def touches(version: Version, affected: Mapping[str, Any]) -> bool | None:
    """Whether an advisory speaks of a version, by its list and its ranges; None where a range has a bound that
    is no version.
    """
    if any(_version(listed) == version for listed in affected.get("versions", ())):
        return True
    ranges = [one for one in affected.get("ranges", ()) if one["type"] in {"ECOSYSTEM", "SEMVER"}]
    answers = [_within(version, one["events"]) for one in ranges]
    if True in answers:
        return True
    return None if None in answers else False


def _within(version: Version, events: Sequence[Mapping[str, str]]) -> bool | None:
    """Events sorted by version switch the range on and off; a bound that is no version leaves it open."""
    moments: list[tuple[Version, int, str]] = []
    for event in events:
        for kind, bound in event.items():
            at = Version("0.dev0") if bound == "0" else _version(bound)
            if kind == "limit" and bound == "*":
                continue
            if at is None:
                return None
            moments.append((at, kind != "introduced", kind))
    inside = False
    for at, _, kind in sorted(moments):
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind in {"fixed", "limit"} and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _finding(
    package: Package,
    lock: str,
    names: tuple[str, ...],
    advisory: Advisory,
    affected: Mapping[str, Any],
    *,
    unsure: bool,
) -> Finding:
    fixes = [
        fixed
        for one in affected.get("ranges", ())
        for event in one["events"]
        if one["type"] != "GIT" and (fixed := _version(event.get("fixed", ""))) and fixed > package.version
    ]
    scores = advisory.get("severity") or affected.get("severity") or ()
    rated = advisory.get("database_specific", {}).get("severity") or next(
        (one["score"] for one in scores), ""
    )
    summary = advisory.get("summary") or advisory.get("details", "").strip().partition("\n")[0]
    return Finding(
        package,
        lock,
        names,
        rated or "severity not said",
        str(min(fixes)) if fixes else "no version yet",
        summary[:160],
        unsure,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="make audit", description=__doc__)
    asked.add_argument(
        "--osv", type=Path, help="OSV's zip file for PyPI, a folder of advisories, or one advisory"
    )
    asked.add_argument("--lock", type=Path, default=PRODUCT, help="the lock of the product")
    asked.add_argument("--dev-lock", type=Path, default=DEVELOPMENT, help="the lock of the development tools")
    given = asked.parse_args(arguments)
    if given.osv is None:
        print("no data: give OSV=FILE (osv.dev publishes PyPI/all.zip); nothing was audited")
        return 2
    try:
        known = list(advisories(given.osv))
    except (OSError, ValueError, AttributeError) as error:
        print(f"no data: {given.osv} is no database of OSV ({error}); nothing was audited")
        return 2
    if not known:
        print(f"no data: {given.osv} holds no advisory about PyPI; nothing was audited")
        return 2
    product = packages(given.lock)
    development = [one for one in packages(given.dev_lock) if one not in product]
    findings = audit({"product": product, "development": development}, known)
    for finding in findings:
        print(finding)
    newest = max(advisory.get("modified", "") for advisory in known)[:10] or "an unknown day"
    print(
        f"{len(product)} packages of the product and {len(development)} of development beside {len(known)} advisories, "
        f"the newest of {newest}: found {len(findings)}"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
