"""`python -m tests.twins --data FOLDER`: twins found by the product beside a plain baseline, on every labelled set.

The half of each set that was looked at by default, the other one by --unread; --train makes the model anew.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from matchmaker.services.profiles.twins.twin_pairs import find
from tests.twins import baseline, made
from tests.twins.measures import HEADER, measured
from tests.twins.sets import SEEN, UNREAD, LabelledSet, labelled_sets


def _report(labelled: LabelledSet, *, wrong: int) -> None:
    firms = [entry.firm for entry in labelled.entries]
    print(
        f"\n{labelled.name}: {len(firms)} records, {len({entry.truth for entry in labelled.entries})} firms"
    )
    print(f"{'':30}{HEADER}")
    began = time.process_time()
    found = find(firms)
    spent = time.process_time() - began
    told = [(one.a, one.b) for one in found]
    same = [(one.a, one.b) for one in found if one.decision == "same"]
    joined = [(one.a, one.b) for one in found if one.joined]
    print(f"{'this product':30}{measured(told, same, labelled, joined).row()}  {spent:.2f} s")
    plain = {like: measured(baseline.every_pair(firms, like), (), labelled) for like in baseline.TRIED}
    best = max(plain, key=lambda like: plain[like].f1)
    print(f"{f'rapidfuzz, all pairs, from {best:.0f}':30}{plain[best].row()}")
    print(f"{'rapidfuzz, blocked':30}{measured(baseline.blocked_pairs(firms), (), labelled).row()}")
    if wrong:
        _wrong(labelled, {(one.a, one.b): one.probability for one in found}, wrong)


def _wrong(labelled: LabelledSet, told: dict[tuple[str, str], float], most: int) -> None:
    """Some of the mistakes on a half that may be looked at."""
    firms, twins = {entry.firm.id: entry.firm for entry in labelled.entries}, labelled.twins()
    judged = labelled.labelled
    for title, pairs in (("missed", twins - told.keys()), ("wrong", told.keys() - twins)):
        some = sorted(pair for pair in pairs if judged is None or pair in judged)
        print(f"  {title}: {len(some)}")
        for one, other in some[:: max(1, len(some) // most)][:most]:
            first, second = firms[one], firms[other]
            print(
                f"    {told.get((one, other), 0):.2f} {first.names[0]} [{first.address} {first.region}] — {second.names[0]} [{second.address} {second.region}]"
            )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder with duplicates/ and egrul/")
    parser.add_argument("--facilities", type=Path, help="pairs of factories in dedupe's format")
    parser.add_argument("--unread", action="store_true", help="the half that nobody looks into")
    parser.add_argument("--wrong", type=int, default=0, help="mistakes to print, of the seen half alone")
    parser.add_argument("--train", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.train:
        from tests.twins.training import train

        train(asked.data, asked.facilities)
    half = UNREAD if asked.unread else SEEN
    print(f"Twins, the {half} half" if asked.data else "Twins, made firms")
    sets = list(labelled_sets(asked.data, half, asked.facilities)) if asked.data else []
    sets.append(LabelledSet("made Russian firms", list(made.firms(600, seed=97))))
    for labelled in sets:
        _report(labelled, wrong=0 if asked.unread else asked.wrong)


if __name__ == "__main__":
    main()
