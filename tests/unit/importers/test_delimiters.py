"""What parts the cells of a text: one rule for tables, one for a text that may be prose."""

import pytest

from importers.readers.delimiters import delimiter, regular_delimiter


@pytest.mark.parametrize(
    ("lines", "sign"),
    [
        (["a\tb", "1\t2"], "\t"),
        (["a;b", "1;2"], ";"),
        (["a,b", "1,2"], ","),
        (["Название, адрес;ИНН", "Завод, Тверь;1"], ";"),  # a comma within cells
        (["Перечень на 2026 год, лист 1", "a;b", "1;2"], ";"),  # a title above the columns
        (["id,work", '1,"turning; milling"', '2,"casting; forging"'], ","),  # semicolons within quotes
        (["one", "two, three"], ","),
        (["one"], "\t"),
        ([], "\t"),
    ],
)
def test_the_delimiter_of_a_table_is_what_most_lines_hold(lines: list[str], sign: str) -> None:
    assert delimiter(lines) == sign


@pytest.mark.parametrize(
    ("lines", "sign"),
    [
        (["a\tb"], "\t"),
        (["one", "a\tb", "c\td"], "\t"),
        (["one", "a\tb"], ""),
        (["a;b", "c;d", "", "e;f"], ";"),
        (["Точим валы, фланцы.", "Фрезеруем."], ""),
        (["a, b"], ""),
        ([], ""),
    ],
)
def test_prose_has_no_delimiter(lines: list[str], sign: str) -> None:
    assert regular_delimiter(lines) == sign
