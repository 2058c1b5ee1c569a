import re

from matchmaker.web import translations

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def test_every_message_has_russian_words() -> None:
    assert translations.missing(translations.read()) == []


def test_the_compiled_catalogue_is_that_of_the_words() -> None:
    assert translations.MO.read_bytes() == translations.compiled(translations.read())


def test_translations_keep_the_placeholders() -> None:
    for message in translations.read():
        if message.id and isinstance(message.id, str):
            assert set(PLACEHOLDER.findall(message.id)) == set(PLACEHOLDER.findall(str(message.string))), (
                message.id
            )


def test_a_thing_has_one_name_in_russian() -> None:
    """A plant that places work is a «контрактор»; only whom a supplier has worked for is a «заказчик»."""
    named = {
        str(message.id)
        for message in translations.read()
        if message.id and "заказчик" in str(message.string).casefold()
    }
    assert named == {"Customer"}
