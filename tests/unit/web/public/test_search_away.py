"""Pages that search, while the index is broken or the engine away: they answer, say so, and get well by themselves."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import Need, Profile
from matchmaker.services.index import live_index
from tests.support.index_damages import DAMAGES, IndexFolder
from tests.support.small_centre import OPERATOR, Centre, enter, small_centre

BANNER = "The search index is being mended"


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    monkeypatch.setattr(live_index, "_LOOK", 0.0)
    with small_centre(tmp_path) as made:
        made.application.index.catch_up()
        yield made


def keys(centre: Centre) -> tuple[str, str]:
    with centre.application.sessions() as session:
        return session.scalars(select(Profile.public_id)).one(), session.scalars(select(Need.public_id)).one()


def harm(centre: Centre, name: str) -> None:
    folder = centre.application.data / "index"
    before = centre.application.data / "before"
    shutil.copytree(folder, before)
    DAMAGES[name](IndexFolder(folder, before))


@pytest.mark.parametrize("name", ["a meta.json of garbage", "words cut short", "no folder"])
def test_every_page_that_searches_answers_with_a_broken_index_and_says_so(
    centre: Centre, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 0)  # all are matched in memory else
    shop, need = keys(centre)
    assert BANNER not in centre.browser.get("/suppliers?q=токарная").text
    harm(centre, name)
    operator = enter(centre, OPERATOR)
    for path in ("/suppliers", "/suppliers?q=токарная обработка", f"/suppliers/{shop}", f"/needs/{need}"):
        answer = operator.get(path)
        assert answer.status_code == 200, path
        assert BANNER in answer.text, path
    assert f"/suppliers/{shop}" in operator.get("/suppliers?q=токарная").text
    tried = operator.post("/try", {"text": "Токарная обработка, 40Х"}, page="/try")
    assert (tried.status_code, BANNER in tried.text) == (200, True)


def test_the_banner_speaks_the_readers_language(centre: Centre) -> None:
    harm(centre, "no pointer")
    centre.browser.post("/language", {"language": "ru"}, page="/")
    assert 'role="status"' in centre.browser.get("/suppliers").text
    assert "Поисковый индекс восстанавливается" in centre.browser.get("/suppliers").text


def test_the_work_in_the_background_mends_it_and_the_banner_goes(centre: Centre) -> None:
    harm(centre, "an empty meta.json")
    assert BANNER in centre.browser.get("/suppliers").text
    centre.application.index.catch_up()
    assert BANNER not in centre.browser.get("/suppliers").text


def test_the_site_answers_while_elasticsearch_does_not(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        asked = {"engine": "elasticsearch", "elasticsearch_url": url, "elasticsearch_timeout": 0.2}
        with small_centre(tmp_path, **asked) as centre:
            drained = centre.application.index.catch_up()
            assert drained.away
            answer = centre.browser.get("/suppliers?q=токарная")
            assert (answer.status_code, BANNER in answer.text) == (200, True)
            assert centre.browser.post("/try", {"text": "Токарная обработка"}, page="/try").status_code == 200
            assert not centre.application.engine.health().ready
