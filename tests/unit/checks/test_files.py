"""The hostile corpus: each file of it gets its written answer from a served site."""

from pathlib import Path

import pytest

from tests.checks import files
from tests.support.hostile_files import corpus


@pytest.mark.slow
def test_every_hostile_file_gets_its_written_answer(tmp_path: Path) -> None:
    found = files.check(tmp_path, list(corpus()))
    assert found.wrong == []
    assert found.count >= 60


def test_an_answer_that_is_not_the_written_one_is_named() -> None:
    file = next(corpus())
    sent = files.Sent(file, files.Answer(302, "/needs/1/drawings", ""), "/needs/1/drawings")
    walk = files.Walk.__new__(files.Walk)
    assert walk.problem(sent, files.Answer(200, "", "a page about too many lines")) == ""
    assert "nothing says" in walk.problem(sent, files.Answer(200, "", "a page about nothing"))
    assert "answers 500" in walk.problem(sent, files.Answer(500, "", ""))
    refused = files.Sent(file, files.Answer(413, "", ""), "")
    assert "413 in place of 302" in walk.problem(refused, refused.answer)
