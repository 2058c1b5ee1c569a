import re
from pathlib import Path

import pytest

from matchmaker.domain import records

FORMAT = Path(__file__).parents[3] / "docs" / "exchange.md"
PARTS = (
    records.CapabilityRecord,
    records.EquipmentRecord,
    records.CertificateRecord,
    records.DemandRecord,
    records.ReferenceRecord,
)


@pytest.mark.parametrize("model", [*records.KINDS.values(), *PARTS])
def test_the_exchange_format_names_every_key_of_a_record(model: type[records.Record]) -> None:
    named = set(re.findall(r"\w+", FORMAT.read_text(encoding="utf-8")))
    assert model.model_fields.keys() <= named
