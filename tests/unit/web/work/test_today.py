"""The operator's day: one list of what waits, why, and the one act that it needs, done where it stands."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from matchmaker.domain.lifecycle import ImportState, MatchState, NeedState
from matchmaker.models import Centre, ImportBatch, Mail, Match, Need
from matchmaker.models.base import now
from matchmaker.services.desk.today import MOST_OF_KIND, USUAL_DAYS, TodayLine
from matchmaker.services.needs import needs
from matchmaker.wiring import Application
from tests.support.browser import Browser, text

DESK = "/work/"


@pytest.fixture(scope="module")
def product(own_product: Application) -> Application:
    """A centre of its own: of a kind the longest waiting come first, and the needs of other tests would wait longer."""
    return own_product


@pytest.fixture(scope="module")
def site(own_site: Flask) -> Flask:
    return own_site


def key_of(work: str) -> str:
    return work.rsplit("/", 1)[-1]


def row(page: str, ident: str) -> str:
    """The row with this id."""
    found = re.search(rf'<tr tabindex="-1" id="{ident}".*?</tr>', page, re.DOTALL)
    assert found, ident
    return found[0]


@pytest.fixture
def invited(work: str, operator: Browser, product: Application) -> str:
    """The key of a match whose supplier was invited and has not answered."""
    matches = re.findall(r'id="m-([0-9a-f]+)"', text(operator.get(work)))
    operator.post(f"{work}/invite", {"match": matches[0]}, page=work)
    with product.sessions() as session:
        assert session.scalar(select(Match.state).where(Match.public_id == matches[0])) == MatchState.INVITED
    return matches[0]


def test_who_waited_longer_than_is_usual_for_the_work_is_more_pressing() -> None:
    def line(kind: str, days: int) -> TodayLine:
        return TodayLine(kind, "x", None, days)

    assert line("letters", 1).pressing > line("needs", 1).pressing > line("profiles", 2).pressing
    assert not line("profiles", 2).is_late
    assert line("profiles", 3).is_late
    assert line("certificates", 7).pressing > line("certificates", 30).pressing >= 1
    assert not line("certificates", 31).is_late
    assert all(line(kind, 365).is_late for kind in USUAL_DAYS if kind != "certificates")


def test_a_supplier_is_reminded_in_place_and_once_a_day(
    work: str, invited: str, operator: Browser, product: Application
) -> None:
    shown = row(text(operator.get(f"{DESK}?kind=unanswered")), f"unanswered-{invited}")
    assert "Invited, and has not answered." in shown
    assert f'action="{work}/remind"' in shown
    form = {"match": invited, "next": f"{DESK}?kind=unanswered"}
    done = operator.post(f"{work}/remind", form, page=work)
    assert done.headers["Location"] == f"{DESK}?kind=unanswered"
    assert "The reminder is on its way." in text(operator.get(DESK))
    operator.post(f"{work}/remind", form, page=work)
    assert "reminded today already" in text(operator.get(DESK))
    with product.sessions() as session:
        about = select(Mail.kind).where(Mail.about == invited, Mail.kind == "answer_reminder")
        assert len(session.scalars(about).all()) <= 2  # one a person of the firm
    assert "reminded of the invitation" in text(operator.get(work))


def test_who_has_answered_is_not_reminded(
    work: str, invited: str, operator: Browser, product: Application
) -> None:
    with product.sessions.begin() as session:
        session.execute(update(Match).where(Match.public_id == invited).values(state=MatchState.INTERESTED))
    operator.post(f"{work}/remind", {"match": invited}, page=work)
    assert "Nothing to remind of" in text(operator.get(work))


def test_a_need_whose_day_for_quotes_has_passed_says_what_came(
    work: str, invited: str, operator: Browser, product: Application
) -> None:
    assert f"quotes-{key_of(work)}" not in text(operator.get(DESK))
    with product.sessions.begin() as session:
        found = needs.by_key(session, key_of(work))
        found.quotes_until = now() - timedelta(days=3)
    shown = row(text(operator.get(f"{DESK}?kind=quotes")), f"quotes-{key_of(work)}")
    assert "0 quotes came, still owed 1." in shown
    assert f"/needs/{key_of(work)}/quotes" in shown


def test_an_import_waits_until_it_is_saved_or_was_read_without_remarks(
    operator: Browser, product: Application
) -> None:
    with product.sessions.begin() as session:
        centre = session.scalar(select(Centre).where(Centre.code == product.settings.centre))
        assert centre
        for name, state, counts in (
            *[(f"clean-{number}.xlsx", ImportState.DONE, {"new": 3}) for number in range(MOST_OF_KIND)],
            ("tried.xlsx", ImportState.CHECKED, {"new": 3}),
            ("remarks.xlsx", ImportState.DONE, {"new": 3, "refused": 2}),
        ):
            session.add(
                ImportBatch(
                    centre_id=centre.id,
                    source="list",
                    file_name=name,
                    sha256=name,
                    suffix=".xlsx",
                    state=state,
                    counts=counts,
                )
            )
    page = text(operator.get(f"{DESK}?kind=imports"))
    assert "Tried, and not saved yet." in page
    assert "2 rows with remarks." in page
    assert "clean-" not in page


def test_acts_lead_back_to_the_list_that_they_were_done_in(work: str, operator: Browser) -> None:
    form = {"state": "draft", "reason": "Приложите чертёж", "next": f"{DESK}?kind=needs"}
    done = operator.post(f"/needs/{key_of(work)}/move", form, page=f"/needs/{key_of(work)}")
    assert done.headers["Location"] == f"{DESK}?kind=needs"
    strange = {"state": "closed", "reason": "Нет", "next": "https://example.org/"}
    done = operator.post(f"/needs/{key_of(work)}/move", strange, page=f"/needs/{key_of(work)}")
    assert done.headers["Location"] == "/"


def test_a_kind_shows_nothing_else_and_keeps_whose_work(work: str, operator: Browser) -> None:
    whole = text(operator.get(DESK))
    assert f"matches-{key_of(work)}" in whole
    alone = text(operator.get(f"{DESK}?kind=matches&who=nobody"))
    assert f"matches-{key_of(work)}" in alone
    assert "unmatched-" not in alone
    assert "/work/?kind=matches&amp;who=me" in alone
    assert operator.get(f"{DESK}?kind=nonsense").status_code == 200


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_line_has_an_act_and_a_reason(operator: Browser, work: str, language: str) -> None:
    operator.client.set_cookie("language", language)
    page = text(operator.get(DESK))
    rows = re.findall(r'<tr tabindex="-1" id="\w+-\w+".*?</tr>', page, re.DOTALL)
    assert rows
    for one in rows:
        assert 'class="approve"' in one or 'class="button approve"' in one
        assert re.search(r'data-label="(Why|Причина)">[^<]{5,}<', one), one
    operator.client.set_cookie("language", "en")


def test_a_published_need_leaves_the_list(buyer: Browser, operator: Browser, product: Application) -> None:
    answer = buyer.post("/needs/new", {"text": "Нужны втулки, бронза, 30 шт."}, page="/needs/new")
    key = key_of(str(answer.headers["Location"]))
    buyer.post(f"/needs/{key}/move", {"state": "submitted"})
    shown = row(text(operator.get(DESK)), f"n-{key}")
    assert 'data-in-place="today"' in shown
    operator.post(f"/needs/{key}/move", {"state": "published", "next": DESK})
    assert f'id="n-{key}"' not in text(operator.get(DESK))
    with product.sessions() as session:
        assert session.scalar(select(Need.state).where(Need.public_id == key)) == NeedState.PUBLISHED
