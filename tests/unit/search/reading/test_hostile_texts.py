"""Texts that somebody may paste to see what breaks: each gives an answer or a clear error, and none hangs."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.domain.requirements import Requirements
from matchmaker.wiring import load_recogniser
from search.columns.store import Columns
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.matching.matcher import (
    MatchAnswer,
    Matcher,
)
from search.ranking.prior import prior
from search.reading.need_reading import requirements_of
from search.text import Recogniser
from tests.benchmark.generate import TODAY, Generator

LONGEST = 20_000
HANGING = 20.0  # seconds of this process; an expression that backtracks without end takes minutes, an answer less than one

LETTER = (
    "Нужны валы ø45h6 L=420 из стали 40Х, Ra 0.8, ▽7, HRC 48, 500 шт. в месяц, обязательно ИСО 9001, до 3 м. "
)
TEXTS = {
    "a letter of 20 kB": LETTER,
    "english, too": "Turned shafts dia 45 h6 x 420, AISI 304, Ra 32 uin, 500 pcs/month, ISO 9001 required. ",
    "one word": "а",
    "one word without an end in capitals": "ТОКАРКА",
    "negations": "без ",
    "wishes": "желательно не обязательно ",
    "sizes without an end": "45×",
    "diameters without an end": "ø45x",
    "one standard": "ISO 9001 ",
    "musts and wishes": "ISO 9001 обязательно, IATF 16949 желательно, ",
    "ranges": "1-2-3...4,5,,6.7/8±0,02 ",
    "numbers": "1 000 000 ",
    "grouped brackets": "((((a+)+)+)+$",
    "regular expressions": r"(.*)*\b[\w\s]+?(?=x)\1{9,99}|",
    "nested quantities": "до от около ≤ ≥ > < 45 мм мм мм ",
    "distances": "в радиусе не дальше чем ",
    "mixed alphabets": "12Х18Н10Тx12X18H10T",
    "hyphens": "токарно-фрезерно-",
    "misspelt words": "тоарканя фрезровка шлифвока терообработка ",
    "emoji": "🙂🏭👩‍🔧🇷🇺 токарка ",
    "right to left": "\u202eтокарка\u202c \u200fشركة\u200e ",
    "combining marks": "то\u0301ка\u0308рка\u0306\u0306\u0306\u0306",
    "spaces": " \u00a0\u2009\u200b\t",
    "line breaks": "\r\n\u2028\u2029вал\n",
    "markup": "<script>alert(1)</script>{{7*7}}${7*7} ",
    "queries": '" OR *:* AND (название:*) NOT /.*/ ~10 ^5 ',
}


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    found = load_recogniser()
    found.recognise(LETTER)
    return found


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    taxonomy = recogniser().taxonomy
    folder: Path = tmp_path_factory.mktemp("hostile") / "index"
    engine, documents = EmbeddedEngine(folder, taxonomy), list(Generator(taxonomy).documents(200))
    engine.rebuild(documents)
    made = Matcher(engine, Columns.build(documents, taxonomy), prior())
    made.match(Requirements(text=LETTER), today=TODAY)
    yield made
    engine.close()


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_answered_without_hanging(name: str, matcher: Matcher) -> None:
    text = (TEXTS[name] * LONGEST)[:LONGEST]
    started = time.process_time()
    with suppress(InvalidRecord):
        record = parse(NeedRecord, {"kind": "need", "id": "need", "text": text})
        explained(matcher.match(requirements_of(record, recogniser(), TODAY).requirements, today=TODAY))
    assert time.process_time() - started < HANGING


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", ""])
def test_what_is_no_text_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        parse(NeedRecord, {"kind": "need", "id": "need", "text": text})
    assert [problem.path for problem in refused.value.problems] == ["text"]


@pytest.mark.parametrize("large", [False, True])
def test_a_thousand_requirements_are_answered_without_hanging(
    large: bool, matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 0)
    taxonomy = recogniser().taxonomy
    every = Requirements(
        text=LETTER * 100,
        processes=tuple(one.code for one in taxonomy.processes),
        excluded_processes=tuple(one.code for one in taxonomy.processes),
        materials=tuple(one.code for one in taxonomy.materials),
        sectors=tuple(one.code for one in taxonomy.sectors),
        regions=tuple(one.code for one in taxonomy.regions),
        terms=tuple(f"слово{number}" for number in range(300)),
        languages=("ru", "en"),
        envelope_mm=(1.0, 1.0, 1.0),
        tolerance_it=14,
    )
    assert len(every.processes) + len(every.materials) + len(every.regions) > 700
    started = time.process_time()
    explained(matcher.match(replace(every, any_process=True), today=TODAY))
    explained(matcher.match(every, today=TODAY))
    assert time.process_time() - started < HANGING


def explained(answer: MatchAnswer) -> None:
    """All that a page asks of an answer."""
    counted = [
        one for one in answer.matches if one.share is not None
    ]  # the rest are the nearest where nobody is
    assert answer.total >= len(counted)
    assert answer.filters.removed is not None
    assert answer.relaxations is not None
