"""The list of a centre's suppliers: narrowed, sorted, with chosen columns, kept as a person's own views, taken as a file."""

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.domain.organisation import search_key, sort_key
from matchmaker.models import Centre, CertificateRow, Organisation, Profile
from matchmaker.services.desk import firm_lists, saved_views
from matchmaker.services.desk.firm_lists import SORTS, Certified, FirmsAsked
from matchmaker.wiring import Application
from tests.support.browser import Browser, text

LIST = "/work/suppliers/"


@pytest.fixture(scope="module")
def three(own_site: object, own_product: Application) -> list[str]:
    """The keys of three suppliers: verified, declared, and one whose only certificate has ended."""
    today, made = own_product.today(), []
    with own_product.sessions.begin() as session:
        centre = session.scalars(select(Centre).where(Centre.code == own_product.settings.centre)).one()
        for name, inn, employees, ends, verified in (
            ("Ящерка-Альфа", "7700000016", 50, today + timedelta(days=90), True),
            ("Ящерка-Вега", "7700000023", None, None, False),
            ("Ящерка-Гамма", "5000000017", 7, today - timedelta(days=1), True),
        ):
            firm = Organisation(
                centre_id=centre.id,
                inn=inn,
                name_ru=name,
                name_en=name,
                sort_ru=sort_key(name, name, "ru"),
                sort_en=sort_key(name, name, "en"),
                search_key=search_key(name),
                city="Москва",
                region_code="RU-MOW",
            )
            profile = Profile(organisation=firm, employees=employees, state="published")
            profile.certificates = [
                CertificateRow(
                    position=0,
                    standard="ISO 9001",
                    standard_code="iso-9001",
                    status="certified",
                    valid_until=ends,
                    said_on=None if ends else today,
                    verified=verified,
                )
            ]
            session.add(profile)
            session.flush()
            made.append(profile.public_id)
    return made


def shown(page: str) -> list[str]:
    """The keys of the rows, in their order."""
    return re.findall(r'id="r-([0-9a-f]{16})"', page)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", [0, 1, 2]),
        ("-name", [2, 1, 0]),
        ("inn", [2, 0, 1]),
        ("employees", [2, 0, 1]),
        ("-employees", [0, 2, 1]),
    ],
)
def test_the_list_is_sorted_and_what_has_no_value_stands_last(
    sort: str, order: list[int], three: list[str], centre: Browser
) -> None:
    page = text(centre.get(f"{LIST}?q=ящерка&column=inn&column=employees&sort={sort}"))
    assert shown(page) == [three[place] for place in order]
    assert "3 suppliers" in page
    assert f'aria-sort="{"descending" if sort[0] == "-" else "ascending"}"' in page


def test_the_list_is_narrowed(three: list[str], centre: Browser) -> None:
    def found(query: str) -> set[str]:
        return set(shown(text(centre.get(f"{LIST}?{query}"))))

    assert found("q=ЯЩЕРКА ВЕГА") == {three[1]}
    assert found("q=770000001") == {three[0]}
    assert found("q=ящерка&certified=verified") == {three[0]}
    assert found("q=ящерка&certified=declared") == set(three[:2])
    assert found("q=ящерка&certified=none") == {three[2]}
    assert found("q=ящерка&region=RU-MOW&state=published") == set(three)
    assert found("q=ящерка&state=draft") == set()
    centre.post(f"/work/keepers/profile/{three[0]}", {"to": "me"}, page=LIST)
    assert found("q=ящерка&who=me") == {three[0]}
    assert found("q=ящерка&who=nobody") == set(three[1:])
    assert "Nothing matches this choice." in text(centre.get(f"{LIST}?q=нет такой"))


@pytest.mark.parametrize(
    "strange", ["sort=price", "who=you", "state=lost", "layout=heap", "certified=maybe", "x=1"]
)
def test_a_word_that_is_no_choice_is_refused(strange: str, centre: Browser) -> None:
    assert centre.get(f"{LIST}?{strange}").status_code == 400


def test_columns_and_density_are_chosen_and_stay_in_the_links(three: list[str], centre: Browser) -> None:
    page = text(centre.get(f"{LIST}?q=ящерка&column=inn&column=certificates&layout=dense"))
    assert "7700000016" in page
    assert "✓ ISO 9001" in page
    assert 'data-label="State"' not in page
    assert "column=inn&amp;column=certificates" in page
    assert 'class="stacked dense rows"' in page


def test_the_file_holds_what_the_list_shows(three: list[str], centre: Browser) -> None:
    page = text(centre.get(f"{LIST}?q=ящерка&certified=verified"))
    address = re.search(r'href="(/work/suppliers/list\.csv[^"]*)"', page)
    assert address
    told = centre.get(address[1].replace("&amp;", "&")).get_data(as_text=True)
    assert "Ящерка-Альфа" in told
    assert "Ящерка-Вега" not in told


def test_a_view_is_kept_apart_from_those_of_needs_and_opened_first(centre: Browser) -> None:
    query = "certified=none&sort=-confirmed&column=confirmed&utm_source=x"
    kept = centre.post("/views/firms", {"act": "save", "name": "Без сертификата", "query": query}, page=LIST)
    address = f"{LIST}?certified=none&sort=-confirmed&column=confirmed"
    assert kept.headers["Location"] == address
    assert "Без сертификата" in text(centre.get(LIST))
    assert "Без сертификата" not in text(centre.get("/needs/"))
    centre.post("/views/firms", {"act": "first", "name": "Без сертификата"}, page=LIST)
    assert centre.get(LIST).headers["Location"] == address
    centre.post("/views/firms", {"act": "delete", "name": "Без сертификата"}, page=f"{LIST}?view=all")
    assert centre.get(LIST).status_code == 200
    refused = centre.post("/views/firms", {"act": "save", "name": " ", "query": query}, page=LIST)
    assert refused.status_code == 422
    assert f'href="{LIST}?view=all"' in text(refused)


def test_nobody_else_sees_it(own_site: object, browser: Browser, buyer: Browser, supplier: Browser) -> None:
    assert browser.get(LIST).status_code in {302, 401}
    for who in (buyer, supplier):
        assert who.get(LIST).status_code == 403
        assert who.get(f"{LIST}list.csv").status_code == 403


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(sorted(SORTS)), st.booleans(), st.sampled_from(Certified), st.integers(0, 30))
def test_pages_in_any_order_hold_each_supplier_once(
    three: list[str],
    own_product: Application,
    sort: str,
    falling: bool,
    certified: Certified,
    size: int,
) -> None:
    with own_product.sessions() as session:
        asked = FirmsAsked(
            (own_product.settings.centre,),
            0,
            own_product.today(),
            own_product.taxonomy,
            sort=sort,
            falling=falling,
            certified=certified,
        )
        whole = firm_lists.page(session, asked, limit=1000)
        keys = [one.public_id for one in whole.profiles]
        assert len(set(keys)) == whole.total == len(keys)
        first = firm_lists.page(session, asked, limit=size).profiles
        rest = firm_lists.page(session, asked, size, limit=1000).profiles
        assert [one.public_id for one in (*first, *rest)] == keys


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_view_is_brought_into_one_form(words: str, region: str) -> None:
    kept = saved_views.clean("firms", f"q={words}&region={region}&page=3")
    assert saved_views.clean("firms", kept) == kept
