"""`make quality`, the part about reading: labelled texts beside what is read, by kind, language and half."""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from unittest.mock import patch

from matchmaker.resources import folder
from matchmaker.wiring import load_recogniser, load_taxonomy
from search.reading import answers
from search.text import Recogniser
from tests.reading import calibration, causes, cells, certificate_cells, role_learning, work_learning
from tests.reading.labels import FOLDER, HALVES, TODAY, LabelledText, Outcome, compared, texts

Answer = Callable[[LabelledText], Mapping[str, Any]]


def answerer() -> Answer:
    recogniser = load_recogniser()

    def answer(label: LabelledText) -> Mapping[str, Any]:
        if label.kind == "need":
            return answers.of_need(label.text, recogniser, TODAY)
        return answers.of_supplier(label.text, recogniser, TODAY)

    return answer


def f1(right: int, wrong: int, missing: int) -> float:
    return 2 * right / (2 * right + wrong + missing) if right + wrong + missing else 1.0


def _row(name: str, right: int, wrong: int, missing: int) -> str:
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missing) if right + missing else 1.0
    return f"  {name:28} {right:5} {wrong:5} {missing:5}   {precision:.3f} {recall:.3f} {f1(right, wrong, missing):.3f}"


def _table(title: str, outcomes: Sequence[Outcome]) -> None:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for outcome in outcomes:
        for place, facts in enumerate((outcome.right, outcome.wrong, outcome.missing)):
            for kind, _ in facts:
                counts[kind][place] += 1
                counts["all"][place] += 1
    print(f"\n{title}: {len(outcomes)} texts\n  {'':28} right wrong  miss   prec. recall F1")
    for kind in sorted(counts, key=lambda one: (one == "all", one)):
        print(_row(kind, *counts[kind]))
    size = max(len(outcomes), 1)
    clean = sum(not outcome.wrong for outcome in outcomes) / size
    whole = sum(not outcome.wrong and not outcome.missing for outcome in outcomes) / size
    print(
        f"  wrong readings a text {counts['all'][1] / size:.2f}; nothing wrong {clean:.0%}; wholly right {whole:.0%}"
    )


def _calibration(outcomes: Sequence[Outcome]) -> None:
    """How often readings of a sureness are right."""
    buckets: dict[int, Counter[bool]] = defaultdict(Counter)
    for outcome in outcomes:
        right = set(outcome.right)
        for fact, sure in outcome.sureness.items():
            if fact in right or fact in outcome.wrong:
                buckets[min(int(sure * 10), 9)][fact in right] += 1
    print("  sureness, expected → observed (readings):")
    for bucket, counted in sorted(buckets.items()):
        total = counted.total()
        print(f"    {bucket / 10:.1f}–{bucket / 10 + 0.1:.1f} → {counted[True] / total:.2f} ({total})")


def _details(labels: Sequence[LabelledText], outcomes: Sequence[Outcome], kind: str | None) -> None:
    for label, outcome in zip(labels, outcomes, strict=True):
        wrong = [fact for fact in outcome.wrong if kind in (None, fact[0])]
        missing = [fact for fact in outcome.missing if kind in (None, fact[0])]
        if wrong or missing:
            print(f"--- {label.id} ({label.kind}, {label.language})\n{label.text}")
            print(f"    WRONG {wrong}\n    MISSING {missing}")


def _judgements() -> list[calibration.Judgement]:
    """The readings of the seen half that its labels confirm or refute, the unsure ones told as facts, too."""
    recogniser, answer = load_recogniser(), answerer()
    files = [(path.parent.name, path.stem) for path in sorted((FOLDER / "seen").glob("*.jsonl"))]
    with patch.multiple("search.reading.sureness", LINE=0.0, LINE_OF_FIGURES=0.0):
        return [
            one
            for half, file in (*files, ("lines", "learned"))
            if file != "cells"
            for label in texts(half, file)
            for one in calibration.judged(file, label, compared(label, answer(label)), recogniser)
        ]


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.reading", description=__doc__)
    parser.add_argument(
        "--calibrate", action="store_true", help="print the weights of sureness, fitted on the seen half"
    )
    parser.add_argument(
        "--learn",
        action="store_true",
        help="learn config/reading/*.npz anew from tests/reading/phrases (minutes)",
    )
    parser.add_argument(
        "--half", choices=(*HALVES, "lines"), help="measure one half, or single lines; without it both halves"
    )
    parser.add_argument(
        "--causes",
        action="store_true",
        help="kinds of the seen half by what their wrong and missing facts come from",
    )
    parser.add_argument("--kind", help="details of one kind of fact")
    parser.add_argument("--details", action="store_true", help="each wrong and missing fact of the seen half")
    parser.add_argument(
        "names", nargs="*", metavar="FILE", help="files of labelled texts, without their ending"
    )
    return parser


def main(arguments: Sequence[str]) -> None:
    asked = _options().parse_args(arguments)
    if asked.learn:
        taxonomy, models = load_taxonomy(), folder("config") / "reading"
        print(work_learning.learn(taxonomy, models / "work_words.npz"))
        print(role_learning.learn(Recogniser(taxonomy), models / "role_words.npz"))
        return
    if asked.calibrate:
        judgements = _judgements()
        print(calibration.table(judgements))
        print(calibration.lines(judgements), file=sys.stderr)
        return
    names = asked.names
    answer = answerer()
    for each in [asked.half] if asked.half else HALVES:
        if not names or "cells" in names:
            recogniser = load_recogniser()
            for measured in (cells, certificate_cells):
                measured.table(each, recogniser, details=asked.details and each == "seen")
        if names == ["cells"]:
            continue
        labels = list(texts(each, *names))
        given = [answer(label) for label in labels]
        outcomes = [compared(*one) for one in zip(labels, given, strict=True)]
        if asked.causes and each == "seen":
            causes.table(labels, outcomes, given)
        if asked.details and each == "seen":
            _details(labels, outcomes, asked.kind)
        for language in ("ru", "en"):
            _table(
                f"{each}, {language}",
                [o for o, label in zip(outcomes, labels, strict=True) if label.language == language],
            )
        other = [o for o, label in zip(outcomes, labels, strict=True) if label.trade == "other"]
        _table(f"{each}, other industries", other)
        _table(f"{each}, all", outcomes)
        _calibration(outcomes)


if __name__ == "__main__":
    main(sys.argv[1:])
