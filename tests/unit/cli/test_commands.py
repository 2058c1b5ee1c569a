import pytest
from click.testing import CliRunner

from matchmaker.cli import COMMANDS, cli
from search.text import lexicon


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    answer = CliRunner().invoke(cli, [name, "--help"])
    assert answer.exit_code == 0, answer.output
    assert len(answer.output.splitlines()) > 4


def test_find_tells_a_must_from_a_wish() -> None:
    sentence = "ISO 9001 обязательно, IATF 16949 желательно, без покраски"
    found = CliRunner().invoke(cli, ["taxonomy", "find", sentence]).output
    lines = {line.split("'")[1]: line for line in found.splitlines()}
    assert "(a must)" in lines["ISO 9001"]
    assert "(a wish)" in lines["IATF 16949"]
    assert "(ruled out)" in lines["покраски"]


def test_check_names_words_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(cli, ["taxonomy", "check"]).exit_code == 0
    monkeypatch.setattr(lexicon, "_lists", lambda _file: {"without": {"ru": "без(", "en": "without"}})
    found = CliRunner().invoke(cli, ["taxonomy", "check"])
    assert found.exit_code == 1
    assert "config/language/scope.yaml, without" in found.output
