import pytest
from click.testing import CliRunner

from matchmaker.cli import COMMANDS, cli


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
