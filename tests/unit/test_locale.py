import re
from datetime import datetime
from zoneinfo import ZoneInfo

from matchmaker.locale import catalogue, moments

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def test_every_message_has_russian_words() -> None:
    assert catalogue.missing(catalogue.read()) == []


def test_the_compiled_catalogue_is_that_of_the_words() -> None:
    assert catalogue.MO.read_bytes() == catalogue.compiled(catalogue.read())


def test_translations_keep_the_placeholders() -> None:
    for message in catalogue.read():
        if message.id and isinstance(message.id, str):
            assert set(PLACEHOLDER.findall(message.id)) == set(PLACEHOLDER.findall(str(message.string))), (
                message.id
            )


def test_a_thing_has_one_name_in_russian() -> None:
    """A plant that places work is a «контрактор»; only whom a supplier has worked for is a «заказчик»."""
    named = {
        str(message.id)
        for message in catalogue.read()
        if message.id and "заказчик" in str(message.string).casefold()
    }
    assert named == {"Customer"}


def test_a_moment_stands_after_a_preposition_in_both_languages() -> None:
    moment = datetime(2026, 12, 20, 17, tzinfo=ZoneInfo("Europe/Moscow"))
    assert moments.told(moment, "ru") == "20 декабря 2026 (воскресенье), 17:00 (GMT+03:00)"
    assert moments.told(moment, "en") == "Sunday, 20 December 2026, 17:00 (GMT+03:00)"
