"""Lists as shops keep them: titles above, headings between, columns by any name, or no columns at all."""

from importers import inventories

BLOCK = (
    "Перечень на 2026 год\n№\tНаименование\tМодель\tКол-во\n\tТокарная группа\t\t\n1\tТокарный\t16К20\t3\n"
    "Фрезерная группа\n2\tФрезерный\t6Р13\t-\n"
)


def test_headings_group_the_rows_below_them() -> None:
    found = inventories.of_text(BLOCK)
    assert [line.words for line in found] == [
        "Перечень на 2026 год",
        "Токарная группа",
        "1 Токарный 16К20 3",
        "Фрезерная группа",
        "2 Фрезерный 6Р13",
    ]
    assert found[2].group == "Токарная группа"
    assert found[2].cells == {"name": "Токарный", "model": "16К20", "quantity": "3"}
    assert found[4].group == "Фрезерная группа"
    assert "quantity" not in found[4].cells


def test_prose_with_commas_and_semicolons_stays_prose() -> None:
    text = "Точим валы, фланцы; сталь 40Х, 45.\nФрезеруем корпуса, плиты; алюминий, чугун."
    assert [line.words for line in inventories.of_text(text)] == text.split("\n")


def test_a_table_without_names_of_columns_keeps_its_words() -> None:
    found = inventories.of_text("Haas VF-2\t1\nTrumpf TruLaser\t2\n")
    assert [(line.words, dict(line.cells)) for line in found] == [
        ("Haas VF-2 1", {}),
        ("Trumpf TruLaser 2", {}),
    ]


def test_columns_of_one_meaning_are_joined_and_a_type_needs_letters() -> None:
    found = inventories.read("a.csv", b"name,type,machine_type,power\n16A20,1,CNC lathe,11\n")
    assert found[0].cells == {"name": "16A20", "type": "CNC lathe"}
