"""What the table of errors says to a browser and to a program."""

import pytest
from flask import Flask

from matchmaker.domain import errors as domain
from matchmaker.web.kit.errors import STATUS


def _kinds(kind: type[domain.MatchmakerError]) -> set[type[domain.MatchmakerError]]:
    return {kind}.union(*map(_kinds, kind.__subclasses__()))


def test_every_error_has_a_status() -> None:
    assert set(STATUS) == _kinds(domain.MatchmakerError)


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (
            domain.RevisionMissing(),
            "Say which revision you have changed. Name it in If-Match; reading the need tells it as its ETag.",
        ),
        (
            domain.AlreadyThere(id="n-1", address="/api/v1/needs/k"),
            "There is a need “n-1” already, and it says something else. Change it at /api/v1/needs/k.",
        ),
        (
            domain.AlreadyThere(id="n-1"),
            "There is a need “n-1” already, and it says something else.",
        ),
    ],
)
def test_a_program_is_told_where_in_a_request_it_goes(
    site: Flask, error: domain.MatchmakerError, detail: str
) -> None:
    with site.test_request_context("/api/v1/needs", headers={"Accept-Language": "en"}):
        answer = site.make_response(site.handle_user_exception(error))
    assert answer.status_code == STATUS[type(error)]
    assert answer.get_json()["detail"] == detail
