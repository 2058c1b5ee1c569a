"""The meanings of a list's columns: saved under a name, recognised in the next list, asked for by name, let go."""

from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.cli import main
from matchmaker.models import ImportBatch, ImportMapping
from matchmaker.services.imports import import_mappings
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.office_files import workbook
from tests.support.sent_lists import counts, press, send, tried, work

HEAD: list[object] = ["Кто", "Столбец Б", "Где"]
FIRST: list[list[object]] = [HEAD, ["ООО «Альфа»", "токарная обработка", "Тула"]]
MEANT = {"column-0": "name", "column-1": "processes", "column-2": "city"}


@pytest.fixture
def operator(own_site) -> Browser:  # type: ignore[no-untyped-def]
    return Browser(own_site.test_client()).sign_in("operator")


def saved(product: Application) -> list[tuple[str, list[list[str]]]]:
    with product.sessions() as session:
        return [(one.name, one.columns) for one in session.scalars(select(ImportMapping))]


def meanings(product: Application, address: str) -> list[str]:
    with product.sessions() as session:
        sheet = session.scalars(
            select(ImportBatch.sheet).where(ImportBatch.public_id == address.rsplit("/", maxsplit=1)[-1])
        ).one()
        return [meaning for _, meaning in (sheet or {})["columns"]]


def test_meanings_saved_under_a_name_read_the_list_of_next_month_and_go_when_told(
    operator: Browser, own_product: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:  # type: ignore[no-untyped-def]
    address = tried(operator, own_product, FIRST)
    assert "Saved meanings of columns" not in text(operator.get(address))
    wrong = press(operator, address, "columns", mapping="Завод", **MEANT | {"column-2": "name"})
    assert wrong.status_code == 422
    assert saved(own_product) == []
    assert 'value="Завод"' in text(wrong)  # what was typed stays
    press(operator, address, "columns", mapping=" Завод ", **MEANT)
    work(own_product)
    assert "read as saved under “Завод”" in text(operator.get(address))
    assert [name for name, _ in saved(own_product)] == ["Завод"]
    # Next month: in another order, with a column more.
    further = [["Где", "Кто", "Столбец Б", "Примечание"], ["Пермь", "ООО «Бета»", "литьё", "x"]]
    following = str(send(operator, workbook(further), "next.xlsx").headers["Location"])
    work(own_product)
    page = text(operator.get(following))
    assert "read as saved under “Завод”" in page
    assert "Not known there: Примечание." in page
    assert meanings(own_product, following) == ["city", "name", "processes", "text"]
    assert counts(page)[0] == "1"
    # Another list is read by its own names, and by the saved ones where a person asks for it.
    other = tried(operator, own_product, [["Название", "Столбец Б"], ["ООО «Гамма»", "литьё"]])
    assert "read as saved" not in text(operator.get(other))
    press(operator, other, "mapping", saved="Завод")
    work(own_product)
    assert meanings(own_product, other) == ["name", "processes"]
    none = tried(operator, own_product, [["Телефон", "Название"], ["+7 342 200-00-00", "ООО «Дельта»"]])
    # On the command line.
    file = tmp_path / "month.csv"
    file.write_text("Кто;Столбец Б;Где\nООО «Эпсилон»;литьё;Омск\n", encoding="utf-8")
    monkeypatch.setenv("MATCHMAKER_DATA", str(own_product.settings.data))
    monkeypatch.setenv("MATCHMAKER_CENTRE", own_product.settings.centre)
    for options in ([], ["--mapping", "завод"]):
        assert command(monkeypatch, "import", "--dry-run", *options, file) == 0
        said = capsys.readouterr().err
        assert "month.csv: the columns are read as saved under “Завод”" in said
        assert "1 new" in said
    assert command(monkeypatch, "import", "--mapping", "Завот", file) == 2
    assert "month.csv: there is no mapping “Завот”; there are: Завод." in capsys.readouterr().err
    register = tmp_path / "some.jsonl"
    register.write_text('{"kind": "supplier", "id": "s-1", "name": {"en": "Example"}}\n')
    assert command(monkeypatch, "import", "--mapping", "Завод", register) == 2
    assert "some.jsonl is no list" in capsys.readouterr().err
    press(operator, none, "forget", saved="Завод")
    assert saved(own_product) == []
    press(operator, none, "forget", saved="Завод")  # twice is once


def command(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["matchmaker", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def test_a_name_that_reads_other_columns_is_replaced_only_where_a_person_says_so(
    operator: Browser, own_product: Application
) -> None:
    address = tried(operator, own_product, FIRST)
    press(operator, address, "columns", mapping="Завод", **MEANT)
    work(own_product)
    other = MEANT | {"column-2": "region"}
    asked = press(operator, address, "columns", mapping="завод", **other)
    assert asked.status_code == 422
    assert "reads other columns: tick that it is replaced" in text(asked)
    assert 'name="instead"' in text(asked)
    assert saved(own_product)[0][1][2] == ["Где", "city"]
    press(operator, address, "columns", mapping="завод", instead="1", **other)
    work(own_product)
    ((name, columns),) = saved(own_product)
    assert (name, columns[2]) == ("Завод", ["Где", "region"])


def test_columns_of_one_name_keep_their_order_and_a_guess_gives_way() -> None:
    mapping = ImportMapping(
        name="Маршрут",
        kind="supplier",
        columns=[["Операция", "processes"], ["Операция", "text"], ["Фирма", "name"]],
    )
    read = import_mappings.apply(mapping, "supplier", ["Операция", " операция", "Название", "Фирма"])
    assert [meaning for _, meaning in read.columns] == ["processes", "text", "text", "name"]
    assert read.unknown == ("Название",)


def test_columns_that_a_mapping_does_not_know_are_read_as_without_one() -> None:
    """A column that is left out, and entries that may stand in several columns, take no meaning away from others."""
    mapping = ImportMapping(
        name="С номером",
        kind="supplier",
        columns=[["№ п/п", "skip"], ["Название", "name"], ["Станки", "equipment"]],
    )
    read = import_mappings.apply(
        mapping, "supplier", ["№ п/п", "Название", "Станки", "Оборудование", "Почему вернулась"]
    )
    assert [meaning for _, meaning in read.columns] == ["skip", "name", "equipment", "equipment", "skip"]
