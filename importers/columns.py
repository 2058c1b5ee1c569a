"""The meanings of a list's columns, found by the words of their names; the words stand in config/columns."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from matchmaker.resources import folder, read_yaml

ListKind = Literal["suppliers", "needs", "inventories", "prices"]
# A column that counts the rows. If read as a code, it would make the first rows of any two lists the same firm.
_NUMBERING = re.compile(r"(№|n|no\.?|#)?\s*(п\.?\s*/?\s*п\.?)?")


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """The meanings of the columns of one kind of list, in their order, each with its words in both languages."""

    words: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def meanings(self) -> tuple[str, ...]:
        return tuple(meaning for meaning, _ in self.words)

    def meaning(self, column: str) -> str | None:
        """The first meaning with a word that the column's name contains; None where there is none."""
        name = column.casefold()
        spelled = f" {name} \n={name.strip()}="
        return next(
            (meaning for meaning, words in self.words if any(word in spelled for word in words)), None
        )

    def exact(self, column: str) -> str | None:
        """The meaning one of whose words the column's whole name is; None where there is none."""
        name = column.casefold().strip(" :*")
        return next(
            (meaning for meaning, words in self.words if name in {word.strip("= ") for word in words}), None
        )


@cache
def column_words(kind: ListKind) -> ColumnWords:
    """The words of config/columns for one kind of list."""
    entries = read_yaml(folder("config") / "columns" / f"{kind}.yaml")
    return ColumnWords(tuple((meaning, (*words["ru"], *words["en"])) for meaning, words in entries.items()))


@cache
def _ours() -> frozenset[str]:
    words = read_yaml(folder("config") / "columns" / "no_records.yaml")["why"]
    return frozenset((*words["ru"], *words["en"]))


def is_ours(column: str) -> bool:
    """Whether the product wrote a column beside the rows that it gave back to be corrected."""
    return column.casefold().strip() in _ours()


def is_numbering(column: str) -> bool:
    """Whether a column only counts the rows: "№", "№ п/п", "No."."""
    return _NUMBERING.fullmatch(column.casefold().strip()) is not None
