"""How much of a need's work a supplier does, by which it is called a match or only related."""

from enum import StrEnum

import numpy as np

from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Bools
from search.columns.store import Columns
from search.filters.evaluator import RELEVANT_FIT
from search.ranking.evidence import Evidence, Floats, Ints

# A supplier does work like a process if it does a sibling at least.
RELATED_PROCESS = 0.2
# It works with a material like the wanted one if it names its family.
RELATED_MATERIAL = 0.5
# A need's words speak for it if it uses this share of them, by their rarity: two rare ones of a letter's forty.
RELATED_WORDS = 0.05
# Where no work is understood, likeness of letters finds what words miss: a share of the best one.
RELATED_LETTERS = 0.1
# Characters of a need whose words are compared; longer texts repeat themselves.
LONGEST_TEXT = 4_000


class WorkShare(StrEnum):
    """The share of a need's work that a supplier does: all operations or some, which makes it a match; work like it, or work
    with its material; or nothing that is known but words in common.
    """

    WHOLE = "whole"
    PART = "part"
    RELATED = "related"
    WORDS = "words"


MATCHES = frozenset({WorkShare.WHOLE, WorkShare.PART})
_SHARES = tuple(WorkShare)


def does(fits: Floats) -> Bools:
    """Whether a supplier does an operation, by its fit: the same, a narrower, or one or two levels broader; a sibling is
    related only.
    """
    done: Bools = fits >= RELEVANT_FIT
    return done


def compared_words(requirements: Requirements) -> str:
    """A need's words as they are compared with profiles."""
    return f"{requirements.text} {' '.join(requirements.terms)}"[:LONGEST_TEXT].strip()


def asks_for_work(requirements: Requirements) -> bool:
    """Whether a need says anything of what is to be made; else it only narrows the list of all."""
    return bool(requirements.processes or requirements.materials or compared_words(requirements))


def is_plain(requirements: Requirements) -> bool:
    """Whether it is plain which work is wanted: words in common then say nothing."""
    return bool(requirements.processes) and requirements.clarity >= 1


def like_material(columns: Columns, requirements: Requirements, rows: Ints) -> Bools:
    """The rows of suppliers that name a wanted material or its family."""
    if not requirements.materials:
        return np.zeros(len(rows), dtype=np.bool_)
    wanted = np.zeros(len(columns.material.codes), dtype=np.bool_)
    for code in requirements.materials:
        wanted |= columns.material.fits(code) >= RELATED_MATERIAL
    return columns.holding("materials", wanted, rows)


def uses_words(agreement: Floats, likeness: Floats | None) -> Bools:
    """The suppliers that a need's words speak for, by the share of them used and by likeness of letters, among all."""
    found: Bools = agreement >= RELATED_WORDS
    if likeness is not None:
        alike = np.nan_to_num(likeness)
        found |= alike >= max(RELATED_LETTERS * alike.max(initial=0.0), 1e-9)
    return found


def shares(evidence: Evidence, of_material: Bools) -> list[WorkShare | None]:
    """The share of each candidate; None for one that has nothing to do with the need."""
    asked = evidence.requirements
    done = does(evidence.process_fit)
    some = done.any(axis=1)
    whole = some if asked.any_process else some & done.all(axis=1)
    related = of_material | (evidence.process_fit.max(axis=1, initial=0.0) >= RELATED_PROCESS)
    if not asks_for_work(asked):
        worded = np.ones_like(related)
    elif is_plain(asked):
        worded = np.zeros_like(related)
    else:
        worded = uses_words(evidence.words, None if asked.processes else evidence.similarity)
    chosen = np.where(whole, 0, np.where(some, 1, np.where(related, 2, np.where(worded, 3, 4))))
    return list(map((*_SHARES, None).__getitem__, chosen.tolist()))
