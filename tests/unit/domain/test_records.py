import re
from pathlib import Path

import pytest

from matchmaker.domain import hardness, records
from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.records import HardnessRecord, NeedRecord, parse

FORMAT = Path(__file__).parents[3] / "docs" / "exchange.md"
PARTS = (
    records.CapabilityRecord,
    records.EquipmentRecord,
    records.CertificateRecord,
    records.DemandRecord,
    records.ReferenceRecord,
    records.PositionRecord,
    records.HardnessRecord,
    records.MoneyRecord,
)


@pytest.mark.parametrize("model", [*records.KINDS.values(), *PARTS])
def test_the_exchange_format_names_every_key_of_a_record(model: type[records.Record]) -> None:
    named = set(re.findall(r"\w+", FORMAT.read_text(encoding="utf-8")))
    assert model.model_fields.keys() <= named


@pytest.mark.parametrize(
    ("text", "scale", "low", "high"),
    [
        ("45…50 HRC", "HRC", 45, 50),
        ("HRC 58-62", "HRC", 58, 62),
        ("НRСэ 48", "HRC", 48, None),
        ("220 HBW", "HB", 220, None),
        ("≤ 229 HB", "HB", None, 229),
        ("62,5 HRC", "HRC", 62.5, None),
    ],
)
def test_a_hardness_in_words_is_a_range_on_its_scale(
    text: str, scale: str, low: float | None, high: float | None
) -> None:
    read = HardnessRecord.model_validate(text)
    assert (read.scale, read.min, read.max) == (scale, low, high)
    assert HardnessRecord.model_validate(read.text) == read


@pytest.mark.parametrize(
    "told",
    [
        "45…50",
        "50…45 HRC",
        {"scale": "HRC"},
        {"scale": "HRC", "min": 150},
        {"scale": "HB", "min": 300, "max": 200},
    ],
)
def test_a_hardness_without_scale_or_off_it_is_refused(told: object) -> None:
    with pytest.raises(InvalidRecord) as refused:
        parse(NeedRecord, {"id": "n", "title": "Вал", "hardness": told})
    assert [(one.path, one.code) for one in refused.value.problems] == [("hardness", "hardness.form")]


def test_the_least_hardness_comes_from_either_key() -> None:
    by_range = NeedRecord(id="n", title="Вал", hardness={"scale": "HRC", "min": 45, "max": 50})
    assert by_range.least_hardness_hv == hardness.vickers(45, "HRC")
    assert NeedRecord(id="n", title="Вал", hardness_hv="58 HRC").least_hardness_hv == hardness.vickers(
        58, "HRC"
    )
    assert NeedRecord(id="n", title="Вал", hardness="≤ 229 HB").least_hardness_hv is None
