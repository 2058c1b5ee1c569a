"""Who may import whom, and what a bare import loads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
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
