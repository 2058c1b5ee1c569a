"""Requests to the interface for programs, made from its own description: of everything that the description allows, and
of what it does not; each answer is held against it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ELSE = {"kind": "xlsx", "place": "0"}  # values of addresses that name no thing
_QUIET = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.generate],
    "database": None,
}


@dataclass(slots=True)
class ApiRequests:
    """The answers to the requests of one reader: their number by status, and the disagreements with the description."""

    statuses: Counter[int] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return self.statuses.total()


def addresses(app: Flask) -> list[tuple[Any, Any]]:
    """The operations that the description of a site names, each with the requests that may be made of it: half of the bodies and
    filters are against the description.
    """
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    found = []
    for result in schema.get_all_operations():
        operation = result.ok()
        cases = operation.as_strategy()
        if operation.body or operation.query:
            cases |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        found.append((operation, cases))
    return found


def send(
    known: Sequence[tuple[Any, Any]],
    headers: Mapping[str, str],
    keys: Sequence[Mapping[str, str]],
    *,
    examples: int,
    turn: int = 0,
) -> ApiRequests:
    """Send so many requests to every address, half of them about things that are there (`keys`: values of addresses); another
    turn sends others.
    """
    found = ApiRequests()
    for operation, cases in known:
        _send_to(operation, cases, found, dict(headers), list(keys), examples, turn)
    return found


def _send_to(
    operation: Any,
    cases: Any,
    found: ApiRequests,
    headers: dict[str, str],
    keys: list[Mapping[str, str]],
    examples: int,
    turn: int,
) -> None:
    @seed(turn)
    @given(case=cases, there=st.none() | st.sampled_from(keys))
    @settings(max_examples=examples, **_QUIET)
    def sent(case: Any, there: Mapping[str, str] | None) -> None:
        if there is not None and case.path_parameters:
            known = {**ELSE, **there}
            case.path_parameters.update({name: known.get(name, "x") for name in case.path_parameters})
        answer = case.call(headers=headers)
        found.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            words = "; ".join(str(one) for one in group.exceptions)
            found.disagreements.append(f"{operation.label}: {answer.status_code} {words[:600]}")

    sent()
