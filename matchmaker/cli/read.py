"""`matchmaker read`: what texts are understood to say, without a database."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import IO, Any

import click

from matchmaker.cli.common import translation
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.wiring import load_recogniser

Answer = Callable[[dict[str, Any]], dict[str, Any]]


@click.command("read")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--as", "kind", type=click.Choice(("need", "supplier")), help="Whose words the texts are.")
@click.option("--certificate", is_flag=True, help="Read cells of certificates: id, cell, column.")
@click.option("--today", type=click.DateTime(("%Y-%m-%d",)), help="The day from which spans are counted.")
@click.option("--format", "form", type=click.Choice(("table", "jsonl")), default="table", show_default=True)
def read_command(
    file: IO[str], kind: str | None, certificate: bool, today: datetime | None, form: str
) -> None:
    """Print what the texts of FILE (or -) are understood to say, one object a line, in their order.

    FILE has one object a line: {"id": "…", "text": "…"}, or {"id": "…", "cell": "…", "column": "…"} for certificates.
    """
    if (kind is None) == (not certificate):
        raise click.UsageError("Say which: --as need, --as supplier, or --certificate.")
    answer = answerer(kind, today.date() if today else date.today())  # noqa: DTZ011 - the reader's own day
    for given in _lines(file, ("cell",) if certificate else ("text",)):
        found = {"id": given.get("id"), **answer(given)}
        for doubt in found["doubts"]:
            doubt["question"] = asked(doubt, str(found.get("language", "en")))
        if form == "jsonl":
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            _show(found)


def answerer(kind: str | None, today: date) -> Answer:
    from search.reading import answers, certificate_answers

    recogniser = load_recogniser()
    if kind == "need":
        return lambda given: answers.of_need(given["text"], recogniser, today)
    if kind == "supplier":
        return lambda given: answers.of_supplier(given["text"], recogniser, today)
    return lambda given: certificate_answers.of_cell(
        given["cell"], str(given.get("column") or ""), recogniser, today
    )


def asked(doubt: dict[str, Any], language: str) -> str:
    """The question of a doubt in the language of its text."""
    question: str = translation(language)(str(doubt["question"])) % doubt.pop("parameters", {})
    return question


def _lines(file: IO[str], required: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The objects of a file. Raises InvalidRecord with the number of the line."""
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except json.JSONDecodeError as error:
            raise _wrong(number, N_("This line is no JSON object.")) from error
        if not isinstance(given, dict) or any(not isinstance(given.get(key), str) for key in required):
            raise _wrong(number, N_('Give an object with "id" and "text" (or "cell") on every line.'))
        yield given


def _wrong(number: int, message: str) -> InvalidRecord:
    return InvalidRecord((Problem(f"line {number}", "read.line", message),))


def _show(found: dict[str, Any]) -> None:
    """A reading for people: one fact a line, without what was not said."""
    click.echo(f"{found.pop('id') or '-'}")
    for name, value in _facts(found):
        click.echo(f"  {name:<28} {value}")
    sys.stdout.flush()


def _facts(found: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in found.items():
        if value in (None, [], {}) or key in {"span", "ignored"}:
            continue
        if isinstance(value, dict):
            yield from _facts(value, f"{above}{key}.")
        elif isinstance(value, list) and isinstance(value[0], dict):
            for one in value:
                if "code" in one:
                    yield f"{above}{key}", f"{one['code']} ({one['role']}, {one['from']}, {one['sure']:.2f})"
                else:
                    yield from _facts(one, f"{above}{key}.")
        else:
            yield f"{above}{key}", ", ".join(map(str, value)) if isinstance(value, list) else str(value)
