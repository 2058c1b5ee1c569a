"""A line of a file about a need that is stored: what it does not say stays, whatever it says."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.lifecycle import MatchState
from matchmaker.domain.records import NeedRecord, parse, to_data
from matchmaker.models import Match, Profile
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, need_overlay, needs
from matchmaker.services.needs.need_bulk import SavedNeed
from matchmaker.services.profiles import suppliers
from tests.support.fakes import FakeRecogniser
from tests.support.records import NEED, need, supplier

_SAID: dict[str, Any] = {
    "region": "Пермский край",
    "quantity": 7,
    "mass_kg": 2.5,
    "materials": ["сталь 20"],
    "processes": [],
    "envelope_mm": [10, 20, 30],
    "deliver_by": "2027-05-01",
    "certification": [{"standard": "НАКС"}],
    "positions": [{"id": "1", "title": "Вал"}],
}


def line(**said: Any) -> NeedRecord:
    return parse(NeedRecord, {"id": NEED["id"], "title": NEED["title"], **said})


@drawn(st.sets(st.sampled_from(sorted(_SAID))), st.booleans())
def test_what_a_line_does_not_say_stays_and_what_it_says_comes(keys: set[str], adding: bool) -> None:
    base, given = need(), line(**{key: _SAID[key] for key in keys})
    whole = need_overlay.over(base, given, adding=adding)
    for name in NeedRecord.model_fields:
        assert getattr(whole, name) == getattr(given if name in keys else base, name), name
    assert need_overlay.over(whole, given, adding=adding) == whole


def test_words_of_a_list_are_added_and_those_of_the_exchange_format_replace() -> None:
    base, given = need(), line(text=f"{NEED['title']}. Участок: 5")
    assert need_overlay.over(base, given, adding=True).text == f"{NEED['text']}\nУчасток: 5"
    assert need_overlay.over(base, given, adding=False).text == given.text
    long = base.model_copy(update={"text": "слово " * 4_999})
    assert need_overlay.over(long, given, adding=True) == long
    assert [one.left for one in need_overlay.without_room(long, given)] == ["Участок: 5"]


def test_another_contractor_does_not_get_the_inn_of_the_former_one() -> None:
    base = need()
    same = need_overlay.over(base, line(contractor={"name": {"en": "Sborka", "ru": "Завод «Сборка»"}}), adding=True)  # fmt: skip
    assert same.contractor is not None
    assert same.contractor.inn == NEED["contractor"]["inn"]
    other = need_overlay.over(base, line(contractor={"name": {"ru": "ООО «Другой»"}}), adding=True)
    assert other.contractor is not None
    assert other.contractor.inn is None


def test_one_hardness_takes_the_place_of_the_other_and_a_span_that_cannot_be_is_refused() -> None:
    base = need(hardness_hv=300, hours_from="2027-06-01")
    assert need_overlay.over(base, line(hardness="45…50 HRC"), adding=False).hardness_hv is None
    with pytest.raises(InvalidRecord):
        need_overlay.over(base, line(hours_until="2027-05-01"), adding=False)


def test_a_line_asks_nothing_else_than_quotes_were_given_for(sessions: Sessions) -> None:
    def save(record: NeedRecord) -> SavedNeed:
        with sessions.begin() as session:
            origin = RecordOrigin(needs.centre_of(session, "centre"), "file", "tester")
            return need_bulk.save_many(session, [record], FakeRecogniser(), origin)[0]

    first = save(need())
    with sessions.begin() as session:
        origin = RecordOrigin(needs.centre_of(session, "centre"), "file", "tester")
        firm, _ = suppliers.save(session, supplier(), FakeRecogniser(), origin)
        shop = session.scalars(select(Profile.id).where(Profile.organisation_id == firm.id)).one()
        session.add(Match(need_id=first.need_id, profile_id=shop, state=MatchState.QUOTED))
    assert save(line(quantity=7)).status == "quoted"
    with sessions() as session:
        assert to_data(needs.record(next(needs.every(session)))) == to_data(need())
