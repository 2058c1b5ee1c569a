"""The parts of STEP assemblies: counted along the tree, named in any letters, refused where the file is none or no whole one."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import parts
from importers.readers import assemblies
from matchmaker.domain.errors import FileRefused, UnreadableFile
from tests.support.step_files import Usage, step

PLATE = Path(__file__).parents[2] / "files" / "plate.step"


def read(content: bytes) -> list[tuple[str, int]]:
    return [(one.name, one.pieces) for one in assemblies.parts("a.step", content, parts.MOST_ROWS)]


# The assembly that CAD systems exchange to try each other: two brackets with three bolts and nuts each, and a rod with two nuts.
TREE: Sequence[Usage] = (
    ("as1", "rod-assembly", 1),
    ("as1", "l-bracket-assembly", 2),
    ("as1", "plate", 1),
    ("rod-assembly", "nut", 2),
    ("rod-assembly", "rod", 1),
    ("l-bracket-assembly", "nut-bolt-assembly", 3),
    ("l-bracket-assembly", "l-bracket", 1),
    ("nut-bolt-assembly", "nut", 1),
    ("nut-bolt-assembly", "bolt", 1),
)


@pytest.mark.parametrize("measured", [False, True])
def test_pieces_are_multiplied_along_the_tree(*, measured: bool) -> None:
    found = dict(read(step(TREE, measured=measured)))
    assert found == {"nut": 8, "bolt": 6, "rod": 1, "l-bracket": 2, "plate": 1}


def test_a_part_that_is_no_assembly_is_one_line() -> None:
    assert read(step((), products=("Вал",))) == [("Вал", 1)]
    assert read(PLATE.read_bytes()) == [("Open CASCADE STEP translator 8.0 1", 1)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (rb"\X2\04120430043B\X0\-1", "Вал-1"),
        (rb"\X4\00000412\X0\ ", "В"),
        (rb"\PE\\S\2\S\P\S\[", "Вал"),
        (rb"caf\X\E9", "café"),
        (b"5'' pipe", "5' pipe"),
        (rb"a\\b", r"a\b"),
        ("Вал".encode(), "Вал"),
        ("Корпус подшипника".encode("cp1251"), "Корпус подшипника"),
        (b"bush\r\ning", "bushing"),
        (b"a;b/*c*/#7=PRODUCT('x','y','',());", "a;b/*c*/#7=PRODUCT('x','y','',());"),
    ],
)
def test_names_are_read_in_the_letters_of_the_format(written: bytes, meant: str) -> None:
    quoted = written.replace(b"'", b"''") if b"PRODUCT" in written else written
    content = step((), products=("NAME",)).replace(b"'NAME'", b"'" + quoted + b"'")
    assert read(content) == [(meant, 1)]


def test_a_number_stands_beside_a_name_that_says_something_else() -> None:
    content = step((), products=("NAME",)).replace(b"PRODUCT('NAME','NAME'", b"PRODUCT('XY.10.02','Shaft'")
    (part,) = assemblies.parts("a.step", content, 200)
    assert (part.name, part.number) == ("Shaft", "XY.10.02")
    unnamed = step((), products=("NAME",)).replace(b"PRODUCT('NAME','NAME'", b"PRODUCT('XY.10.02','NONE'")
    (part,) = assemblies.parts("a.step", unnamed, 200)
    assert (part.name, part.number) == ("XY.10.02", "")


def test_one_number_and_name_is_one_part_however_often_it_was_written() -> None:
    content = step((("a", "bolt", 1), ("a", "bolt-b", 2))).replace(b"'bolt-b'", b"'bolt'")
    assert read(content) == [("bolt", 3)]


def test_papers_are_no_parts() -> None:
    content = step((("a", "bolt", 4),), products=("a", "bolt", "paper"))
    of_paper = content.partition(b"=PRODUCT('paper'")[0].rpartition(b"#")[2]
    kind = b"#90001=PRODUCT_RELATED_PRODUCT_CATEGORY('document','',(#%b));\nENDSEC;\nEND" % of_paper
    assert read(content) == [("bolt", 4), ("paper", 1)]
    assert read(content.replace(b"ENDSEC;\nEND", kind)) == [("bolt", 4)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (step((("a", "b", 1), ("b", "a", 1))), "contains itself"),
        (step((("top", "a", 1), ("a", "b", 1), ("b", "a", 1))), "contains itself"),
        (step((("a", "a", 1),)), "contains itself"),
        (step(TREE)[:-40], "its end is missing"),
        (step(TREE).replace(b"END-ISO-10303-21;", b""), "its end is missing"),
        (step(TREE).replace(b"'bolt'", b"'bolt", 1), "end is missing|leads to no product"),
        (step(TREE).replace(b"=PRODUCT('nut'", b"=PRODUCS('nut'"), "leads to no product"),
        (step((), products=()), "it names no product"),
        (step([(f"{at}", f"{at + 1}", 1000) for at in range(5)], measured=True), "no number of pieces"),
        (step([(f"{at}", f"{at + 1}", 10**19) for at in range(2000)], measured=True), "no number of pieces"),
        (step((("a", "b", 4),), measured=True).replace(b"(4.)", b"(0.)"), "no whole number"),
        (step((("a", "b", 4),), measured=True).replace(b"(4.)", b"(2.5)"), "no whole number"),
        (step([("a", f"part {at}", 1) for at in range(201)]), "201 different parts"),
    ],
)
def test_what_is_no_whole_assembly_is_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    words = refused.value.template % refused.value.params
    assert any(one in words for one in said.split("|")), words
    assert "a.step" in words


def test_a_deep_and_a_wide_assembly_are_read_at_once() -> None:
    deep, wide = step([(f"{at}", f"{at + 1}", 1) for at in range(20_000)]), step([("a", "bolt", 20_000)])
    began = time.perf_counter()
    assert read(deep) == [("20000", 1)]
    assert read(wide) == [("bolt", 20_000)]
    assert time.perf_counter() - began < 5


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tail: bytes) -> None:
    try:
        read(b"ISO-10303-21;\nDATA;\n#1=PRODUCT('a','a','',());\n" + tail + b"END-ISO-10303-21;")
    except UnreadableFile:
        return


def test_the_rows_of_an_assembly_ask_for_what_it_does_not_tell(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(step(TREE))
    text, doubts = parts.opened("as1.stp", path, "en")
    first, second, *_ = text.split("\n")
    assert first == "Part\tPart number\tQuantity\tMaterial\tOperation"
    assert second.split("\t")[1:] == ["", second.split("\t")[2], "", ""]
    assert not doubts
    table = parts.pasted(text.replace("bolt\t\t6\t\t", "bolt\t\t6\t40Х\tтокарная"))
    assert table is not None
    bolt = next(one for one in table.parts() if one.title == "bolt")
    assert {name: cell.text for name, cell in bolt.fields()} == {
        "title": "bolt",
        "quantity": "6",
        "materials": "40Х",
        "processes": "токарная",
    }


def test_a_file_that_is_no_model_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"a;b\n1;2\n")
    with pytest.raises(FileRefused):
        parts.opened("as1.step", path)
