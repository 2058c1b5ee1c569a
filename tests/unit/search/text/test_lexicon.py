"""The words of config/language: their notation, that each list can be read, and that each is used."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import search
from matchmaker.resources import LANGUAGE_FILES, folder, read_language_file
from matchmaker.services.needs import intake
from search.text import lexicon
from search.text.lexicon import WordNumbers, WordPattern, WordsUnreadable, check, expression_of

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("entry", "matched", "left"),
    [
        ("без", "без", "бе"),
        ("желательн(1-3)", "желательного", "желательн"),
        ("оцинкованн(2)", "оцинкованной", "оцинкованно"),
        ("корпус(а/ов)", "корпусов", "корпус"),
        ("прут(ок/ка)?", "прут", "пру"),
        ("preferr?ed", "prefered", "preferrred"),
        ("под (дальнейш(2-3)/последующ(2-3))", "под последующую", "под последующ"),
        ("(is /are )?excluded", "are excluded", "isexcluded"),
        ("кв.", "кв.", "квы"),
        ("берёмся", "беремся", "бермся"),
        ("долж(1-3) … иметь", "должен также иметь", "должен и также иметь"),
        ("долж(1-3) … иметь", "должен иметь", "должениметь"),
        ("в/", "в/", "в"),
    ],
)
def test_an_entry_matches_what_its_notation_says(entry: str, matched: str, left: str) -> None:
    expression = re.compile(expression_of(entry))
    assert expression.fullmatch(matched)
    assert not expression.fullmatch(left)


def test_the_border_of_a_word_is_kept() -> None:
    assert re.search(expression_of("_only_"), "steel only, please")
    assert not re.search(expression_of("_only_"), "commonly")


@pytest.mark.parametrize(
    "given",
    [None, "без", {"ru": ["без"]}, {"ru": "без", "english": "without"}, {"ru": "корпус(а/ов"}, {"en": False}],
)
def test_a_list_that_cannot_be_read_is_named(given: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "_lists", lambda _file: {"without": given})
    with pytest.raises(WordsUnreadable, match=r"config/language/scope\.yaml, without"):
        check()


def test_words_stand_for_numbers_as_a_whole() -> None:
    numbers = WordNumbers("dates", "quarters")
    assert [numbers.of(word) for word in ("II", "iii", "первый", "5")] == [2, 3, 1, None]


def _of_language(module: object) -> Iterator[WordPattern | WordNumbers]:
    for value in vars(module).values():
        for item in value if isinstance(value, tuple) else (value,):
            for part in item if isinstance(item, tuple) else (item,):
                if isinstance(part, WordPattern | WordNumbers):
                    yield part


def test_every_list_can_be_read_and_every_pattern_compiled() -> None:
    check()
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(search.__path__, "search.")]
    found = [one for module in (*modules, intake) for one in _of_language(module)]
    assert len(found) > 70
    for one in found:
        assert one.compiled if isinstance(one, WordPattern) else one.of("") is None


def test_every_list_is_used_and_every_file_read() -> None:
    files = {path.stem for path in (folder("config") / "language").iterdir()}
    assert files == set(LANGUAGE_FILES)
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("search", "matchmaker/services/needs")
        for path in (ROOT / package).rglob("*.py")
    )
    used = set(re.findall(r"[@\"](\w+)", code))
    assert {name for file in files for name in read_language_file(file)} - used == set()
