"""The main job through the command line's own door: import, match, export."""

import gzip
import json
import math
import re
from pathlib import Path

import pytest

from matchmaker.cli import main
from tests.support.office_files import book
from tests.support.register_files import legal_entities, legal_entity, zipped

SUPPLIERS = [
    {
        "kind": "supplier",
        "id": "s-1",
        "name": {"ru": "ООО «Вал-Пример»"},
        "inn": "7707083893",
        "location": [55.16, 61.40],
        "description": {"ru": "Токарка валов и втулок, закалка ТВЧ на месте"},
        "capabilities": [
            {
                "process": "токарная обработка на ЧПУ",
                "materials": ["40Х"],
                "diameter_mm": 200,
                "length_mm": 1000,
                "tolerance_it": 6,
            }
        ],
        "certificates": [{"standard": "ГОСТ Р ИСО 9001-2015", "valid_until": "2028-01-01", "verified": True}],
    },
    {
        "kind": "supplier",
        "id": "s-2",
        "name": {"en": "Example Lathe Works"},
        "location": [56.84, 60.61],
        "capabilities": [
            {
                "process": "CNC turning",
                "materials": ["41Cr4"],
                "diameter_mm": 150,
                "length_mm": 800,
                "tolerance_it": 8,
            }
        ],
        "certificates": [{"standard": "ISO 9001:2015", "valid_until": "2026-01-01"}],
    },
    {
        "kind": "supplier",
        "id": "s-3",
        "name": {"ru": "Покраска-Пример"},
        "capabilities": [{"process": "порошковая окраска"}],
    },
]
NEED = {
    "kind": "need",
    "id": "n-1",
    "title": "Валы",
    "text": "Нужны валы ø45h6, сталь 40Х, 500 шт. в месяц, точить и калить",
    "location": [55.16, 61.40],
    "deliver_by": "2027-03-01",
}
STRICT = {**NEED, "id": "n-2", "certification": {"standard": "ISO 9001", "level": "certified"}}
OUTCOME = {"kind": "outcome", "need": "n-1", "supplier": "s-1", "decision": "approved", "at": "2026-11-02"}


def write(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["matchmaker", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def matched(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object
) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run(monkeypatch, "match", "--format", "jsonl", "--today", "2026-11-23", *arguments) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_main_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "shared", OUTCOME, NEED, STRICT, *SUPPLIERS)
    assert run(monkeypatch, "import", path) == 0
    assert "6 new, 0 changed, 0 same, 0 doubtful, 0 left out, 0 refused" in capsys.readouterr().err

    lines = matched(capsys, monkeypatch, "--all")
    answered = {need: [line["supplier"] for line in lines if line["need"] == need] for need in ("n-1", "n-2")}
    assert answered["n-1"][:2] == ["s-1", "s-2"]
    assert answered["n-2"] == ["s-1"], "an expired certificate never counts"
    assert [line["rank"] for line in lines if line["need"] == "n-1"] == list(
        range(1, len(answered["n-1"]) + 1)
    )
    explanation = lines[0]["explanation"]
    assert isinstance(explanation, dict)
    logit = explanation["score"]["intercept"] + sum(explanation["score"]["contributions"].values())
    assert 1 / (1 + math.exp(-logit)) == pytest.approx(lines[0]["score"], abs=1e-6)

    assert run(monkeypatch, "import", path) == 0
    assert "0 new, 0 changed, 6 same, 0 doubtful, 0 left out, 0 refused" in capsys.readouterr().err

    copy = tmp_path / "copy.jsonl"
    assert run(monkeypatch, "export", copy) == 0
    exported = {
        json.dumps(json.loads(line), sort_keys=True) for line in copy.read_text(encoding="utf-8").splitlines()
    }
    monkeypatch.setenv("MATCHMAKER_DATA", str(tmp_path / "other"))
    assert run(monkeypatch, "import", copy) == 0
    again = tmp_path / "again.jsonl"
    assert run(monkeypatch, "export", again) == 0
    assert {
        json.dumps(json.loads(line), sort_keys=True)
        for line in again.read_text(encoding="utf-8").splitlines()
    } == exported


def test_a_list_that_was_exported_changes_nothing_when_it_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "import", write(tmp_path / "all.jsonl", *SUPPLIERS, NEED, STRICT)) == 0
    for name, kind, count in (("list.csv", "supplier", len(SUPPLIERS)), ("needs.csv", "need", 2)):
        assert run(monkeypatch, "export", tmp_path / name, "--as", kind) == 0
        assert f"{count} records in" in capsys.readouterr().err
        assert run(monkeypatch, "import", tmp_path / name, "--as", kind) == 0
        told = f"0 new, 0 changed, {count} same, 0 doubtful, 0 left out, 0 refused"
        assert told in capsys.readouterr().err


def test_a_changed_line_updates_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "import", write(tmp_path / "a.jsonl", *SUPPLIERS))
    changed = {**SUPPLIERS[1], "employees": 12}
    capsys.readouterr()
    assert run(monkeypatch, "import", write(tmp_path / "b.jsonl", SUPPLIERS[0], changed)) == 0
    assert "0 new, 1 changed, 1 same" in capsys.readouterr().err


def test_a_dry_run_saves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.jsonl", *SUPPLIERS)
    assert run(monkeypatch, "import", "--dry-run", path) == 0
    assert "3 new" in capsys.readouterr().err
    assert run(monkeypatch, "import", path) == 0
    assert "3 new" in capsys.readouterr().err


def test_good_lines_are_kept_and_bad_ones_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {**SUPPLIERS[1], "location": [560, 1]}
    report = tmp_path / "report.jsonl"
    assert (
        run(
            monkeypatch,
            "import",
            "--report",
            report,
            write(tmp_path / "a.jsonl", SUPPLIERS[0], bad, '{"kind":'),
        )
        == 1
    )
    shown = capsys.readouterr().err
    assert "line 2: location.0: Give a number not above 90.0. [560]" in shown
    assert "1 new, 0 changed, 0 same, 0 doubtful, 0 left out, 2 refused" in shown
    assert [json.loads(line)["line"] for line in report.read_text(encoding="utf-8").splitlines()] == [2, 3]


def test_a_term_nobody_knows_is_kept_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = {**SUPPLIERS[2], "capabilities": [{"process": "квазиплющение гномонов"}]}
    assert (
        run(
            monkeypatch,
            "import",
            write(tmp_path / "a.jsonl", odd, {"kind": "need", "id": "n", "text": "Квазиплющение гномонов"}),
        )
        == 0
    )
    assert "квазиплющение гномонов" in capsys.readouterr().err
    assert [line["supplier"] for line in matched(capsys, monkeypatch, "--need", "n")] == ["s-3"]


def test_a_need_that_nobody_is_related_to_still_gets_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    need = {
        "kind": "need",
        "id": "n",
        "processes": ["пошив спецодежды"],
        "text": "Пошив спецодежды для маляров",
    }
    run(monkeypatch, "import", write(tmp_path / "a.jsonl", *SUPPLIERS, need))
    lines = matched(capsys, monkeypatch, "--need", "n")
    assert 1 <= len(lines) <= 5
    assert all(float(str(line["score"])) < 0.5 for line in lines)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such file"),
        (b"", "it is empty"),
        (json.dumps(SUPPLIERS[0], ensure_ascii=False).encode("cp1251"), "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
    words: str,
) -> None:
    path = tmp_path / "file.jsonl"
    if content is not None:
        path.write_bytes(content)
    assert run(monkeypatch, "import", path) == 2
    assert words in capsys.readouterr().err


def test_an_outcome_of_unknown_things_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "import", write(tmp_path / "a.jsonl", OUTCOME)) == 1
    assert "import it first" in capsys.readouterr().err


def test_an_interrupted_run_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from matchmaker.services.imports import import_runs

    monkeypatch.setattr(import_runs, "CHUNK", 1)
    taken = import_runs.ImportRun._take_together

    def stop_at_second(self, rows):  # type: ignore[no-untyped-def]
        if rows[0].number == 2:
            raise KeyboardInterrupt
        return taken(self, rows)

    path = write(tmp_path / "a.jsonl", *SUPPLIERS)
    with monkeypatch.context() as patched:
        patched.setattr(import_runs.ImportRun, "_take_together", stop_at_second)
        patched.setattr("sys.argv", ["matchmaker", "import", str(path)])
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            main()
    capsys.readouterr()
    assert run(monkeypatch, "import", path) == 0
    shown = capsys.readouterr().err
    assert "went on at line 2" in shown
    assert "3 new" in shown


def test_duplicates_are_named_by_the_ids_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = {**SUPPLIERS[0], "id": "s-9", "name": {"ru": "АО «Вал Пример»"}}
    path = write(tmp_path / "a.jsonl", *SUPPLIERS, twin)
    for options in (["--keep-twins"], []):
        monkeypatch.setenv("MATCHMAKER_DATA", str(tmp_path / f"data{len(options)}"))
        run(monkeypatch, "import", *options, path)
        capsys.readouterr()
        assert run(monkeypatch, "duplicates", "--format", "jsonl") == 0
        (pair,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert (pair["a"], pair["b"], pair["decision"]) == ("s-1", "s-9", "same")


def test_an_unknown_need_or_a_typo_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "match", "--need", "nobody") == 1
    assert "nobody" in capsys.readouterr().err
    assert run(monkeypatch, "mach") == 2
    assert "No such command" in capsys.readouterr().err
    assert run(monkeypatch, "match") == 2


def test_settings_are_shown_without_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "hush-hush")
    assert run(monkeypatch, "config") == 0
    shown = capsys.readouterr().out
    assert "MATCHMAKER_SECRET_KEY" in shown
    assert "hush-hush" not in shown
    guide = (Path(__file__).parents[3] / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert {
        name for name in re.findall(r"^MATCHMAKER_[A-Z_]+", shown, re.MULTILINE) if f"`{name}" not in guide
    } == set()
    monkeypatch.setenv("MATCHMAKER_PORT", "many")
    assert run(monkeypatch, "config") == 1
    assert "MATCHMAKER_PORT" in capsys.readouterr().err


def test_a_need_with_positions_has_a_ranking_for_each_and_one_for_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    positions = [
        {
            "id": "p-1",
            "title": "Вал",
            "processes": ["токарная обработка"],
            "materials": ["40Х"],
            "diameter_mm": 160,
        },
        {"id": "p-2", "title": "Кожух", "processes": ["порошковая окраска"]},
    ]
    need = {"kind": "need", "id": "n-7", "title": "Детали насоса", "positions": positions}
    run(monkeypatch, "import", write(tmp_path / "a.jsonl", *SUPPLIERS, need))
    capsys.readouterr()
    lines = matched(capsys, monkeypatch, "--need", "n-7")
    rankings: dict[object, list[object]] = {}
    for line in lines:
        rankings.setdefault(line.get("position"), []).append(line["supplier"])
    assert list(rankings) == [None, "p-1", "p-2"]
    assert (rankings["p-1"][0], rankings["p-2"][0]) == ("s-1", "s-3")
    assert "s-2" not in rankings["p-1"]
    assert [line["rank"] for line in lines if line["supplier"] == "s-3" and "position" in line] == [1]
    assert run(monkeypatch, "match", "--need", "n-7", "--today", "2026-11-23") == 0
    assert "n-7 / p-2  Кожух" in capsys.readouterr().out


def test_registers_lists_and_archives_come_through_the_same_door(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATA", str(tmp_path / "data"))
    register = tmp_path / "register.zip"
    open_firm, closed = (
        legal_entity("ВАЛ", "7707083893"),
        legal_entity("ПРОШЛОЕ", "7728168971", closed=True),
    )
    register.write_bytes(zipped(**{"a.xml": legal_entities(open_firm), "b.xml": legal_entities(closed)}))
    table = tmp_path / "list.zip"
    table.write_bytes(zipped(**{"list.csv": "Название;Город\nЗавод «Левша»;Тула\n".encode("cp1251")}))
    parts = tmp_path / "parts.tsv"
    parts.write_text("Деталь\tКол-во\nВал\t100\n", encoding="utf-16")
    assert run(monkeypatch, "import", register, table) == 0
    said = capsys.readouterr().err
    assert "register.zip (fns-egrul): 2 new" in said
    assert "ceased to be on 2025-10-30" in said
    assert "list.zip (list): 1 new" in said
    assert run(monkeypatch, "import", register, table) == 0
    assert capsys.readouterr().err.count("0 new, 0 changed") == 2
    assert run(monkeypatch, "import", "--as", "need", parts) == 0
    assert run(monkeypatch, "export", tmp_path / "all.jsonl") == 0
    found = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    known = {one["name"]["ru"]: one for one in found if one["kind"] == "supplier"}
    assert known['ООО "ВАЛ"']["registration"]["activity"]["code"] == "25.62"
    assert known['ООО "ПРОШЛОЕ"']["registration"]["closed"] == "2025-10-30"
    assert known["Завод «Левша»"]["city"] == "Тула"
    assert [one["title"] for one in found if one["kind"] == "need"] == ["Вал"]
    old = tmp_path / "old.xml"
    old.write_bytes(legal_entities(version="4.05"))
    capsys.readouterr()
    assert run(monkeypatch, "import", old) == 2
    assert "form 4.05, which is not read" in capsys.readouterr().err


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHMAKER_DATA", str(tmp_path / "data"))
    return tmp_path


def test_every_error_of_a_file_names_it(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook at all")
    (data / "broken.zip").write_bytes(b"PK\x03\x04 no archive at all")
    (data / "broken.xml").write_bytes("<?xml version='1.0'?><Файл><Документ".encode())
    for name in ("broken.xlsx", "broken.zip", "broken.xml"):
        assert run(monkeypatch, "import", data / name) == 2
        assert name in capsys.readouterr().err


def test_an_archive_that_breaks_off_stops_all_files_before_anything_is_saved(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(data / "good.jsonl", {"kind": "supplier", "id": "s-1", "name": {"ru": "Альфа"}, "region": "Тула"})
    whole = gzip.compress(
        b"".join(b'{"kind": "supplier", "id": "t-%d", "name": {"ru": "B"}}\n' % n for n in range(9_000))
    )
    (data / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    assert run(monkeypatch, "import", data / "good.jsonl", data / "cut.jsonl.gz") == 2
    assert "cut.jsonl.gz" in capsys.readouterr().err
    assert run(monkeypatch, "import", data / "good.jsonl") == 0
    assert "1 new" in capsys.readouterr().err, "nothing of it was saved before"


def test_a_sheet_and_a_head_are_chosen_and_an_unknown_sheet_is_told(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data / "book.xlsx"
    path.write_bytes(
        book(
            Один=[["Название", "Город"], ["Альфа", "Тула"]], Два=[["", ""], ["Название"], ["Бета"], ["Гамма"]]
        )
    )
    assert run(monkeypatch, "import", "--dry-run", path) == 0
    said = capsys.readouterr().err
    assert "1 new" in said
    assert "The sheet “Два” was not read, rows: 3: choose this sheet" in said
    assert run(monkeypatch, "import", "--dry-run", "--sheet", "Два", "--head", "2", path) == 0
    assert "2 new" in capsys.readouterr().err
    assert run(monkeypatch, "import", "--sheet", "два", path) == 2
    assert "book.xlsx has no sheet “два” that can be seen; it has: Два, Один." in capsys.readouterr().err
    text = data / "list.csv"
    text.write_text("Название;Город\nАльфа;Тула\n", encoding="utf-8")
    assert run(monkeypatch, "import", "--sheet", "Два", text) == 2
    assert "list.csv is no workbook" in capsys.readouterr().err
    text.write_text("ИНН;Город\n7707083893;Тула\n", encoding="utf-8")
    assert run(monkeypatch, "import", text) == 2
    assert "No column of list.csv names the firm" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["imprt"], "import"),
        (["index", "rebuid"], "rebuild"),
        (["import", "--dry-rn", "x"], "--dry-run"),
        (["duplicate"], "duplicates"),
    ],
)
def test_a_mistyped_command_or_option_gets_a_suggestion(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: list[str], meant: str
) -> None:
    assert run(monkeypatch, *typed) == 2
    assert f"Did you mean '{meant}'?" in capsys.readouterr().err


def test_an_award_to_a_firm_that_nobody_knows_is_left_out_and_one_of_the_file_is_tried(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tender = {"title": "Втулки", "description": "Точение", "status": "active"}
    award = {"status": "active", "date": "2026-11-20", "suppliers": [{"id": "S-1", "name": "Вал"}]}
    over = {"ocid": "ocds-2", "tender": {"title": "Валы", "status": "cancelled"}}
    releases = [{"ocid": "ocds-1", "tender": tender, "awards": [award]}, over]
    path = write(data / "tenders.json", {"uri": "x", "version": "1.1", "releases": releases})
    for options in (["--dry-run"], []):
        assert run(monkeypatch, "import", *options, path) == 0
        said = capsys.readouterr().err
        assert "1 new, 0 changed, 0 same, 0 doubtful, 2 left out, 0 refused" in said
        assert "There is no supplier with this id; import it first. [S-1]" in said
        assert "There is no need" not in said
    both = write(data / "both.jsonl", *SUPPLIERS, NEED, OUTCOME)
    assert run(monkeypatch, "import", "--dry-run", both) == 0
    assert "5 new" in capsys.readouterr().err


def test_remarks_beyond_what_is_kept_are_counted(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from matchmaker.services.imports import import_reports

    monkeypatch.setattr(import_reports, "MAX_KEPT_PROBLEMS", 2)
    path = write(data / "wrong.jsonl", *['{"kind": "supplier"}'] * 5)
    assert run(monkeypatch, "import", path) == 1
    assert "wrong.jsonl: the remarks on 3 further lines are not kept" in capsys.readouterr().err


def test_the_largest_list_is_a_setting(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data / "large.csv"
    rows = (f"Вал {number};{'x' * 110_000}" for number in range(10))
    path.write_text("\n".join(("Название;Примечание", *rows)), encoding="utf-8")
    monkeypatch.setenv("MATCHMAKER_LIST_MB", "1")
    assert run(monkeypatch, "import", "--dry-run", path) == 2
    assert (
        "The list large.csv is larger than 1 MB: split it, or let whoever runs the site raise MATCHMAKER_LIST_MB."
        in capsys.readouterr().err
    )
    monkeypatch.setenv("MATCHMAKER_LIST_MB", "2")
    assert run(monkeypatch, "import", "--dry-run", path) == 0
    told = capsys.readouterr()
    assert (told.out + told.err).count(
        "has no room for the words"
    ) == 10  # read, each note too long for a description


def test_the_most_rows_of_a_workbook_are_a_setting(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data / "long.xlsx"
    path.write_bytes(
        book(Заводы=[["Название", "Город"], *([f"Завод {number}", "Тула"] for number in range(1_100))])
    )
    monkeypatch.setenv("MATCHMAKER_LIST_ROWS", "1000")
    assert run(monkeypatch, "import", "--dry-run", path) == 2
    said = capsys.readouterr().err
    assert "reaches to row 1101" in said
    assert "let whoever runs the site raise MATCHMAKER_LIST_ROWS" in said
    monkeypatch.setenv("MATCHMAKER_LIST_ROWS", "1200")
    assert run(monkeypatch, "import", "--dry-run", path) == 0
    assert "1100 new" in capsys.readouterr().err
