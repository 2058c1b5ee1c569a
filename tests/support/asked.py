"""What a need of the tests asks for, read with the product's own taxonomy."""

from datetime import date

from matchmaker.domain.records import NeedRecord
from matchmaker.wiring import load_recogniser, load_taxonomy
from search.reading.need_reading import requirements_of

TODAY = date(2026, 11, 23)
TAXONOMY = load_taxonomy()
RECOGNISER = load_recogniser()


def wanted(**fields):
    record = NeedRecord.model_validate({"id": "n", "title": "Заявка", **fields})
    return requirements_of(record, RECOGNISER, TODAY).requirements
