"""The recipes of CONTRIBUTING.md are true: what they name is there, and skipping a step of them is noticed."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from search.ranking import features, prior
from tests.access.matrix import ROWS
from tests.support.routes import rules

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOLDERS = (
    "config/",
    "docs/",
    "importers/",
    "matchmaker/",
    "search/",
    "templates/",
    "tests/",
    "README",
    "CHANGELOG",
)
NAMED = sorted(set(re.findall(r"`([^`]+)`", GUIDE)))
LINKED = sorted(set(re.findall(r"\]\(([^)]+)\)", GUIDE)))


def recipe(title: str) -> str:
    """The text of a recipe, from its heading to the next."""
    return GUIDE.split(f"## {title}", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("path", [name for name in [*NAMED, *LINKED] if name.startswith(FOLDERS)])
def test_a_path_that_is_named_is_there(path: str) -> None:
    assert list(ROOT.glob(path)), path


@pytest.mark.parametrize(
    "name", [name for name in NAMED if re.fullmatch(r"(matchmaker|search|importers)(\.\w+)+", name)]
)
def test_a_dotted_name_leads_to_something(name: str) -> None:
    found: object = importlib.import_module(name.split(".", maxsplit=1)[0])
    for depth, part in enumerate(name.split(".")[1:], 2):
        if not hasattr(found, part):
            found = found.model_fields if hasattr(found, "model_fields") else found  # a setting
            if isinstance(found, dict):
                assert part in found
                return
            importlib.import_module(".".join(name.split(".")[:depth]))
        found = getattr(found, part)


def test_names_of_a_recipe_stand_in_the_files_of_its_step() -> None:
    steps = {
        "Add a ranking feature": {
            "search/ranking/features.py": "def feature(",
            "search/ranking/prior.py": "WEIGHTS",
            "tests/unit/search/matching/test_matcher.py": "ORDER",
        },
        "Add a page": {
            "matchmaker/web/app.py": "UPLOADS",
            "matchmaker/web/views/needs/__init__.py": "BLUEPRINTS",
        },
        "Add an importer": {"importers/readers/tables.py": "FORMATS"},
    }
    for title, files in steps.items():
        for path, name in files.items():
            assert name.removeprefix("def ").rstrip("(") in recipe(title)
            assert name in (ROOT / path).read_text(encoding="utf-8")


@pytest.fixture
def scratch() -> Iterator[None]:
    """A feature as the recipe has it registered, taken away again."""
    before = dict(features.FEATURES)
    yield
    features.FEATURES.clear()
    features.FEATURES.update(before)


@pytest.mark.usefixtures("scratch")
def test_a_new_ranking_feature_is_asked_for_its_weight() -> None:
    @features.feature("words", "The name of the supplier is short.")
    def short_name(_evidence: features.Evidence) -> features.Values:
        return 1.0

    assert short_name.__doc__ == features.FEATURES["short_name"].text
    assert set(features.FEATURES) - set(prior.WEIGHTS) == {"short_name"}, "step 3 would be forgotten unseen"


def test_a_new_page_is_asked_for_its_row_in_the_matrix() -> None:
    page = Blueprint("new_page", __name__, url_prefix="/new-page")
    page.get("/")(lambda: "a page")
    app = Flask(__name__)
    app.register_blueprint(page)
    decided = {(row.endpoint, row.method) for row in ROWS}
    assert ("new_page.<lambda>", "GET") in rules(app) - decided
