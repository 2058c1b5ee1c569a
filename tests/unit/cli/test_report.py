"""`matchmaker report`: the figures of a centre in a period, from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from matchmaker.cli import cli
from matchmaker.domain.errors import NotFound, PeriodInvalid


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["report", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(autouse=True)
def _a_centre(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    records.write_text('{"kind": "need", "id": "n-1", "title": "Валы"}\n', encoding="utf-8")
    assert CliRunner().invoke(cli, ["import", str(records)], catch_exceptions=False).exit_code == 0


def test_the_figures_are_told_as_json() -> None:
    told = json.loads(run("--period", "2020-Q1", "--language", "en"))
    assert (told["period"], told["from"], told["to"]) == ("2020-Q1", "2020-01-01", "2020-03-31")
    assert told["locked"] is False
    assert {one["code"]: one["low"] for one in told["figures"]}["needs"] == 0


@pytest.mark.parametrize(("kind", "first"), [("xlsx", b"PK"), ("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf")])
def test_the_report_is_written_as_a_file(kind: str, first: bytes, tmp_path: Path) -> None:
    target = tmp_path / f"report.{kind}"
    assert "not locked" in run("--period", "2020", "--format", kind, "--output", str(target))
    assert target.read_bytes().startswith(first)


def test_a_wrong_period_and_a_wrong_centre_are_told() -> None:
    with pytest.raises(PeriodInvalid, match="2026-Q4"):
        run("--period", "last")
    with pytest.raises(NotFound):
        run("--period", "2026", "--centre", "nowhere")
