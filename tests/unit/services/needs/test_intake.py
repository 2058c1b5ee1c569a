import pytest
from sqlalchemy import select

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Need, Organisation
from matchmaker.models.database import Sessions
from matchmaker.services.needs import intake, needs
from matchmaker.services.needs.intake import IntakeCaller
from tests.support.browser import TODAY

INN, OTHER = "7707083893", "7736050003"
TABLE = "Деталь\tМатериал\tКол-во\tСрок\tКвалитет\nВтулка\tбронза\t100 шт\t01.03.2027\tIT7\nВал\t40Х\tмного\t31.02.2027\tточно\n"


def take(sessions: Sessions, text: str, caller: IntakeCaller, key: str = "intake-1") -> list[Need]:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        found = intake.take(
            session, intake.records(text, key, TODAY), caller, centre=centre, channel="phone", by="tester"
        )
        session.flush()
        session.expunge_all()
        return found


def test_each_row_of_a_table_is_a_need_and_a_wrong_cell_stays_in_the_text() -> None:
    first, second = intake.records(TABLE, "k", TODAY)
    assert (first.title, first.quantity, first.tolerance_it, str(first.deliver_by)) == (
        "Втулка",
        100,
        7,
        "2027-03-01",
    )
    assert first.materials == ("бронза",)
    assert (second.quantity, second.deliver_by, second.tolerance_it) == (None, None, None)
    assert "Срок: 31.02.2027" in (second.text or "")
    assert [first.id, second.id] == ["k-1", "k-2"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Добрый день!\nПросим рассчитать втулки ø60. Спасибо.", "Просим рассчитать втулки ø60."),
        ("Здравствуйте! Уважаемые коллеги! Нужны валы.", "Нужны валы."),
        ("Dear sirs, we need shafts.\nAISI 304, 50 pcs.", "We need shafts."),
        ("Добрый день! Меня зовут Пётр, завод «Проба».\nНужны фланцы ø200.", "Нужны фланцы ø200."),
        ("My name is Ann.\nWe need flanges.", "We need flanges."),
        ("Нужны валы ø45, 40Х", None),
        ("Добрый день!", None),
        ("Hello.\n" + "вал " * 60, ("Вал " + "вал " * 23 + "вал") + "…"),
    ],
)
def test_a_greeting_is_no_title(text: str, title: str | None) -> None:
    assert intake.records(text, "k", TODAY)[0].title == title


def test_a_known_inn_is_the_same_contractor_and_a_new_one_needs_a_name(sessions: Sessions) -> None:
    with pytest.raises(InvalidRecord) as refused:
        take(sessions, "Нужны валы", IntakeCaller(INN))
    assert refused.value.problems[0].path == "name"
    take(sessions, "Нужны валы", IntakeCaller(INN, "Завод «Проба»", "Мария, +7 900"))
    take(sessions, "Нужны оси", IntakeCaller(INN), key="intake-2")
    with sessions() as session:
        firm = session.scalars(select(Organisation)).one()
        assert (firm.name_ru, firm.is_contractor) == ("Завод «Проба»", True)
        first, second = session.scalars(select(Need).order_by(Need.id)).all()
        assert (first.state, first.channel, first.contractor) == ("draft", "phone", firm)
        assert first.details["contact"] == "Мария, +7 900"
        assert second.contractor == firm


def test_a_wrong_inn_saves_nothing(sessions: Sessions) -> None:
    with pytest.raises(InvalidRecord) as refused:
        take(sessions, "Нужны валы", IntakeCaller("7707083894", "Завод"))
    assert refused.value.problems[0].path == "inn"
    with sessions() as session:
        assert session.scalars(select(Need)).all() == []


def test_the_same_form_sent_twice_makes_one_need(sessions: Sessions) -> None:
    for _ in range(2):
        assert len(take(sessions, TABLE, IntakeCaller())) == 2
    with sessions() as session:
        assert len(session.scalars(select(Need)).all()) == 2


def test_what_the_need_leaves_open_is_asked() -> None:
    assert set(intake.unanswered(Requirements())) == set(intake.QUESTIONS)
    told = Requirements(
        text="по чертежу 12.34", processes=("turning",), materials=("steel",), quantity=5, diameter_mm=40.0
    )
    assert intake.unanswered(told) == ("accuracy", "term", "place", "certificate")
