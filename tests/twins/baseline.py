"""The plain baselines, of rapidfuzz alone: all pairs of names compared, and those that share a half of their letters."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process, utils

from matchmaker.services.profiles.twins.compared_firms import FirmIdentity

LIKE = 80.0
TRIED = (
    70.0,
    75.0,
    80.0,
    85.0,
    90.0,
)  # of which the best is taken on the set itself, which flatters the baseline
_FORMS = re.compile(
    r"\b(?:общество с ограниченной ответственностью|акционерное общество|закрытое|публичное|ооо|оао|зао|пао|ао|llc|ltd|limited|inc|corp|co|gmbh|b v|bv|n v|nv|a s|s a|d o o|ag|jsc|cjsc|pjsc|ooo)\b"
)
_LARGEST = 1000  # records of a block; where more share a half, each is compared with as many that follow


def bare_names(firms: Sequence[FirmIdentity]) -> list[str]:
    """The names without case, punctuation and legal forms."""
    names = [utils.default_process(firm.names[0]) for firm in firms]
    return [" ".join(_FORMS.sub(" ", name).split()) or name for name in names]


def blocked(bare: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of names that share a half of their letters."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for spot, name in enumerate(bare):
        compact = name.replace(" ", "")
        half = len(compact) // 2
        for length in {half, half + 1}:  # a letter more or less in one half leaves the other as it is
            blocks[f"< {compact[:length]}"].append(spot)
            blocks[f"> {compact[-length:]}"].append(spot)
    return sorted({pair for block in blocks.values() if len(block) > 1 for pair in _of_block(block)})


def blocked_pairs(firms: Sequence[FirmIdentity], like: float = LIKE) -> set[tuple[str, str]]:
    """The pairs of firms of one half whose names, and addresses where both have one, are alike."""
    bare = bare_names(firms)
    told = blocked(bare)
    return _named(firms, told, _scores(firms, bare, told) >= like)


def every_pair(firms: Sequence[FirmIdentity], like: float) -> set[tuple[str, str]]:
    """The pairs of firms whose names, and addresses where both have one, are alike; all pairs are compared."""
    bare = bare_names(firms)
    told = list(combinations(range(len(firms)), 2))
    return _named(firms, told, _scores(firms, bare, told) >= like)


def _of_block(block: list[int]) -> Iterable[tuple[int, int]]:
    if len(block) <= _LARGEST:
        return combinations(block, 2)
    return (
        (one, other) for spot, one in enumerate(block) for other in block[spot + 1 : spot + 1 + _LARGEST // 2]
    )


def _scores(
    firms: Sequence[FirmIdentity], bare: Sequence[str], told: list[tuple[int, int]]
) -> npt.NDArray[np.float64]:
    if not told:
        return np.empty(0)
    one, other = [pair[0] for pair in told], [pair[1] for pair in told]
    scores = process.cpdist(
        [bare[spot] for spot in one], [bare[spot] for spot in other], scorer=fuzz.token_sort_ratio
    )
    if any(firm.address for firm in firms):
        places = [utils.default_process(firm.address) for firm in firms]
        of_places = process.cpdist(
            [places[spot] for spot in one], [places[spot] for spot in other], scorer=fuzz.token_set_ratio
        )
        known = np.asarray([bool(places[a] and places[b]) for a, b in told])
        scores = np.where(known, (scores + of_places) / 2, scores)
    regions = [firm.region for firm in firms]
    one_region = [not regions[a] or not regions[b] or regions[a] == regions[b] for a, b in told]
    return np.where(np.asarray(one_region), scores, 0.0)


def _named(
    firms: Sequence[FirmIdentity], told: list[tuple[int, int]], kept: npt.NDArray[np.bool_]
) -> set[tuple[str, str]]:
    return {
        (min(firms[a].id, firms[b].id), max(firms[a].id, firms[b].id))
        for a, b in (told[spot] for spot in np.flatnonzero(kept).tolist())
    }
