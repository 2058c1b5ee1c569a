"""How far what was read of a need tells what is wanted."""

from datetime import date

import pytest

from matchmaker.domain.records import NeedRecord
from matchmaker.wiring import load_recogniser
from search.reading.need_reading import requirements_of


@pytest.fixture(scope="module")
def clarity():
    recogniser = load_recogniser()

    def told(text, **given):
        record = NeedRecord(kind="need", id="n", text=text, **given)
        return requirements_of(record, recogniser, date(2026, 11, 29)).requirements.clarity

    return told


CYLINDERS = "Maker of hydraulic cylinders with honed bores for presses, lifts and road machines"


def test_work_that_a_person_named_is_clear(clarity):
    assert clarity(CYLINDERS, processes=("turning",)) == 1


def test_a_plain_request_for_parts_is_clear(clarity):
    assert clarity("Токарка, фрезеровка, сталь 40Х") == 1
    request = "Hello colleagues, kindly look at our shafts: dia 40 h6, length 300 mm, Ra 0.8, 8 kg, 500 pcs"
    assert clarity(request) == 1


def test_a_text_of_which_little_is_explained_is_not(clarity):
    assert clarity(CYLINDERS) < 0.4
    assert clarity(f"{CYLINDERS}, bores to 200 mm") < clarity(f"{CYLINDERS}, bores to 200 mm, 500 pcs") < 0.9
