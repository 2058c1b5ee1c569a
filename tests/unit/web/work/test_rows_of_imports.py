"""The rows of a trial: counted by what becomes of them, looked through, given back to be corrected; a trial that is stopped."""

import io
import re

import pytest
from sqlalchemy import func, select

from matchmaker.domain.records import NeedRecord, SupplierRecord
from matchmaker.models import ImportBatch, ImportRow
from matchmaker.services.imports import import_batches, import_runs
from matchmaker.web.views.work import column_labels, imports
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.office_files import workbook
from tests.support.sent_lists import counts, press, send, tried, work

HEAD: list[object] = ["Название", "ИНН", "Численность", "Виды работ"]
LIST: list[list[object]] = [
    HEAD,
    ["ООО «Без вопросов»", "", 12, "токарная обработка"],
    HEAD,
    ["ООО «С вопросом»", "", "около ста", "литьё"],
    ["", "7707083893", 4, "сварка"],
    ["Итого предприятий: 3"],
]


@pytest.fixture
def operator(own_site) -> Browser:  # type: ignore[no-untyped-def]
    return Browser(own_site.test_client()).sign_in("operator")


def rows(answer) -> str:  # type: ignore[no-untyped-def]
    """The part of a page that shows the rows."""
    return text(answer).split('id="rows"')[1]


def test_every_row_is_counted_as_what_becomes_of_it_and_can_be_looked_through(
    operator: Browser, own_product: Application
) -> None:
    address = tried(operator, own_product, LIST)
    page = text(operator.get(address))
    # new, changed, same, doubtful, left out, refused
    assert counts(page) == ["2", "0", "0", "1", "2", "1"]
    new = rows(operator.get(f"{address}?rows=new"))
    assert ("ООО «Без вопросов»" in new, "ООО «С вопросом»" in new, "Итого" in new) == (True, True, False)
    doubtful = rows(operator.get(f"{address}?rows=doubtful"))
    assert ("ООО «Без вопросов»" in doubtful, "ООО «С вопросом»" in doubtful) == (False, True)
    left = rows(operator.get(f"{address}?rows=left_out"))
    assert "This row is a total and was left out" in left
    assert "ООО «С вопросом»" not in left
    press(operator, address, "start")
    work(own_product)
    assert counts(text(operator.get(address))) == ["2", "0", "0", "1", "2", "1"]


@pytest.mark.parametrize("kind", ["supplier", "need"])
def test_every_key_of_a_record_has_a_name_in_russian(own_site, kind: str) -> None:  # type: ignore[no-untyped-def]
    record = SupplierRecord if kind == "supplier" else NeedRecord
    whole = {"name", "description", "contacts", "registration", "minimum_order"}  # told key by key
    keys = record.model_fields.keys() - {"kind", "id", *(whole if kind == "supplier" else ())}
    with own_site.test_request_context(headers={"Accept-Language": "ru"}):
        named = {key: column_labels.key_label(kind, key) for key in keys}
    assert {key for key, name in named.items() if not re.search("[а-яё]", name, re.IGNORECASE)} == set()


def test_rows_to_correct_come_back_as_they_were_sent_and_may_be_sent_again(
    operator: Browser, own_product: Application
) -> None:
    address = tried(operator, own_product, LIST)
    back = operator.get(f"{address}/to-correct.csv").get_data().decode("utf-8-sig")
    head, asked, refused = back.splitlines()
    assert head == "Название;ИНН;Численность;Виды работ;Why it came back"
    assert asked.startswith("ООО «С вопросом»;;около ста;литьё;")
    assert refused.startswith(";7707083893;4;сварка;")
    corrected = back.replace("около ста", "100").replace("\r\n;7707", "\r\nООО «С именем»;7707")
    again = str(send(operator, corrected.encode("utf-8-sig"), "again.csv").headers["Location"])
    work(own_product)
    assert counts(text(operator.get(again)))[2:] == ["0", "0", "0", "0"]
    assert operator.get(f"{again}/to-correct.xlsx").status_code == 200
    assert operator.get(f"{again}/to-correct.pdf").status_code == 404


def test_a_file_of_remarks_says_where_it_ends_and_rows_to_correct_come_in_parts(
    operator: Browser, own_product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_ROWS", 1)
    address = tried(operator, own_product, LIST)
    remarks = operator.get(f"{address}/remarks.csv").get_data().decode("utf-8-sig").splitlines()
    assert "The file ends here, after 1 rows" in remarks[-1]
    page = text(operator.get(address))
    assert "(part 2 of 2)" in page
    parts = [
        operator.get(f"{address}/to-correct.csv?part={part}").get_data().decode("utf-8-sig")
        for part in (1, 2)
    ]
    assert ["ООО «С вопросом»" in part for part in parts] == [True, False]
    assert ["7707083893" in part for part in parts] == [False, True]


def test_a_trial_that_is_stopped_tries_no_further_row(
    operator: Browser, own_product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "CHUNK", 1)
    address = str(
        send(operator, workbook([HEAD, *([f"ООО {n}", "", n, "литьё"] for n in range(1, 9))])).headers[
            "Location"
        ]
    )
    assert "It waits for its turn" in text(operator.get(address))
    looked, seen = import_batches.content_of, list[str]()

    def content(batch: ImportBatch, place: object) -> object:
        whole = looked(batch, place)  # type: ignore[arg-type]

        class Stopped:
            path, digest, source_name = whole.path, whole.digest, whole.source_name

            def rows(self):  # type: ignore[no-untyped-def]
                for row in whole.rows():
                    if row.number == 4:
                        seen.append(operator.get(f"{address}/progress").json["pace"])
                        press(operator, address, "discard")
                    yield row

        return Stopped()

    monkeypatch.setattr(import_batches, "content_of", content)
    work(own_product)
    assert "2 rows" in seen[0]
    page = text(operator.get(address))
    assert "not imported" in page
    assert "could not be read" not in page
    with own_product.sessions() as session:
        last = select(ImportBatch.id).order_by(ImportBatch.id.desc()).limit(1).scalar_subquery()
        tried_rows = session.scalar(
            select(func.count()).select_from(ImportRow).where(ImportRow.batch_id == last)
        )
    assert tried_rows == 3


def test_a_list_of_very_many_columns_makes_a_small_page(operator: Browser, own_product: Application) -> None:
    head = ";".join(["Название", *(f"Столбец {number}" for number in range(2, 2001))])
    content = f"{head}\nООО «Широкое»{';' * 1999}\n".encode()
    sent = {
        "csrf_token": operator.token("/work/imports/"),
        "kind": "supplier",
        "file": (io.BytesIO(content), "wide.csv"),
    }
    address = str(
        operator.client.post("/work/imports/", data=sent, headers=operator.headers).headers["Location"]
    )
    work(own_product)
    page = text(operator.get(address))
    assert len(page) < 500_000
    assert "Further columns, from the 101" in page
    assert 'name="column-100"' in text(operator.get(f"{address}?column=100"))
    press(operator, address, "columns", **{"column-150": "city"})
    work(own_product)
    assert '<option value="city" selected' in text(operator.get(f"{address}?column=100"))


def test_what_a_column_means_is_known_from_the_list_that_was_taken_before(
    operator: Browser, own_product: Application
) -> None:
    head: list[object] = ["Название", "Где стоит цех"]
    address = tried(operator, own_product, [head, ["ООО «Первый месяц»", "Тверь"]], name="октябрь.xlsx")
    press(operator, address, "columns", **{"column-1": "city"})
    work(own_product)
    press(operator, address, "start")
    work(own_product)
    again = tried(operator, own_product, [head, ["ООО «Второй месяц»", "Омск"]], name="ноябрь.xlsx")
    page = text(operator.get(again))
    assert "The columns are read as in октябрь.xlsx" in page
    assert '<option value="city" selected' in page
