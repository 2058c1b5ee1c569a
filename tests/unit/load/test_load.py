"""The load: everybody gets the right answers of a small centre, and wrong ones are told, however fast they come."""

from pathlib import Path

import pytest

from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.load import centre
from tests.load.answers import problem_of
from tests.load.figures import errors, table
from tests.load.page_forms import form_to
from tests.load.site import Crowd, loaded

PEOPLE = {"BUYERS": 4, "SHOPS": 3, "OPERATORS": 2, "INVITED": 3}


@pytest.mark.slow
def test_a_small_centre_under_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, number in PEOPLE.items():
        monkeypatch.setattr(centre, name, number)
    application = Application(Settings(data=tmp_path / "data", _env_file=None))
    cast = tmp_path / "cast.json"
    centre.fill(application, 30).save(cast)
    application.close()
    crowd = Crowd(people=8, pause=(0.0, 0.1), warm=1, seconds=4, seed=1)
    with loaded(tmp_path, {"data": str(tmp_path / "data")}) as site:
        made, wrong = crowd.at(site.site, cast), crowd.at(site.bare, cast)
        assert errors(made) == []
        assert {one.role for one in made} >= {"buyers", "shops", "operators", "visitors"}
        assert table(made, (), site.served())[2].split()[:4] == ["all", "pages", str(len(made)), "0"]
        # The bare page answers at once with 200 or 404, and never what somebody came for.
        assert wrong
        assert all(one.error for one in wrong)
        assert all(usage.megabytes > usage.own > 0 for usage in site.usage().values())


def test_who_was_overtaken_is_told_so_and_that_is_no_error() -> None:
    """A 409 is right where a person may be overtaken and its page says so; anywhere else, and any other refusal, is wrong."""
    words = "Somebody saved changes while you were editing."
    page = f"<h2>{words} Compare them and save again.</h2>"
    assert problem_of(409, page, "", "", "/shop/profile/", words) == ""
    for status, text, overtaken in (
        (409, page, ""),
        (409, "<h1>Not possible now</h1>", words),
        (500, page, words),
        (200, page, words),
        (422, page, words),
    ):
        assert problem_of(status, text, "", "", "/shop/profile/", overtaken), (status, overtaken)
    assert problem_of(302, "", "/shop/profile/", "", "/shop/profile/", words) == ""
    assert problem_of(302, "", "/login", "", "/shop/profile/", words)
    assert problem_of(409, page, "", words, None, words)  # a page that is read is never overtaken


def test_a_form_is_sent_as_a_browser_would() -> None:
    page = """
      <form action="/logout"><input type="hidden" name="csrf_token" value="t"><button>Out</button></form>
      <form method="post"><input type="hidden" name="revision" value="4"><input name="city" value="Тула">
        <textarea name="text">
Words</textarea><input type="checkbox" name="on"><input type="checkbox" name="is" value="1" checked>
        <select name="size"><option value="">none</option><option value="small" selected>small</option></select>
        <button name="do" value="save">Save</button></form>"""
    form = form_to(page, field="revision")
    assert form is not None
    assert form.fields == {"revision": "4", "city": "Тула", "text": "Words", "is": "1", "size": "small"}
    assert form_to(page, button=("do", "save")) == form
    assert form_to(page, "/logout", field="revision") is None
