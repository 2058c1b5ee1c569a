"""The table of docs/tour.md: what the usual acts take of who does them, as the story counts it."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.journeys.story import Act

TOUR = Path(__file__).parents[2] / "docs" / "tour.md"
BEGIN, END = "<!-- The acts: made by python -m tests.journeys.pictures -->", "<!-- The end of the acts -->"
# The usual acts, by the part of the story that does each.
ACTS: Mapping[str, str] = {
    "register": "register a shop and confirm its address",
    "write_profile": "write its profile from a text and submit it",
    "post_need": "post a need with a model and two positions, and submit it",
    "publish_need": "publish a need",
    "match": "match it",
    "invite": "invite two suppliers and show them to the contractor",
    "answer_by_letter": "answer an invitation by its letter",
    "quote": "quote two positions",
    "compare": "compare suppliers, then their quotes",
    "contract": "award, one position split, after reading the letters",
}
# Taps, screens and seconds of the first version that told the whole story, 5df91180 of 23 November 2026, walked again on
# 30 November; what its acts were is said in the document. It compared no quotes.
FIRST: Mapping[str, tuple[int, int, float]] = {
    "register": (5, 5, 10.7),
    "write_profile": (10, 7, 7.5),
    "post_need": (10, 9, 27.6),
    "publish_need": (4, 4, 5.7),
    "match": (2, 2, 4.2),
    "invite": (4, 3, 5.7),
    "answer_by_letter": (2, 2, 2.1),
    "quote": (9, 7, 7.8),
    "contract": (6, 6, 6.2),
}
TOLERATED = 1  # a fold may be open already, where somebody was there before
_ROW = re.compile(r"\| (?P<act>[^|]+) \| (?P<taps>\d+) \| (?P<screens>\d+) \| (?P<seconds>[\d.]+) \|")


def table(acts: Mapping[str, Act]) -> str:
    """The rows of the document, of a story that was told."""
    head = "| act | taps | screens | seconds | first version |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| {words} | {acts[name].taps} | {acts[name].screens} | {acts[name].seconds:.1f} | {_first(name)} |\n"
        for name, words in ACTS.items()
    )


def _first(name: str) -> str:
    """What the act took in the first version; a dash where it had none."""
    taps, screens, seconds = FIRST.get(name, (0, 0, 0.0))
    return f"{taps} / {screens} / {seconds:.1f}" if taps else "—"


def told() -> dict[str, tuple[int, int]]:
    """Taps and screens of each act, as the document says."""
    text = TOUR.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    return {row["act"]: (int(row["taps"]), int(row["screens"])) for row in _ROW.finditer(text)}


def untrue(acts: Mapping[str, Act]) -> list[str]:
    """The acts of which the document says more than TOLERATED taps or screens too many or too few."""
    said = told()
    return [
        f"{words}: {acts[name].taps} taps, {acts[name].screens} screens"
        for name, words in ACTS.items()
        if abs(acts[name].taps - said[words][0]) > TOLERATED
        or abs(acts[name].screens - said[words][1]) > TOLERATED
    ]


def renew(acts: Mapping[str, Act]) -> None:
    """Write the table anew."""
    before, _, rest = TOUR.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    TOUR.write_text(f"{before}{BEGIN}\n{table(acts)}{END}{after}", encoding="utf-8")
