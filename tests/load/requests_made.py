"""A request of somebody, as it was seen by who made it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """`ms` from the press to the last byte; `at` seconds since the epoch; `number` names it in the site's log."""

    role: str
    kind: str
    ms: float
    at: float
    error: str
    number: str
