"""Guides: what ships is whole in both languages, older versions stay, pages link to them, programs read them."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from matchmaker.domain.errors import NotFound, SettingInvalid
from matchmaker.services.reports import guides
from matchmaker.wiring import Application
from tests.support.browser import Browser, text

NEWER = """\
kind: guide
day: 2027-02-01
places: [claim]
ru: {title: Претензия, about: Коротко, news: Добавлен срок ответа, sections: [{heading: Кто, points: [Раз]}]}
en: {title: Claim, about: In short, news: A day to answer, sections: [{heading: Who, points: [One]}]}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A centre's own folder with a second version of a guide that ships."""
    (tmp_path / "claim").mkdir()
    (tmp_path / "claim" / "2.yaml").write_text(NEWER, encoding="utf-8")
    return tmp_path


def test_every_place_has_a_guide_and_no_two_have_one_title() -> None:
    shipped = guides.shelf(None)
    assert not [place for place in guides.PLACES if not shipped.of_place(place)]
    for language in ("ru", "en"):
        titles = [one.text(language).title for one in shipped.newest()]
        assert len(set(titles)) == len(titles)
    with pytest.raises(ValueError, match="nowhere"):
        shipped.of_place("nowhere")


def test_a_new_version_is_offered_and_the_old_one_stays(own: Path) -> None:
    shelf = guides.shelf(own)
    assert [one.version for one in shelf.versions["claim"]] == [2, 1]
    assert shelf.guide("claim").day == date(2027, 2, 1)
    assert shelf.guide("claim", 1).text("en").title == guides.shelf(None).guide("claim").text("en").title
    with pytest.raises(NotFound):
        shelf.guide("claim", 3)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (NEWER.replace("[claim]", "[nowhere]"), "nowhere"),
        (NEWER.replace("[One]", "[One, Two]"), "languages differ"),
        (NEWER.replace("kind: guide", "kind: law"), "kind"),
        ("[", "claim"),
    ],
)
def test_a_fault_in_a_file_is_told_with_its_place(own: Path, words: str, told: str) -> None:
    (own / "claim" / "2.yaml").write_text(words, encoding="utf-8")
    with pytest.raises(SettingInvalid) as refused:
        guides.shelf(own)
    assert told in refused.value.params["reason"]
    assert "2.yaml" in refused.value.params["reason"]


def test_guides_are_read_printed_and_taken_in_an_older_version(
    own: Path, own_product: Application, own_site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(own_product), "guides", guides.shelf(own))
    visitor = Browser(own_site.test_client())
    assert "/guides/framework-agreement" in text(visitor.get("/guides/"))
    newest = text(visitor.get("/guides/claim?lang=en"))
    assert "A day to answer" in newest
    assert "version=1" in newest
    assert "older version" in text(visitor.get("/guides/claim?version=1&lang=en"))
    title = guides.shelf(None).guide("claim").text
    for kind, begins in (
        ("pdf", (b"%PDF",)),
        ("txt", (title("ru").title.encode(), title("en").title.encode())),
    ):
        assert visitor.get(f"/guides/claim.{kind}?version=1").get_data().startswith(begins)
    assert "[ ] " in text(visitor.get("/guides/award.txt"))
    for wrong, status in (
        ("claim?version=3", 404),
        ("claim?version=x", 400),
        ("nothing", 404),
        ("claim.doc", 404),
    ):
        assert visitor.get(f"/guides/{wrong}").status_code == status
    answered = visitor.get("/api/v1/guides/claim?version=1").get_json()
    assert answered["versions"] == [2, 1]
    assert len(answered["ru"]["sections"]) == len(answered["en"]["sections"]) > 1
    assert visitor.get("/api/v1/guides?limit=2").get_json()["items"][0]["places"]


def test_pages_offer_what_helps_there(shop: Browser, plant: Browser) -> None:
    assert "/guides/need-writing" in text(plant.get("/needs/new"))
    assert "/guides/iso-9001-diagnosis" in text(shop.get("/shop/ladders/"))
    assert "/guides/certificate-check" in text(shop.get("/shop/profile/certificates/new"))
