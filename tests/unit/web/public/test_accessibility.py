"""The statement of accessibility says what was measured, also what is wrong, and where nothing was measured says that."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from matchmaker.web.views.public import accessibility
from tests.journeys import measuring
from tests.support.browser import Browser, text


def test_nothing_measured_is_said(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accessibility, "measured", lambda: None)
    page = text(Browser(site.test_client()).get("/accessibility"))
    assert "Not yet measured" in page
    assert "screen reader" in page


def test_what_a_run_found_stands_on_the_page(
    site: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(measuring.FOLDER, str(tmp_path))
    wrong = [
        "SO: /needs/0123456789abcdef: color-contrast <a>",
        "SI: /needs/fedcba9876543210: color-contrast <b>",
    ]
    measuring.keep("ru", 360, "dark", 140, wrong)
    measuring.keep("en", 1280, "light", 140, [])
    found = accessibility.read(measuring.gathered(tmp_path, date(2026, 11, 30), (9, 1)))
    assert found.faults == (accessibility.KnownFault("/needs/…", "color-contrast", 1),)
    assert found.tool.startswith("axe-core 4.")
    monkeypatch.setattr(accessibility, "measured", lambda: found)
    page = text(Browser(site.test_client()).get("/accessibility"))
    for words in ("axe-core", "color-contrast", "Nov 30, 2026", "360", "Walks by keyboard: 9, of which 1"):
        assert words in page
