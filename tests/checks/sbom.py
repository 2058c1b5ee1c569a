"""`make sbom [SBOM=FILE]`: the packages that the lock installs here, with versions, hashes and licences, as CycloneDX JSON.

The same lock and interpreter give the same bytes, so that two bills can be compared.
"""

import argparse
import hashlib
import re
import sys
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_supported_id
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from matchmaker import __version__
from tests.checks.pinned import PRODUCT, Package, packages

_CLASSIFIER = "License :: OSI Approved :: "
# Classifiers that mean one identifier of SPDX.
_IDENTIFIERS = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


def bill(lock: Path) -> Bom:
    """The bill of the product with what the lock installs on this interpreter; each depends on what its metadata names.
    Raises PackageNotFoundError or ValueError where something else is installed than the lock says.
    """
    pinned = [one for one in packages(lock) if one.here]
    installed = {one.name: _installed(one) for one in pinned}
    hashes = _hashes(lock.read_text(encoding="utf-8"))
    made = {name: _component(one, hashes[name, one.version]) for name, one in installed.items()}
    product = Component(
        name="matchmaker",
        version=__version__,
        type=ComponentType.APPLICATION,
        bom_ref="matchmaker",
        licenses=[LicenseFactory().make_from_string("Apache-2.0")],
    )
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(lock.read_bytes()).hexdigest()),
        components=made.values(),
    )
    bom.metadata = BomMetaData(component=product)
    bom.metadata.timestamp = None
    bom.register_dependency(product, made.values())
    for name, one in installed.items():
        bom.register_dependency(made[name], [made[other] for other in _needed(one) if other in made])
    return bom


def _installed(package: Package) -> Distribution:
    found = distribution(package.name)
    if Version(found.version) != package.version:
        raise ValueError(f"{package.name} {found.version} is installed, the lock has {package.version}")
    return found


def _component(installed: Distribution, hashes: Sequence[str]) -> Component:
    name, version = canonicalize_name(installed.name), installed.version
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{version}",
        purl=PackageURL("pypi", name=name, version=version),
        licenses=[_licence(installed)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in hashes],
    )


def _licence(installed: Distribution) -> License:
    """The licence as the package states it: an expression or an identifier before the names of classifiers."""
    said = installed.metadata
    stated = (said.get("License") or "").strip().partition("\n")[0]
    named = [
        one.removeprefix(_CLASSIFIER)
        for one in said.get_all("Classifier") or ()
        if one.startswith(_CLASSIFIER)
    ]
    words = said.get("License-Expression") or (
        stated
        if is_supported_id(stated)
        else " AND ".join(_IDENTIFIERS.get(one, one) for one in named) or stated
    )
    if not words:
        raise ValueError(f"{installed.name} states no licence")
    return LicenseFactory().make_from_string(words)


def _needed(installed: Distribution) -> set[str]:
    parsed = map(Requirement, installed.requires or ())
    return {
        canonicalize_name(one.name)
        for one in parsed
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }


def _hashes(text: str) -> Mapping[tuple[str, str], list[str]]:
    """The hashes of a package's files by its name and version."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    package = ("", "")
    for line in text.splitlines():
        if pin := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", line):
            package = (canonicalize_name(pin[1]), pin[2])
        if hashed := re.search(r"--hash=sha256:([0-9a-f]{64})", line):
            found[package].append(hashed[1])
    return found


def written(bom: Bom) -> str:
    """The bill as text. Raises ValueError where it is not what CycloneDX prescribes."""
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem is not None:
        raise ValueError(str(problem))
    return text + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="make sbom", description=__doc__)
    asked.add_argument("--lock", type=Path, default=PRODUCT)
    asked.add_argument("--output", type=Path, default=Path("dist/matchmaker.cdx.json"))
    given = asked.parse_args(arguments)
    try:
        made = bill(given.lock)
        text = written(made)
    except (PackageNotFoundError, ValueError) as error:
        print(f"no bill: {error}; install what {given.lock.name} says first")
        return 2
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(text, encoding="utf-8")
    licences = {repr(one) for part in made.components for one in part.licenses}
    print(
        f"{given.output}: {len(made.components)} packages, each with its licence, {len(licences)} licences in all, "
        "valid CycloneDX 1.6"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
