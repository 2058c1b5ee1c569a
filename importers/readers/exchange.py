"""The exchange format: JSON Lines, one supplier, need or outcome a line."""

import difflib
import json
import re
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

from importers.readers.lines import MAX_LINE, TextLine, lines
from importers.rows import FileRow
from matchmaker.domain import records
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_

_LONGEST_NUMBER = 300  # digits; no larger one is a float


class RefusedText(ValueError):
    """A JSON text that the parser accepts and the product refuses."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _known_keys() -> tuple[str, ...]:
    models = [
        model
        for model in vars(records).values()
        if isinstance(model, type) and issubclass(model, records.Record)
    ]
    return tuple(sorted({name for model in models for name in model.model_fields}))


KNOWN_KEYS = _known_keys()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for key, value in pairs:
        if key in found:
            raise RefusedText(
                Problem(key, "key.repeated", N_("This key stands twice in the line; keep one."))
            )
        found[key] = value
    return found


def _no_constant(name: str) -> float:
    raise RefusedText(
        Problem("record", "number.not_finite", N_("%(number)s is not a number here."), name, {"number": name})
    )


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise RefusedText(Problem("record", "number.too_long", N_("A number has too many digits.")))
    return int(digits)


def _decimal(written: str) -> float:
    number = float(written)
    return number if isfinite(number) else _no_constant(written[:20])


def parse_json(text: str) -> Any:
    """JSON without repeated keys, NaN, Infinity or endless numbers. Raises RefusedText with the problem."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_decimal,
        )
    except json.JSONDecodeError as error:
        raise RefusedText(
            Problem(
                "record",
                "json.broken",
                N_("This is not JSON: near character %(column)s, %(reason)s."),
                text[max(0, error.pos - 10) : error.pos + 20],
                {"column": error.pos + 1, "reason": error.msg},
            )
        ) from error
    except RecursionError as error:
        raise RefusedText(Problem("record", "json.too_deep", N_("The line is nested too deeply."))) from error


def _hint(problem: Problem) -> Problem:
    """The key that was probably meant."""
    if problem.code != "value.extra_forbidden":
        return problem
    key = problem.path.rsplit(".", 1)[-1]
    near = difflib.get_close_matches(key, KNOWN_KEYS, n=1, cutoff=0.75)
    if not near:
        return problem
    message = N_("There is no such key; did you mean “%(near)s”?")
    return Problem(problem.path, problem.code, message, problem.value, {"near": near[0]})


def record_of(data: Any) -> records.AnyRecord:
    """A parsed line as a record. Raises InvalidRecord."""
    if not isinstance(data, dict):
        raise InvalidRecord(
            (Problem("record", "record.not_object", N_("A line holds one object in braces.")),)
        )
    kind = data.get("kind")
    model = records.KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        message = N_("kind must be supplier, need or outcome.")
        raise InvalidRecord(
            (Problem("kind", "kind.unknown", message, "" if kind is None else str(kind)[:80]),)
        )
    try:
        return records.parse(model, data)  # type: ignore[return-value]
    except InvalidRecord as error:
        raise InvalidRecord(tuple(_hint(problem) for problem in error.problems)) from error


def _noughts_given_back(data: Any) -> Iterator[Problem]:
    """Give a supplier's INN the first nought back that a workbook lost, and say so."""
    written = data.get("inn") if isinstance(data, dict) else None
    found = records.inn_with_nought(str(written)) if isinstance(written, str | int) else None
    if found is not None:
        message = N_("The first nought of this INN was lost; is it %(inn)s?")
        yield Problem("inn", "cell.nought", message, str(written), {"inn": found})
        data["inn"] = found


# Finds a number that the strict reading refuses, or a name of what is none; a text may hold such letters too.
_ODD = re.compile(r"[0-9]{301}|[0-9][eE]\+?[0-9]{3}|NaN|Infinity")
_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


def _parsed(text: str) -> Any:
    """The JSON of a line as `parse_json` reads it, without a look at each of its numbers where none can be odd."""
    if _ODD.search(text):
        return parse_json(text)
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return parse_json(text)


def _row(line: TextLine) -> FileRow:
    if line.text is None:
        message = N_("The line is %(size)s bytes long; at most %(limit)s are read.")
        problem = Problem("record", "line.too_long", message, "", {"size": line.size, "limit": MAX_LINE})
        return FileRow(line.number, line.position, problems=(problem,))
    try:
        data = _parsed(line.text)
        remarks = tuple(_noughts_given_back(data))
        return FileRow(line.number, line.position, record_of(data), remarks)
    except RefusedText as error:
        return FileRow(line.number, line.position, problems=(error.problem,))
    except InvalidRecord as error:
        return FileRow(line.number, line.position, problems=error.problems)


def read(path: Path) -> Iterator[FileRow]:
    """The rows of an exchange file that `lines.scan` has passed."""
    return (_row(line) for line in lines(path))
