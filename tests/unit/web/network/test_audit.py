"""The journal: read by its circle, page by page, every act in words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.services.core import journal
from matchmaker.web.kit import journal_words
from tests.support.browser import text
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, key_of, make, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_the_journal_is_read_by_its_circle(centre: Centre) -> None:
    make(centre, "chief@example.org", "supplier_editor", chief=True)
    make(centre, "net@example.org", "network_administrator")
    chief = enter(centre, "chief@example.org")
    chief.post("/account/name", {"name": "Head Turner"}, page="/account")
    operator = enter(centre, OPERATOR)
    whole = text(operator.get("/journal/"))
    assert "name changed" in whole
    assert "Head Turner" in whole
    own = text(chief.get("/journal/"))
    assert "name changed" in own
    assert "need written" not in own
    network = text(enter(centre, "net@example.org").get("/journal/"))
    assert "role given" in network
    assert "name changed" not in network
    assert enter(centre, EDITOR).get("/journal/").status_code == 404
    assert "name changed" not in text(operator.get("/journal/?family=role"))
    assert "The journal has no such entries" in text(operator.get("/journal/?until=2020-01-01"))
    assert operator.get("/journal/?below=x").status_code == 400
    assert operator.get(f"/journal/?since=9999-99-99&person={key_of(centre, EDITOR)}").status_code == 200


def test_the_journal_is_turned_over_page_by_page(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        acts = [journal.Act("need.edited", "need", f"{number:016x}", "centre") for number in range(60)]
        journal.record(session, "tester", acts)
    operator = enter(centre, OPERATOR)
    first = text(operator.get("/journal/?family=need"))
    assert first.count("need changed") == 50
    older = re.search(r'href="(/journal/\?[^"]*below=\d+[^"]*)"', first)
    assert older
    assert text(operator.get(older[1].replace("&amp;", "&"))).count("need changed") == 10


def test_every_act_that_is_recorded_has_words() -> None:
    root = Path(__file__).parents[4] / "matchmaker"
    named = re.compile(r'(?:Act\(\s*|note\([^"]*|action = )"([a-z_]+\.[a-z_]+)"')
    paths = [*root.glob("services/*/*.py"), root / "web" / "views" / "work" / "exports.py"]
    found = {act for path in paths for act in named.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 40
    assert {act for act in found if not journal_words.known(act)} == set()
