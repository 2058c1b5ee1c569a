"""A site whose processes hold no columns: the same pages as those of a site whose processes do."""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from matchmaker.models import Need
from matchmaker.services.index.live_index import LiveIndex
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser, text
from tests.support.demo_product import demo_centre
from tests.support.indexes import drop_indexes

_PAGES = (
    ("buyer", "/suppliers?q=токарная+обработка+валов+сталь+45"),
    ("buyer", "/suppliers?q=milling+of+housings%2C+aluminium%2C+ISO+9001"),
    ("buyer", "/suppliers?q=насосы"),
    ("buyer", "/needs/{need}"),
    ("operator", "/needs/{need}"),
    ("operator", "/needs/{need}/together"),
    ("operator", "/work/needs/{need}/removed"),
    ("operator", "/work/overview/"),
    ("supplier", "/shop/"),
)
# What differs from answer to answer: marks of forms, of scripts and of the time.
_MARKS = re.compile(r'(nonce|value|content|name)="[^"]*"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a centre that worked off what waited."""
    made = tmp_path_factory.mktemp("stateless")
    for application in demo_centre(made, 40):
        application.index.catch_up()
    return made


@pytest.fixture
def sites(
    folder: Path, tmp_path: Path, elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Application, Application]]:
    """A site whose processes hold all suppliers, and one whose engine judges them; each ranks as in a large collection, without
    a look at letters.
    """
    monkeypatch.setattr("search.ranking.char_ngrams.LARGEST_COLLECTION", 0)
    shutil.copytree(folder, tmp_path / "asking")
    shutil.copytree(folder, tmp_path / "holding")
    prefix = f"test-stateless-{os.getpid()}"
    given = {"engine": "elasticsearch", "elasticsearch_url": elasticsearch_url, "elasticsearch_timeout": 20}
    asking = Settings(
        data=tmp_path / "asking", _env_file=None, columns="engine", elasticsearch_prefix=prefix, **given
    )
    holding = Settings(data=tmp_path / "holding", _env_file=None)
    made = Application(holding, clock=lambda: TODAY), Application(asking, clock=lambda: TODAY)
    made[1].index.catch_up()
    yield made
    for application in made:
        application.close()
    drop_indexes(elasticsearch_url, prefix)


def _pages(application: Application, addresses: Sequence[tuple[str, str]]) -> Iterator[str]:
    site = create_app(application)
    people = {role: Browser(site.test_client()).sign_in(role) for role, _ in addresses}
    for role, address in addresses:
        answer = people[role].get(address)
        assert answer.status_code == 200, (address, text(answer)[:500])
        yield _MARKS.sub("", text(answer).replace(str(application.settings.data), ""))


def test_pages_are_the_same_though_no_process_holds_suppliers(
    sites: tuple[Application, Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    holding, asking = sites
    with holding.sessions() as session:
        need = session.scalars(select(Need.public_id).order_by(Need.id)).first()
    addresses = [(role, address.format(need=need)) for role, address in _PAGES]
    expected = list(_pages(holding, addresses))
    monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 0)
    monkeypatch.setattr(LiveIndex, "columns", None)
    for one, page, found in zip(addresses, expected, _pages(asking, addresses), strict=True):
        assert found == page, one


def test_a_small_collection_is_held_in_any_case(sites: tuple[Application, Application]) -> None:
    _, asking = sites
    list(_pages(asking, _PAGES[:1]))
    assert len(asking.index.columns()) > 0


def test_only_an_engine_that_judges_may_be_asked() -> None:
    with pytest.raises(ValidationError, match="MATCHMAKER_ENGINE=elasticsearch"):
        Settings(columns="engine", _env_file=None)
