"""Downloads: whatever a file is called, its name arrives whole, and nothing of it becomes a header of its own."""

import pytest
from flask import Flask

from matchmaker import client
from matchmaker.services.reports import spreadsheets
from matchmaker.web.kit import downloads

NAMES = ("чертёж №5.pdf", 'a "quoted"; filename=b.exe', "50 % + 1.pdf", "plain.pdf", "图纸.step")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_as_it_is(app: Flask, name: str) -> None:
    with app.test_request_context():
        answer = downloads.named(b"bytes", "application/pdf", name)
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert client._name_of(answer.headers["Content-Disposition"]) == name
        assert answer.headers["Content-Length"] == "5"


@pytest.mark.parametrize("media_type", spreadsheets.MEDIA.values())
def test_its_kind_is_told_once(app: Flask, media_type: str) -> None:
    with app.test_request_context():
        assert downloads.named(b"bytes", media_type, "list").headers["Content-Type"] == media_type
