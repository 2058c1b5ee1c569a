"""Who may import whom, and what a bare import loads."""

import ast
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.support import rooms

ROOT = Path(__file__).parents[2]
PACKAGES = ("matchmaker", "search", "importers")
HEAVY = {
    "sqlalchemy",
    "flask",
    "numpy",
    "sklearn",
    "tantivy",
    "elasticsearch",
    "pymorphy3",
    "pydantic",
    "scipy",
}


def test_an_import_only_points_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", is_debug_mode=False) == 0


@pytest.mark.parametrize("package", ["matchmaker", "search", "importers", "matchmaker.cli"])
def test_a_bare_import_loads_nothing_heavy(package: str) -> None:
    code = f"import json, sys, {package}; print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout
    assert not HEAVY & set(json.loads(loaded))


def _passed_on(path: Path) -> set[str]:
    """Names that a module lists as its own though it only imports them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    listed = {
        name
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for name in ast.literal_eval(node.value)
    }
    return listed & imported


def test_only_packages_pass_names_on() -> None:
    """A module that hands on another's name hides from the contracts whom its readers depend on."""
    passed_on = {
        str(path.relative_to(ROOT)): names
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.stem != "__init__" and (names := _passed_on(path))
    }
    assert passed_on == {}


def test_the_map_on_the_page_is_what_is_checked() -> None:
    assert rooms.written() == rooms.drawn(), "Renew docs/architecture.md: python -m tests.support.rooms"


def test_every_contract_of_layers_has_its_picture() -> None:
    assert set(rooms.contracts("layers")) == set(rooms.PICTURES)


def test_the_order_of_the_product_names_all_that_stands_in_it() -> None:
    order = rooms.layers(rooms.contracts("layers")["An arrow only points down"])
    named = {name for layer in order for name in layer}
    assert named == {*rooms.parts_of("matchmaker"), *set(PACKAGES) - {"matchmaker"}}


def test_every_package_is_on_the_map() -> None:
    there = {name for package in PACKAGES for name in rooms.packages(package)} - {"matchmaker"}
    assert {name for name in there if f"| `{name}` |" not in rooms.written()} == set()


def _classes() -> dict[str, list[str]]:
    """Files of the product's classes by their names."""
    found: dict[str, list[str]] = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(str(path.relative_to(ROOT)))
    return found


def test_a_class_name_means_one_thing() -> None:
    assert {name: files for name, files in _classes().items() if len(files) > 1} == {}


@pytest.mark.parametrize("layer", ["matchmaker/services", "matchmaker/web", "search", "importers"])
def test_a_module_name_stands_once_a_layer(layer: str) -> None:
    names = Counter(
        path.stem for path in (ROOT / layer).rglob("*.py") if path.stem not in {"__init__", "__main__"}
    )
    assert {name: count for name, count in names.items() if count > 1} == {}


def test_a_package_has_at_most_twenty_modules_and_says_what_lives_there() -> None:
    for package in PACKAGES:
        for init in (ROOT / package).rglob("__init__.py"):
            if init.parent.name == "versions":  # migrations are numbered, not named
                continue
            modules = [path for path in init.parent.glob("*.py") if path.stem != "__init__"]
            assert len(modules) <= 20, init.parent
            told = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
            assert len(re.findall(r"[.;](?:\s|$)", told)) >= 2, f"{init}: what lives here, and what may not?"


def test_no_test_imports_another_test_file() -> None:
    """Helpers stand in tests/support or a conftest, so that a test file is read and moved alone."""
    tests = ROOT / "tests"
    for path in tests.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
                parts = [part for name in names if name.startswith("tests.") for part in name.split(".")[1:]]
                assert not any(part.startswith("test_") or part == "conftest" for part in parts), path
