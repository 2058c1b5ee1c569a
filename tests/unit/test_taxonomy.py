from datetime import date
from pathlib import Path

import pytest

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_check import problems
from matchmaker.domain.taxonomy_keys import COMMON_KEYS, KEYS, Flag, Occasion
from matchmaker.resources import LANGUAGE_FILES
from matchmaker.wiring import load_recogniser, load_taxonomy

RECOGNISER = load_recogniser()


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def test_files_hold_together(taxonomy: Taxonomy) -> None:
    assert [f"{problem.path}: {problem}" for problem in problems(taxonomy)] == []


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("process", 150),
        ("material", 100),
        ("standard", 20),
        ("equipment", 60),
        ("sector", 30),
        ("region", 80),
    ],
)
def test_is_as_large_as_the_trade_needs(taxonomy: Taxonomy, kind: str, least: int) -> None:
    assert len(taxonomy.trees()[kind]) >= least


def test_reasons_and_places_are_there(taxonomy: Taxonomy) -> None:
    assert len(taxonomy.reasons) >= 20
    assert len(taxonomy.places) > 1100


@pytest.mark.parametrize(
    ("required", "offered", "expected"),
    [
        ("turning", "turning", 1.0),
        ("turning", "cnc-turning", 1.0),
        ("cnc-turning", "turning", 0.7),
        ("turning", "casting", 0.0),
    ],
)
def test_narrower_covers_broader_in_full(
    taxonomy: Taxonomy, required: str, offered: str, expected: float
) -> None:
    assert taxonomy.processes.fit(required, offered) == expected


@pytest.mark.parametrize("demanded", ["iso-9001", "iso-9000"])
def test_a_sector_standard_answers_a_demand_for_iso_9001(taxonomy: Taxonomy, demanded: str) -> None:
    accepted = taxonomy.standards_satisfying(demanded)
    assert {"iso-9001", "iatf-16949"} <= accepted
    assert "iso-14001" not in accepted


@pytest.mark.parametrize(
    ("held", "demanded", "met"),
    [
        ("iso-3834-2", "iso-3834-4", True),
        ("iso-3834-4", "iso-3834-2", False),
        ("en-1090-exc3", "en-1090-exc2", True),
        ("en-1090-exc3", "en-1090", True),
        ("en-1090", "en-1090-exc2", False),
        ("fssc-22000", "haccp", True),
        ("brcgs-packaging", "brcgs", True),
        ("gost-r-58139", "iatf-16949", False),
        ("iatf-16949", "iso-ts-16949", True),
        ("iso-22716", "gmp", False),
        ("naks", "iso-9606", False),
        ("rmrs", "classification-society", True),
    ],
)
def test_a_certificate_answers_what_it_contains(
    taxonomy: Taxonomy, held: str, demanded: str, met: bool
) -> None:
    assert (held in taxonomy.standards_satisfying(demanded)) == met


@pytest.mark.parametrize(
    ("spelled", "code"),
    [
        ("ГОСТ Р ИСО 9001-2015 (ISO 9001:2015)", "iso-9001"),
        ("ИСО9001", "iso-9001"),
        ("AS 9100 Rev D", "en-9100"),
        ("ИСО/ТУ 16949:2009", "iso-ts-16949"),
        ("EN 1090-2:2018 EXC2", "en-1090-exc2"),
        ("EN ISO 3834-2:2005", "iso-3834-2"),
        ("приёмка 5", "military-acceptance"),
        ("ВП", "military-acceptance"),
        ("UL", "ul"),
        ("ХАССП", "haccp"),
        ("халяль", "halal"),
        ("BRC Packaging", "brcgs-packaging"),
        ("лицензия Роскосмоса", "roscosmos-licence"),
        ("СТО Газпром 9001-2018", "sto-gazprom-9001"),
    ],
)
def test_standards_are_known_by_the_spellings_of_cells(spelled: str, code: str) -> None:
    assert RECOGNISER.codes("standard", spelled) == (code,)


@pytest.mark.parametrize("spelled", ["ISO 9999", "нет", "-", "да", ""])
def test_what_is_no_standard_has_no_code(spelled: str) -> None:
    assert RECOGNISER.codes("standard", spelled) == ()


def test_withdrawn_editions_have_days(taxonomy: Taxonomy) -> None:
    assert taxonomy.withdrawn("iso-9001", "2008") == date(2018, 9, 15)
    assert taxonomy.withdrawn("iso-9001", "2015") is None
    assert taxonomy.withdrawn("iso-ts-16949", None) == date(2018, 9, 15)


def test_every_grade_names_its_equivalents_once(taxonomy: Taxonomy) -> None:
    grade = next(m for m in taxonomy.materials if "12Х18Н10Т" in m.names.get("", ()))
    assert {"321", "1.4541"} & {name.removeprefix("AISI ") for name in grade.names[""]}


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("EN24T", "steel-40khn2ma"),
        ("EN8", "steel-40"),
        ("EN36", "steel-12khn3a"),
        ("1.2842", "steel-o1"),
        ("A2", "steel-a2"),
        ("S7", "steel-s7"),
        ("15-5PH", "steel-08kh15n5d2t"),
        ("Nitronic 60", "steel-nitronic"),
        ("Hastelloy C-22", "alloy-c22"),
        ("Monel K500", "alloy-k500"),
        ("AMS 4911", "titanium-vt6"),
        ("Ti Grade 2", "titanium-vt1-0"),
        ("7075-T651", "aluminium-v95"),
        ("UNS C36000", "brass-ls58-3"),
        ("LG2", "bronze-brots555"),
        ("DX51D+Z275", "steel-galvanised"),
        ("S355J2G3", "steel-s355"),
        ("DC03", "steel-08yu"),
        ("Strenx 700", "steel-s690"),
        ("Hardox500", "steel-hardox"),
        ("ВЧ-50", "cast-iron-vch50"),
        ("ст.08кп", "steel-08kp"),
        ("PC/ABS", "pc-abs"),
        ("PA66-GF30", "pa66-gf"),
        ("НБР", "nbr"),
        ("birch ply", "plywood"),
        ("ЛДСП", "laminated-chipboard"),
        ("МДФ", "mdf"),
        ("бязь", "cotton-fabric"),
        ("cordura", "synthetic-fabric"),
        ("гофрокартон", "corrugated-board"),
        ("БОПП", "bopp-film"),
    ],
)
def test_materials_are_known_by_the_spellings_of_buyers(taxonomy: Taxonomy, spelling: str, code: str) -> None:
    assert RECOGNISER.codes("material", spelling) == (code,)


def test_the_guides_name_every_flag_key_and_file() -> None:
    docs = Path(__file__).parents[2] / "docs"
    guide, words = ((docs / name).read_text(encoding="utf-8") for name in ("taxonomy.md", "language.md"))
    keys = {*Flag, *Occasion, *COMMON_KEYS, *(key for known in KEYS.values() for key in known)}
    assert {key for key in keys if f"`{key}`" not in guide} == set()
    assert {name for name in LANGUAGE_FILES if f"`{name}.yaml`" not in words} == set()
