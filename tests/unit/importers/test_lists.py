import tempfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from importers import list_rows, lists
from importers.certificates import CertificateReader
from importers.list_rows import Kind
from importers.lists import ListFile, ListLimits
from importers.readers import sheets
from importers.rows import FileRow
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.records import NeedRecord, SupplierRecord
from matchmaker.wiring import load_recogniser
from tests.support import office_files
from tests.support.office_files import book, workbook

PAPERS = CertificateReader(load_recogniser(), date(2026, 11, 28))


def listing(path: Path, rows: list[list[object]], kind: Kind) -> ListFile:
    path.write_bytes(workbook(rows))
    return ListFile(path, "list.xlsx", kind, lists.sheet("list.xlsx", path.read_bytes(), kind), "0", PAPERS)


def read(path: Path, rows: list[list[object]], kind: Kind = "supplier") -> list[FileRow]:
    return list(listing(path, rows, kind).rows())


def test_a_register_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    first, second, third = read(tmp_path / "list.xlsx", office_files.SUPPLIERS)
    record = first.record
    assert isinstance(record, SupplierRecord)
    assert (first.number, record.id, record.inn, record.city) == (4, "inn-7707083893", "7707083893", "Самара")
    assert [one.process for one in record.capabilities] == ["токарная обработка", "шлифование"]
    assert record.certificates[0].valid_until.isoformat() == "2028-02-01"  # type: ignore[union-attr]
    assert record.employees == 12
    assert record.description.ru == "Примечание: работают с 1999"  # type: ignore[union-attr]
    assert isinstance(second.record, SupplierRecord)
    assert isinstance(third.record, SupplierRecord)
    assert (second.number, second.record.inn, second.problems[0].path) == (5, None, "ИНН")
    assert (third.number, third.problems[0].path, third.problems[0].value) == (7, "Численность", "мало")
    assert "Численность: мало" in str(third.record.description)


def test_a_row_keeps_its_id_wherever_it_stands(tmp_path: Path) -> None:
    rows = [["Название", "Город"], ["ООО «Рога»", "Самара"], ["ЗАО «Копыта»", "Тверь"]]
    one = read(tmp_path / "a.xlsx", rows)
    other = read(tmp_path / "b.xlsx", [rows[0], rows[2], rows[1]])
    assert [row.record.id for row in one] == [row.record.id for row in reversed(other)]  # type: ignore[union-attr]


def test_sheets_of_the_same_columns_are_read_together_where_a_person_wants_that(tmp_path: Path) -> None:
    names = ["Название", "ИНН", "Город"]
    content = book(
        Самара=[names, ["ООО «Рога»", "7707083893", "Самара"]],
        Цены=[["Услуга", "Цена"], ["Токарная", "100"]],
        Тверь=[["Реестр"], names, ["ЗАО «Копыта»", "5024047737", "Тверь"], ["Итого", "", ""]],
    )
    (path := tmp_path / "a.xlsx").write_bytes(content)

    def found(*, together: bool) -> list[tuple[int, str | None]]:
        columns = lists.sheet("a.xlsx", content, "supplier", together=together)
        rows = ListFile(path, "a.xlsx", "supplier", columns, "0", PAPERS).rows()
        return [
            (row.number, row.record.inn if isinstance(row.record, SupplierRecord) else row.problems[0].code)
            for row in rows
        ]

    assert found(together=True) == [
        (2, "7707083893"),
        (3, "sheet.further"),
        (6, "5024047737"),
        (7, "row.total"),
        (8, "sheet.other"),
    ]
    assert found(together=False)[1:] == [(3, "sheet.other"), (4, "sheet.other")]


@pytest.mark.parametrize("column", ["№", "№ п/п", "п/п", "N", "No.", "#"])
def test_numbers_of_rows_are_nobodys_code(column: str) -> None:
    assert lists.guessed("supplier", column) == list_rows.SKIP


def test_an_inn_that_lost_its_nought_gets_it_back(tmp_path: Path) -> None:
    (row,) = read(tmp_path / "a.xlsx", [["Название", "ИНН"], ["Завод", 274062111.0]])
    assert isinstance(row.record, SupplierRecord)
    assert row.record.inn == "0274062111"


def test_needs_are_read_with_their_contractor(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Деталь", "Материал", "Кол-во", "Габариты", "Заказчик", "ИНН", "Срок", "Покрытие"],
        ["Втулка", "БрАЖ9-4", 300, "60×60×80", "АО «Завод»", "7707083893", "01.03.2027", "нет"],
    ]
    (row,) = read(tmp_path / "a.xlsx", rows, "need")
    record = row.record
    assert isinstance(record, NeedRecord)
    assert (record.title, record.quantity, record.envelope_mm) == ("Втулка", 300, (60, 60, 80))
    assert record.contractor is not None
    assert record.contractor.name.ru == "АО «Завод»"
    assert record.text == "Втулка. Покрытие: нет"


def test_a_meaning_stands_once_and_a_name_is_needed() -> None:
    assert [one.code for one in lists.check("supplier", [("a", "inn"), ("b", "inn"), ("c", "name")])] == [
        "column.twice"
    ]
    assert [one.code for one in lists.check("supplier", [("a", "inn")])] == ["column.missing"]
    assert lists.check("need", [("a", list_rows.TEXT)]) == ()


def test_what_an_export_guards_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Название;Телефон\n'=Завод;'+7 846\n", encoding="utf-8-sig")
    found = ListFile(
        path, "a.csv", "supplier", lists.sheet("a.csv", path.read_bytes(), "supplier"), "0", PAPERS
    )
    (row,) = found.rows()
    assert isinstance(row.record, SupplierRecord)
    assert row.record.name.ru == "=Завод"
    assert row.record.contacts.phone == "+7 846"  # type: ignore[union-attr]


def test_a_file_without_columns_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="names the columns"):
        lists.sheet("a.csv", b"one\ntwo\n", "supplier")


def test_a_size_or_an_accuracy_in_other_words_stays_in_the_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Part", "Qty", "Tolerance", "Size", "Weight"],
        ["Shaft", "1 000 pcs", "±0.05 mm", "ø45×320", "1.2 t"],
        ["Bush", "20", "IT7", "60 x 60 x 80 mm", "850 g"],
    ]
    first, second = (row.record for row in read(tmp_path / "a.xlsx", rows, "need"))
    assert isinstance(first, NeedRecord)
    assert isinstance(second, NeedRecord)
    assert (first.quantity, first.tolerance_it, first.envelope_mm, first.mass_kg) == (1000, None, None, 1200)
    assert first.text == "Shaft. Tolerance: ±0.05 mm. Size: ø45×320"
    assert (second.tolerance_it, second.envelope_mm, second.mass_kg) == (7, (60, 60, 80), 0.85)


def test_a_delimited_list_may_have_a_title_above_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Реестр\nНазвание;Адрес\nЗавод;Тверь, Ленина, 1\n", encoding="utf-8")
    assert lists.sheet("a.csv", path.read_bytes(), "supplier").columns == (
        ("Название", "name"),
        ("Адрес", "address"),
    )


def test_a_cell_that_cannot_be_read_never_refuses_the_firm(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Название", "ИНН/КПП", "Телефон", "Действует до", "Сертификат", "Основан"],
        [
            "ООО «Альфа»",
            "ИНН 7707083893 КПП 770701001",
            "79120000001,0",
            "31 декабря 2027",
            "ISO 9001",
            "с 1999 г.",
        ],
        ["ООО «Бета»", "7,70708E+09", "7,912E+10", "бессрочно", "ISO 9001", "давно"],
    ]
    first, second = read(tmp_path / "a.xlsx", rows)
    assert isinstance(first.record, SupplierRecord)
    assert isinstance(second.record, SupplierRecord)
    assert (first.record.inn, first.record.founded, first.problems) == ("7707083893", 1999, ())
    assert first.record.description.ru == "ИНН/КПП: ИНН 7707083893 КПП 770701001"  # type: ignore[union-attr]
    assert first.record.contacts is not None
    assert first.record.contacts.phone == "+79120000001"
    assert str(first.record.certificates[0].valid_until) == "2027-12-31"
    assert (second.record.inn, second.record.contacts) == (None, None)
    asked = ["ИНН/КПП", "Телефон", "Действует до", "Сертификат", "Основан"]
    assert [one.path for one in second.problems] == asked
    assert "7,912E+10" not in str(second.record.description)


def test_words_beyond_the_room_of_a_description_are_told_and_cost_no_firm(tmp_path: Path) -> None:
    names = ["Название", *(f"Показатель {number}" for number in range(1, 41))]
    (row,) = read(tmp_path / "a.xlsx", [names, ["Завод", *["слово " * 150] * 40]])
    assert isinstance(row.record, SupplierRecord)
    assert row.record.description is not None
    kept = str(row.record.description.ru).count("Показатель")
    assert 20 < kept < 40
    (problem,) = row.problems
    assert (problem.code, problem.params) == (
        "row.words",
        {"count": 40 - kept, "column": f"Показатель {kept + 1}"},
    )


def test_columns_of_entries_may_stand_several_times_and_lines_are_entries(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Название", "Операция", "Операция", "Материалы"],
        ["Завод", "токарная\nфрезерная", "шлифовальная", "40Х"],
    ]
    (row,) = read(tmp_path / "a.xlsx", rows)
    assert isinstance(row.record, SupplierRecord)
    assert [one.process for one in row.record.capabilities] == ["токарная", "фрезерная", "шлифовальная"]


@pytest.mark.parametrize(
    ("masses", "read_as", "remarks"),
    [
        (["1,250", "12,5"], [1.25, 12.5], 0),  # the column's other cells have decimal commas
        (["1,250", "1,012.5"], [1250, 1012.5], 0),
        (["1,250", "40"], [None, 40], 1),
    ],
)
def test_a_column_tells_what_its_commas_part(
    tmp_path: Path, masses: list[str], read_as: list[float | None], remarks: int
) -> None:
    path = tmp_path / "a.csv"
    lines = ["Деталь;Масса, кг", *(f"Корпус {at};{mass}" for at, mass in enumerate(masses))]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = list(
        ListFile(path, "a.csv", "need", lists.sheet("a.csv", path.read_bytes(), "need"), "0", PAPERS).rows()
    )
    assert [row.record.mass_kg for row in found] == read_as  # type: ignore[union-attr]
    assert sum(len(row.problems) for row in found) == remarks


def test_a_mass_that_may_be_a_thousand_times_as_much_is_not_read_as_words_either(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Part;Weight, kg\nBracket;1,250\n", encoding="utf-8")
    found = list(
        ListFile(path, "a.csv", "need", lists.sheet("a.csv", path.read_bytes(), "need"), "0", PAPERS).rows()
    )
    assert str(found[0].problems[0]) == "Is it 1.25 kg or 1250 kg?"
    assert found[0].record.disregarded == ("1,250",)  # type: ignore[union-attr]


CERTIFICATES = [
    ("да", "ISO 9001 certified None None", "certificate.date_unknown"),
    ("нет", "", None),
    ("в процессе", "ISO 9001 implementing None None", None),
    ("-", "", None),
    ("истёк в 2024 г.", "ISO 9001 certified None 2024-12-31", "certificate.lapsed"),
    (
        "ГОСТ Р ИСО 9001-2015, № РОСС RU.0001.13ИФ99, до 12.05.2028",
        "ГОСТ Р ИСО 9001-2015 certified РОСС RU.0001.13ИФ99 2028-05-12",
        None,
    ),
    ("ISO 9001 - нет, планируем в 2027", "", None),
    ("ISO 9001:2008", "ISO 9001:2008 certified None None", "certificate.lapsed"),
    ("ISO 9999", "", "certificate.standard_unknown"),
    ("приостановлен", "ISO 9001 suspended None None", None),
    ("выдан 01.03.2027", "", "certificate.not_yet_issued"),
]


@pytest.mark.parametrize(("cell", "certificates", "remark"), CERTIFICATES)
def test_a_cell_of_certificates_is_read_with_its_column_s_name(
    cell: str, certificates: str, remark: str | None, tmp_path: Path
) -> None:
    rows: list[list[object]] = [["Название", "Сертификат ISO 9001"], ["Завод", cell]]
    (row,) = read(tmp_path / "a.xlsx", rows)
    assert isinstance(row.record, SupplierRecord)
    found = [f"{c.standard} {c.status} {c.number} {c.valid_until}" for c in row.record.certificates]
    assert "; ".join(found) == certificates
    assert [one.code for one in row.problems] == ([remark] if remark else [])


def test_columns_of_numbers_and_days_complete_a_certificate(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Название", "Сертификат", "Номер сертификата", "Действует до"],
        ["Завод", "ISO 9001:2015", "12 100 12345", "31.12.2027 г."],
    ]
    (row,) = read(tmp_path / "a.xlsx", rows)
    assert isinstance(row.record, SupplierRecord)
    (one,) = row.record.certificates
    assert (one.number, one.valid_until, one.edition) == ("12 100 12345", date(2027, 12, 31), "2015")


@pytest.mark.parametrize(
    ("column", "meaning"),
    [
        ("ISO 9001", "standard"),
        ("ИСО 9001", "standard"),
        ("Аттестация НАКС", "standard"),
        ("ISO 9001 valid until", "valid_until"),
        ("Список станков", "equipment"),
    ],
)
def test_a_column_named_by_a_standard_is_one_of_certificates(column: str, meaning: str) -> None:
    assert lists.guessed("supplier", column) == meaning


def test_a_column_of_days_that_names_its_standard_makes_a_certificate(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Название", "ISO 9001 действует до"],
        ["Завод", "31.12.2027"],
        ["Цех", "нет"],
    ]
    first, second = (row.record for row in read(tmp_path / "a.xlsx", rows))
    assert isinstance(first, SupplierRecord)
    assert isinstance(second, SupplierRecord)
    assert [(c.standard, str(c.valid_until)) for c in first.certificates] == [("ISO 9001", "2027-12-31")]
    assert second.certificates == ()


def test_the_units_of_columns_hold_for_their_cells(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Деталь", "Масса, т", "Длина, м", "Диаметр, мм", "Твёрдость", "Шероховатость, Ra"],
        ["Вал", "1,24", "2,5", "ø120h7", "HRC 45-50", "0,8; остальное 3,2"],
    ]
    (row,) = read(tmp_path / "a.xlsx", rows, "need")
    found = row.record
    assert isinstance(found, NeedRecord)
    assert (found.mass_kg, found.length_mm, found.diameter_mm, found.roughness_ra_um) == (
        1240,
        2500,
        120,
        0.8,
    )
    assert found.hardness is not None
    assert (found.hardness.scale, found.hardness.min, found.hardness.max) == ("HRC", 45, 50)
    assert row.problems == ()


NO_FIRMS: list[tuple[list[object], str]] = [
    (["Всего предприятий: 15"], "row.total"),
    (["ИТОГО", "", "", "3"], "row.total"),
    (["Total"], "row.total"),
    (["Название", "ИНН", "Город", "Телефон"], "row.head"),
    (["1", "2", "3", "4"], "row.numbers"),
    (["Самарская область"], "row.region"),
    (["Республика Марий Эл"], "row.region"),
]


@pytest.mark.parametrize(("row", "code"), NO_FIRMS)
def test_a_row_that_is_no_firm_is_left_out_and_named(tmp_path: Path, row: list[object], code: str) -> None:
    (found,) = read(tmp_path / "list.xlsx", [["Название", "ИНН", "Город", "Телефон"], row])
    assert (found.record, [one.code for one in found.problems]) == (None, [code])
    assert found.problems[0].value == " · ".join(str(one) for one in row if one)


@pytest.mark.parametrize(
    "name", ["Total Metal Ltd", "Всего Хорошего, ООО", "ООО «Итого»", "Самара", "Summit Tools", "111"]
)
def test_a_firm_with_such_a_name_stays_one(tmp_path: Path, name: str) -> None:
    (found,) = read(tmp_path / "list.xlsx", [["Название", "ИНН", "Город", "Телефон"], [name, "", "", ""]])
    assert found.record is not None


def test_what_a_spreadsheet_could_not_work_out_is_empty_and_told(tmp_path: Path) -> None:
    (found,) = read(
        tmp_path / "list.xlsx", [["Название", "Город", "Численность"], ["ООО «Рога»", "#ССЫЛКА!", "#N/A"]]
    )
    assert isinstance(found.record, SupplierRecord)
    assert (found.record.city, found.record.employees, found.record.description) == (None, None, None)
    assert [(one.path, one.code, one.value) for one in found.problems] == [
        ("Город", "cell.fault", "#ССЫЛКА!"),
        ("Численность", "cell.fault", "#N/A"),
    ]


def test_no_cell_is_lost_for_lack_of_a_name_or_for_its_length(tmp_path: Path) -> None:
    long = "станок " * 400
    (found,) = read(
        tmp_path / "list.xlsx",
        [["Название", "", "Примечание"], ["ООО «Рога»", "без имени столбца", long, "за шапкой"]],
    )
    assert isinstance(found.record, SupplierRecord)
    text = found.record.description.ru  # type: ignore[union-attr]
    assert text is not None
    assert "без имени столбца" in text
    assert "за шапкой" in text
    assert text.count("станок") == 400


def test_what_other_sheets_hold_and_formulas_without_a_value_are_told(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(path)
    secret, shown, more, other, _ = map(book.add_worksheet, ("Черновик", "Реестр", "Старое", "Ещё", "Пусто"))
    for at, row in enumerate(
        [["Название", "Город", "Численность"], ["ООО «Рога»", "Самара"], ["ООО «Копыта»"]]
    ):
        shown.write_row(at, 0, row)
    shown.write_formula("C2", "=6*7", value=42)
    shown.write_formula("C3", "=SUM(A1:A9)", value="")
    for sheet in (secret, more):
        sheet.write_row(0, 0, ["ООО «Тайна»", "Пермь"])
    other.write_column(0, 0, ["ООО «Первая»", "ООО «Вторая»"])
    shown.activate()
    secret.hide()
    more.very_hidden()
    book.close()
    content = path.read_bytes()
    file = ListFile(path, "list.xlsx", "supplier", lists.sheet("list.xlsx", content, "supplier"), "0", PAPERS)
    first, second, *others = file.rows()
    assert first.record.employees == 42  # type: ignore[union-attr]
    assert first.problems == ()
    assert isinstance(second.record, SupplierRecord)
    assert [(one.path, one.code, one.value) for one in second.problems] == [
        ("Численность", "cell.formula", "=SUM(A1:A9)")
    ]
    told = [(row.number, row.record, row.problems[0].code, row.problems[0].params) for row in others]
    assert told == [
        (4, None, "sheet.hidden", {"row": 1, "sheet": "Черновик"}),
        (5, None, "sheet.hidden", {"row": 1, "sheet": "Старое"}),
        (6, None, "sheet.other", {"row": 2, "sheet": "Ещё"}),
    ]


@pytest.mark.parametrize("mark", ['"ООО Рога;Самара;1\n', 'ООО Рога;"Самара;1\n', 'ООО Рога;Самара;"1\n'])
def test_a_stray_quotation_mark_is_told_with_its_line(tmp_path: Path, mark: str) -> None:
    whole = (
        "Название;Город;Примечание\nООО Копыта;Тверь;да\n" + mark + "ООО Хвосты;Пермь;нет\nООО Уши;Омск;да\n"
    )
    with pytest.raises(UnreadableFile) as error:
        _taken(tmp_path, whole.encode())
    assert error.value.params["line"] == 3


@pytest.mark.parametrize(
    ("content", "city"),
    [
        ('Название;Город;Примечание\n"Рассвет" ООО;Тверь;"два\nслова; и ещё"\n'.encode(), "Тверь"),
        ('Название;Город\n"ООО ""Рассвет""";Тверь\n'.encode("cp1251"), "Тверь"),
        ("Название\tГород\nООО Рассвет\tТверь\n".encode("utf-16"), "Тверь"),
        ("\ufeffНазвание,Город\nООО Рассвет,Тверь\n".encode(), "Тверь"),
    ],
)
def test_a_text_is_read_in_the_codes_and_with_the_marks_of_offices(
    tmp_path: Path, content: bytes, city: str
) -> None:
    (row,) = _taken(tmp_path, content)
    assert isinstance(row.record, SupplierRecord)
    assert row.record.city == city
    assert "Рассвет" in str(row.record.name.ru)


def _taken(folder: Path, content: bytes) -> list[FileRow]:
    path = folder / "list.csv"
    path.write_bytes(content)
    found = lists.sheet("list.csv", content, "supplier")
    return list(ListFile(path, "list.csv", "supplier", found, "0", PAPERS).rows())


def test_the_rows_of_a_workbook_stand_in_a_file_that_is_gone_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    content = workbook([["", "Название", "Город"], [], ["", "ООО «Рога»", "Самара\nТверь"]])
    with sheets.table("list.xlsx", content) as table:
        assert list(tmp_path.iterdir()) == []
        rows = [(1, ["", "Название", "Город"]), (3, ["", "ООО «Рога»", "Самара\nТверь"])]
        assert list(table.walked()) == list(table.walked()) == rows


def test_a_workbook_that_unpacks_to_too_much_is_told_with_what_moves_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(workbook([["Название"], *([f"Завод {'о' * 900} {at}"] for at in range(1_000))]))
    limits = ListLimits(rows=1_000)
    with pytest.raises(UnreadableFile, match=r"more than 1 MB, the room for 1000 rows.*MATCHMAKER_LIST_ROWS"):
        lists.sheet(path.name, path.read_bytes(), "supplier", limits=limits)
