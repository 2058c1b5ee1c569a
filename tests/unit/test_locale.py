import re

from matchmaker.locale import catalogue

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
