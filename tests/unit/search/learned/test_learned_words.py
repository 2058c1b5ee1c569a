"""What was learned from written phrases, put to sentences that are not among them."""

from dataclasses import replace

import pytest

from matchmaker.wiring import load_recogniser, load_taxonomy
from search.learned import role_words, work_words
from search.learned.role_words import NEED, SHOP
from search.text import Mention, Recogniser, TextSource

GALVANISED = [
    ("Galvanising we hand over to a works in Poole, all the rest is done on our own floor.", "partner"),
    ("Цинкование отдаём на завод в Кургане, остальное делаем в своём цехе.", "partner"),
    ("Our own galvanising line with two baths.", "own"),
    ("Своя линия цинкования, две ванны.", "own"),
]


def _work(recogniser: Recogniser, text: str) -> tuple[Mention, list[tuple[int, int]], str]:
    recognition = recogniser.recognise(text, source=TextSource.PAGE)
    works = recognition.of("process", negated=None)
    return works[0], sorted({(one.start, one.end) for one in works}), recognition.read


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


@pytest.mark.parametrize(
    ("text", "code", "other"),
    [
        ("the blanks get cut by laser in the night shift", "laser-cutting", "hardness-testing"),
        ("заготовки ночью режут лазером", "laser-cutting", "hardness-testing"),
        ("seams are to be welded under argon, tungsten electrode", "tig-welding", "ultrasonic-welding"),
        ("шов варить аргоном, неплавящимся электродом", "tig-welding", "ultrasonic-welding"),
        ("sheets go through the four-roll bender", "plate-rolling", "flexographic-printing"),
    ],
)
def test_words_speak_for_the_work_that_they_tell(text: str, code: str, other: str) -> None:
    told = work_words.told(text)
    assert told.scores(code, 0)[0] > told.scores(other, 0)[0]
    assert told.scores(other, 0)[1] >= told.scores(code, 0)[0], (
        "the rival of another work is the likeliest one"
    )


def test_each_piece_of_a_sentence_speaks_for_itself() -> None:
    text = "laser cut from 3 mm sheet, then powder coated in black"
    told = work_words.told(text)
    cut, coated = 0, text.index("powder")
    assert told.scores("laser-cutting", cut)[0] > told.scores("laser-cutting", coated)[0]
    assert told.scores("powder-coating", coated)[0] > told.scores("powder-coating", cut)[0]


def test_nothing_is_said_outside_the_words_and_of_work_that_was_not_learned() -> None:
    assert work_words.told("").scores("turning", 0) == (0.0, 0.0)
    assert work_words.told("12 345 — 67,8").scores("turning", 3) == (0.0, 0.0)
    assert work_words.told("turning of shafts").scores("no-such-work", 0) == (0.0, 0.0)


def test_every_process_of_the_taxonomy_was_learned() -> None:
    codes = {one.code for one in load_taxonomy().processes}
    assert codes | {work_words.OTHER} == set(work_words.shipped().codes), "python -m tests.reading --learn"


@pytest.mark.parametrize(("text", "role"), GALVANISED)
def test_a_role_against_the_words_is_less_sure(recogniser: Recogniser, text: str, role: str) -> None:
    mention, works, read = _work(recogniser, text)
    plain = replace(mention, own=False, partner=False, negated=False, planned=False, aside=False)
    marked = {"own": plain, "partner": replace(plain, partner=True)}
    sure = {name: role_words.sureness(read, one, works, SHOP) for name, one in marked.items()}
    assert max(sure, key=lambda name: sure[name]) == role
    assert all(0 <= one <= 1 for one in sure.values())


def test_each_set_of_marks_is_one_role() -> None:
    plain = Mention("process", 0, 4, code="turning")
    assert role_words.role_of(plain, NEED) == "wanted"
    assert role_words.role_of(replace(plain, negated=True), NEED) == "excluded"
    assert role_words.role_of(replace(plain, own=True), NEED) == "customer"
    assert role_words.role_of(replace(plain, aside=True), NEED) == "aside"
    assert role_words.role_of(plain, SHOP) == "own"
    assert role_words.role_of(replace(plain, negated=True), SHOP) == "denied"
    assert role_words.role_of(replace(plain, planned=True), SHOP) == "aside"
    assert role_words.role_of(replace(plain, partner=True, negated=True), SHOP) == "partner"
