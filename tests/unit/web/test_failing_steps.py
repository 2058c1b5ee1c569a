"""Forms with a step that fails: all of it is done or nothing. `make check-steps` does so with every form."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from matchmaker.services.core import journal
from tests.support.failing_steps import MORE, Presses, endpoints
from tests.support.form_presses import network


@pytest.fixture(scope="module")
def presses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Presses]:
    with network(tmp_path_factory.mktemp("steps")) as (app, world):
        yield Presses(app, world)


@pytest.mark.parametrize("endpoint", ["messages.thread", "people.end_role", "needs.edit", "api_needs.submit"])
def test_whichever_step_fails_all_is_done_or_nothing(presses: Presses, endpoint: str) -> None:
    found = presses.tried(endpoint, every=4, first=2)
    assert found is not None
    tried, wrong = found
    assert tried > 5
    assert wrong == []


def test_what_is_half_done_is_found(presses: Presses, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = journal.record

    def saved_too_early(session: Session, *given: object) -> None:
        whole(session, *given)  # type: ignore[arg-type]
        session.connection().connection.commit()

    monkeypatch.setattr(journal, "record", saved_too_early)
    found = presses.tried("messages.thread")
    assert found is not None
    assert any("'audit_entry': (1, 0, 0)" in one for one in found[1])


def test_forms_that_are_filled_in_here_are_forms() -> None:
    assert set(MORE) <= set(endpoints())
