"""The statement of accessibility: what was measured of the pages, when, and what is known to be wrong."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from flask import Blueprint, render_template

from matchmaker.resources import folder

blueprint = Blueprint("accessibility", __name__)


@dataclass(frozen=True, slots=True)
class Look:
    """One walk through all pages: in a language, at a width in CSS pixels, light or dark."""

    language: str
    width: int
    scheme: str
    pages: int


@dataclass(frozen=True, slots=True)
class KnownFault:
    """What a walk minded: on which page, in the words of the rule, and in how many of the walks."""

    page: str
    fault: str
    looks: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A run of the tests: its day, the name of the tool, the rules, the walks, what was wrong, and the walks by keyboard alone."""

    on: date
    tool: str
    rules: Sequence[str]
    looks: Sequence[Look]
    faults: Sequence[KnownFault]
    by_keyboard: int
    keyboard_failed: int


@blueprint.get("/accessibility")
def statement() -> str:
    return render_template("public/accessibility.html", measured=measured())


@cache
def measured() -> Measured | None:
    """What `python -m tests.journeys.accessibility` wrote last; None where nothing was measured."""
    path = folder("config") / "accessibility.json"
    return read(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def read(written: Mapping[str, Any]) -> Measured:
    return Measured(
        date.fromisoformat(written["on"]),
        written["tool"],
        tuple(written["rules"]),
        tuple(Look(**one) for one in written["looks"]),
        tuple(KnownFault(**one) for one in written["faults"]),
        written["by_keyboard"],
        written["keyboard_failed"],
    )
