import pytest
from sqlalchemy import func, select

from matchmaker.domain.errors import AlreadyThere
from matchmaker.models import Need, Organisation, Session
from matchmaker.models.database import Sessions
from matchmaker.services.needs import need_posting, needs
from matchmaker.services.needs.needs import NeedPosting
from tests.support.records import need


def contractor(session: Session, name: str) -> Organisation:
    made = Organisation(centre=needs.centre_of(session, "centre"), name_ru=name, is_contractor=True)
    session.add(made)
    session.flush()
    return made


def test_the_same_form_again_finds_the_need_that_it_made(sessions: Sessions) -> None:
    with sessions.begin() as session:
        centre, how = needs.centre_of(session, "centre"), NeedPosting(contractor(session, "Завод"))
        first, made = need_posting.post_once(session, need(), how, centre, "tester")
        again, made_again = need_posting.post_once(session, need(), how, centre, "tester")
        assert (made, made_again, again) == (True, False, first)
        assert session.scalar(select(func.count(Need.id))) == 1


def test_an_id_of_another_contractor_is_taken(sessions: Sessions) -> None:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        need_posting.post_once(session, need(), NeedPosting(contractor(session, "Завод")), centre, "tester")
        other = NeedPosting(contractor(session, "Другой завод"))
        with pytest.raises(AlreadyThere):
            need_posting.post_once(session, need(), other, centre, "tester")
