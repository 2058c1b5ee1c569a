"""`matchmaker read --certificate`: one object a cell, in the order of the file."""

import json
from pathlib import Path

from click.testing import CliRunner

from matchmaker.cli.read import read_command


def test_cells_of_certificates_are_read(tmp_path: Path) -> None:
    cells = [
        {"id": "a", "cell": "нет", "column": "ISO 9001"},
        {"id": "b", "cell": "AS9100 Rev D № AV-0417/26 до 20.04.2029", "column": "Сертификат"},
        {"id": "c", "cell": "да", "column": "Наличие сертификата"},
    ]
    file = tmp_path / "cells.jsonl"
    file.write_text("\n".join(map(json.dumps, cells)), encoding="utf-8")
    options = ["--certificate", "--today", "2026-11-28", "--format", "jsonl", str(file)]
    answer = CliRunner().invoke(read_command, options, catch_exceptions=False)
    denied, held, unnamed = map(json.loads, answer.output.splitlines())
    assert denied == {"id": "a", "certificates": [], "doubts": []}
    assert held["certificates"] == [
        {
            "standard": "en-9100",
            "edition": "D",
            "number": "AV-0417/26",
            "issued": None,
            "valid_until": "2029-04-20",
            "status": "certified",
        }
    ]
    assert unnamed["certificates"] == []
    assert unnamed["doubts"][0]["span"] == [0, 2]
