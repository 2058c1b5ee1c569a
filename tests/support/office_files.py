"""Lists as offices keep them, made as workbooks."""

import io

import xlsxwriter


def workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return buffer.getvalue()


def book(**named: list[list[str]]) -> bytes:
    """A workbook of sheets; those whose name begins with an underscore are hidden."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True})
    pages = {name: made.add_worksheet(name) for name in named}
    next(page for name, page in pages.items() if not name.startswith("_")).activate()
    for name, rows in named.items():
        if name.startswith("_"):
            pages[name].hide()
        for place, row in enumerate(rows):
            pages[name].write_row(place, 0, row)
    made.close()
    return buffer.getvalue()


PARTS: list[list[object]] = [
    ["Спецификация"],
    ["Наименование детали", "Материал", "Кол-во, шт", "Габариты, мм", "Примечание"],
    ["Втулка", "БрАЖ9-4", 100, "60х60х80", "без покрытия"],
    ["Вал", "40Х", 12.0, "", ""],
]


SUPPLIERS: list[list[object]] = [
    ["Реестр поставщиков центра"],
    [],
    ["№ п/п", "Наименование организации", "ИНН", "Город", "Виды работ", "Станки", "Сертификат СМК", "Действует до",
     "E-mail", "Численность", "Примечание"],
    [1, "ООО «Рога»", 7707083893.0, "Самара", "токарная обработка; шлифование", "16К20", "ISO 9001", "01.02.2028",
     "a@example.com", 12.0, "работают с 1999"],
    [2, "ООО «Копыта»", "123", "Самара", "литьё", "", "", "", "", "", ""],
    [],
    [3, "ИП Петров", "", "Тверь", "сварка", "", "", "", "", "мало", ""],
]  # fmt: skip
