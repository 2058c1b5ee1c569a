"""A part beside the room of a machine: to one scale, from one corner, and nothing where too little is known."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.web.pages import part_pictures
from search.ranking.explain import RequirementOutcome, RequirementVerdict

SIDE = st.floats(1, 20_000)


def verdict(
    needed: object,
    declared: object,
    name: str = "envelope",
    outcome: RequirementOutcome = RequirementOutcome.MET,
) -> RequirementVerdict:
    return RequirementVerdict(name, outcome, needed, declared)  # type: ignore[arg-type]


@given(st.tuples(SIDE, SIDE, SIDE), st.tuples(SIDE, SIDE, SIDE))
def test_both_are_drawn_to_one_scale_and_fill_the_field(
    part: tuple[float, float, float], room: tuple[float, float, float]
) -> None:
    seen = [part_pictures._seen(sides) for sides in (part, room)]
    assert seen[0] == tuple(sorted(part, reverse=True)[:2])
    assert seen[1] is not None
    scale = min(
        part_pictures.WIDE / max(seen[0][0], seen[1][0]), part_pictures.HIGH / max(seen[0][1], seen[1][1])
    )
    for sides in seen:
        box = part_pictures._box(sides, scale)
        assert box.width <= part_pictures.WIDE + 0.1
        assert box.height <= part_pictures.HIGH + 0.1
        assert box.width == pytest.approx(max(sides[0] * scale, 1.5), abs=0.06)


def test_words_say_the_same_and_a_part_that_is_too_large_is_told(site: Flask) -> None:
    with site.test_request_context(headers={"Accept-Language": "en"}):
        fits = part_pictures.of_verdicts([verdict((420, 80, 12), (500, 300, 200))])
        sizes, told = ((600.0, 45.0, None), (500.0, 320.0, None)), RequirementOutcome.UNMET
        over = part_pictures.of_verdicts([verdict(*sizes, outcome=told)])
    assert fits is not None
    assert over is not None
    assert (fits.fits, over.fits) == (True, False)
    assert "420×80×12" in fits.words
    assert "ø45×600" in over.words
    assert over.part.width > over.room.width


@pytest.mark.parametrize(
    ("needed", "declared"),
    [
        ((420, 80, 12), None),
        (None, (500, 300, 200)),
        ((None, 45, None), (500, 320, None)),
        ((4, 8), (5, 9)),
        ((0, 0, 0), (5, 9, 1)),
    ],
)
def test_nothing_is_drawn_where_too_little_is_known(site: Flask, needed: object, declared: object) -> None:
    with site.test_request_context():
        assert part_pictures.of_verdicts([verdict(needed, declared)]) is None
        assert part_pictures.of_verdicts([verdict((1, 2, 3), (4, 5, 6), "lot")]) is None
