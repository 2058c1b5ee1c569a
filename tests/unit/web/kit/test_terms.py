"""Terms of the taxonomy are told in the reader's language, with the words of the other language beside them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from matchmaker.domain.records import NeedRecord, parse
from matchmaker.models import Profile
from matchmaker.web.kit import formats, position_forms, terms
from tests.support.browser import Browser, text
from tests.support.small_centre import OPERATOR, Centre, enter, small_centre


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with small_centre(tmp_path_factory.mktemp("terms")) as made:
        yield made


@pytest.fixture
def english(centre: Centre) -> Iterator[None]:
    with centre.browser.client.application.test_request_context(headers={"Accept-Language": "en"}):
        yield


@pytest.mark.usefixtures("english")
def test_a_term_of_the_other_language_is_told_with_its_words_as_a_hint() -> None:
    hinted = 'Turning <span class="hint"><span lang="ru">токарная обработка</span></span>'
    assert terms.told("токарная обработка", "process") == hinted
    assert terms.told_all(["turning", "токарная обработка"], "process") == f"turning, {hinted}"
    assert terms.with_original("process", "токарная обработка") == "Turning (токарная обработка)"
    assert terms.term("process", "токарная обработка") == "Turning"


@pytest.mark.usefixtures("english")
def test_what_is_the_readers_own_or_means_nothing_stays_as_written() -> None:
    assert terms.told("turning of shafts", "process") == "turning of shafts"
    assert terms.with_original("process", "бла бла") == terms.term("process", "бла бла") == "бла бла"
    assert terms.told("<бла>", "process") == '<span lang="ru">&lt;бла&gt;</span>'
    assert terms.with_original("material", "12-34") == "12-34"


@pytest.mark.usefixtures("english")
def test_a_title_keeps_its_words_and_is_told_beside_them() -> None:
    told = '<span lang="ru">Валы</span> <span class="hint">Shaft</span>'
    assert terms.titled("Валы") == told
    assert terms.titled("Shafts") == "Shafts"
    assert terms.titled("Валы <b>") == told.replace("Валы", "Валы &lt;b&gt;")


@pytest.mark.usefixtures("english")
def test_languages_and_amounts_are_told_in_words_that_do_not_touch() -> None:
    assert [formats.language_name(one) for one in ("ru", "en", "по-русски")] == [
        "Russian",
        "English",
        "по-русски",
    ]
    assert formats.money(900_000, "RUB") == "RUB\u00a09,000.00"
    assert formats.money(-900_000, "RUB") == "-RUB\u00a09,000.00"
    assert formats.money(900_000, "EUR") == "€9,000.00"


def test_a_profile_in_russian_is_told_to_an_english_reader(centre: Centre) -> None:
    with centre.application.sessions() as session:
        key = session.scalars(select(Profile.public_id)).one()
    page = text(centre.browser.get(f"/suppliers/{key}"))
    for label, words in (("Turning", "токарная обработка"), ("CNC lathe", "токарный станок с ЧПУ")):
        assert f'{label} <span class="hint"><span lang="ru">{words}</span></span>' in page
    assert 'Steel 40Kh <span class="hint"><span lang="ru">40Х</span></span>' in page
    assert '<span lang="ru">неведомая обработка</span>' in page
    assert "Russian, English" in page
    russian = text(Browser(centre.browser.client.application.test_client(), "ru").get(f"/suppliers/{key}"))
    assert "токарная обработка</th>" in russian
    assert "Turning" not in russian


@pytest.mark.usefixtures("english")
def test_a_part_is_told_with_its_terms_and_its_day() -> None:
    part = parse(
        NeedRecord,
        {
            "kind": "need",
            "id": "n",
            "text": "x",
            "processes": ["токарная обработка"],
            "deliver_by": "2027-04-15",
        },
    )
    told = dict(position_forms.told(part))
    assert told["Processes, in the order of the route"] == "Turning (токарная обработка)"
    assert told["Deliver by"] == "Apr 15, 2027"


def test_a_need_in_russian_is_told_to_an_english_reader(centre: Centre) -> None:
    operator = enter(centre, OPERATOR)
    for page in (text(operator.get(address)) for address in ("/needs/", "/needs/?layout=board")):
        assert '<span lang="ru">Валы из 40Х</span> <span class="hint">Shaft · Steel 40Kh</span>' in page


def test_a_fact_of_codes_is_told_in_the_readers_language(centre: Centre) -> None:
    app = centre.browser.client.application
    for language, told in (("ru", "Сельхозмашиностроение; строй"), ("en", "Agricultural machinery; строй")):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert terms.fact("sectors", "agricultural-machinery; строй") == told
            assert terms.fact("name.ru", "agricultural-machinery") == "agricultural-machinery"
