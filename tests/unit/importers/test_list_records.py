from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from importers import list_records, lists
from importers.cells import in_lines
from importers.list_rows import Kind
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse, to_data

WORDS = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=300).filter(str.strip)


@given(WORDS, st.integers(1, 2000))
def test_the_record_of_a_row_is_read_back(words: str, times: int) -> None:
    said = {
        "id": "a",
        "name": {"ru": words},
        "description": {"ru": (words * times)[:30_000]},
        "sectors": [words],
    }
    for record in (
        parse(SupplierRecord, said),
        parse(NeedRecord, {"id": "b", "title": words, "text": words}),
    ):
        cell = list_records.cells_of(record)[list_records.WHOLE]
        assert len(cell) <= list_records.LONGEST
        read = list_records.whole_record(record.kind, in_lines(cell)) if cell else record
        assert read is not None
        assert to_data(read) == to_data(record)


@given(st.text(max_size=40), st.sampled_from(get_args(Kind)))
def test_a_spoiled_record_is_none(words: str, kind: str) -> None:
    for cell in (f"x{words}", f"zlib:{words}", f'{{"kind": "{kind}", {words}', f"[{words}]", "{}", "1"):
        assert list_records.whole_record(kind, cell) is None


def test_every_kind_of_list_knows_the_columns_that_it_writes() -> None:
    for kind in get_args(Kind):
        assert {*list_records.COLUMNS[kind]} <= {*lists.meanings(kind)}
