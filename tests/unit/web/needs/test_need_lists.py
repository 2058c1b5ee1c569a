"""Lists of needs: narrowed, sorted, with chosen columns, as a table or a board, kept as a person's own views."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models.base import now
from matchmaker.services.desk import need_lists, saved_views
from matchmaker.services.desk.need_lists import SORTS, NeedsAsked
from matchmaker.services.needs import needs
from matchmaker.services.shortlist.assignments import Whose
from matchmaker.web.pages.need_list import COLUMNS
from matchmaker.wiring import Application
from tests.support.browser import Browser, text

LIST = "/needs/"


@pytest.fixture(scope="module")
def three(own_site: object, own_product: Application) -> list[str]:
    """The keys of three needs of the centre: a draft, one handed in, one open, with different days and titles."""
    made = []
    with own_product.sessions.begin() as session:
        centre = needs.centre_of(session, own_product.settings.centre)
        for title, state, due, pieces in (
            ("Ящерица чугунная", NeedState.DRAFT, None, 5),
            ("Ящерица бронзовая", NeedState.SUBMITTED, date(2030, 5, 1), 700),
            ("Ящерица алая", NeedState.PUBLISHED, date(2030, 3, 1), None),
        ):
            need = needs.Need(
                centre_id=centre.id,
                external_id=title,
                title=title,
                sort_key=title.lower(),
                state=state,
                deliver_by=due,
                quantity=pieces,
                published_at=now() if state == NeedState.PUBLISHED else None,
            )
            session.add(need)
            session.flush()
            made.append(need.public_id)
    return made


def shown(page: str) -> list[str]:
    """The keys of the rows, in their order."""
    return re.findall(r'id="[rb]-([0-9a-f]{16})"', page)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("title", [2, 1, 0]),
        ("-title", [0, 1, 2]),
        ("state", [0, 1, 2]),
        ("-state", [2, 1, 0]),
        ("due", [2, 1, 0]),
        ("-due", [1, 2, 0]),
        ("quantity", [0, 1, 2]),
        ("-quantity", [1, 0, 2]),
    ],
)
def test_a_list_is_sorted_and_what_has_no_value_stands_last(
    sort: str, order: list[int], three: list[str], centre: Browser
) -> None:
    columns = "column=state&column=due&column=quantity"
    page = text(centre.get(f"{LIST}?q=ящерица&{columns}&sort={sort}"))
    assert shown(page) == [three[place] for place in order]
    assert "3 needs" in page
    assert f'aria-sort="{"descending" if sort[0] == "-" else "ascending"}"' in page


def test_a_list_is_narrowed_by_state_words_and_whose_work_it_is(three: list[str], centre: Browser) -> None:
    assert shown(text(centre.get(f"{LIST}?q=ящерица&state=submitted"))) == [three[1]]
    assert shown(text(centre.get(f"{LIST}?q=ЯЩЕРИЦА АЛАЯ"))) == [three[2]]
    centre.post(f"/work/keepers/need/{three[0]}", {"to": "me"}, page=LIST)
    assert shown(text(centre.get(f"{LIST}?q=ящерица&who=me"))) == [three[0]]
    assert set(shown(text(centre.get(f"{LIST}?q=ящерица&who=nobody")))) == set(three[1:])
    assert "Nothing matches this choice." in text(centre.get(f"{LIST}?q=ящерица&state=completed"))
    for strange in ("sort=price", "who=you", "state=lost", "layout=heap"):
        assert centre.get(f"{LIST}?{strange}").status_code == 400


def test_columns_are_chosen_and_stay_in_the_links(three: list[str], centre: Browser) -> None:
    page = text(centre.get(f"{LIST}?q=ящерица&column=due&column=quantity&layout=dense"))
    assert "700" in page
    assert 'data-label="State"' not in page
    assert "column=due&amp;column=quantity" in page
    assert "table" in page
    assert 'class="stacked dense rows"' in page


def test_pages_follow_each_other(three: list[str], centre: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from matchmaker.web.pages import need_list
    from matchmaker.web.views.needs import needs as view

    monkeypatch.setattr(need_list, "PAGE", 1)
    monkeypatch.setattr(view, "PAGE", 1)
    address, seen = f"{LIST}?q=ящерица&sort=title", []
    for _ in range(3):
        page = text(centre.get(address))
        seen.append(re.search(r'rel="next" href="([^"]+)"', page))
        found = seen[-1]
        address = found[1].replace("&amp;", "&") if found else ""
    assert [bool(found) for found in seen] == [True, True, False]


def test_the_file_holds_what_the_list_shows(three: list[str], centre: Browser) -> None:
    page = text(centre.get(f"{LIST}?q=ящерица&state=submitted"))
    address = re.search(r'href="(/needs/list\.csv[^"]*)"', page)
    assert address
    told = centre.get(address[1].replace("&amp;", "&")).get_data(as_text=True)
    assert "Ящерица бронзовая" in told
    assert "Ящерица алая" not in told


def test_the_board_moves_a_need_by_a_button(
    three: list[str], centre: Browser, own_product: Application
) -> None:
    page = text(centre.get(f"{LIST}?q=ящерица&layout=board"))
    assert set(shown(page)) == set(three)
    assert page.index('id="s-draft"') < page.index('id="s-submitted"') < page.index('id="s-published"')
    card = page[page.index(f'id="b-{three[1]}"') :]
    assert 'value="published"' in card[: card.index("</li>")]
    board = page[page.index('id="board"') :]
    for withheld in ("closed", "expired", "contracted"):
        assert f'name="state" value="{withheld}"' not in board
    here = f"{LIST}?q=ящерица&layout=board"
    done = centre.post(f"/needs/{three[1]}/move", {"state": "published", "next": here}, page=here)
    assert done.status_code == 302
    with own_product.sessions() as session:
        assert needs.by_key(session, three[1]).state == NeedState.PUBLISHED


def test_a_view_is_kept_opened_first_and_dropped(centre: Browser) -> None:
    query = "state=draft&sort=due&column=due&utm_source=x"
    kept = centre.post("/views/needs", {"act": "save", "name": "Мои черновики", "query": query}, page=LIST)
    assert kept.headers["Location"] == "/needs/?state=draft&sort=due&column=due"
    assert "Мои черновики" in text(centre.get(LIST))
    centre.post("/views/needs", {"act": "first", "name": "Мои черновики"}, page=LIST)
    assert centre.get(LIST).headers["Location"] == "/needs/?state=draft&sort=due&column=due"
    assert "opens first" in text(centre.get(f"{LIST}?view=all"))
    centre.post("/views/needs", {"act": "last", "name": "Мои черновики"}, page=f"{LIST}?view=all")
    assert centre.get(LIST).status_code == 200
    centre.post("/views/needs", {"act": "delete", "name": "Мои черновики"}, page=LIST)
    assert "Мои черновики" not in text(centre.get(LIST))
    assert centre.post("/views/lizards", {"act": "save", "name": "x"}, page=LIST).status_code == 404


def test_a_view_that_asks_for_too_much_is_refused(centre: Browser) -> None:
    query = "&".join(f"state={number}" for number in range(200))
    refused = centre.post("/views/needs", {"act": "save", "name": "Всё", "query": query}, page=LIST)
    assert refused.status_code == 422
    assert "asks for too much" in text(refused)


def test_a_view_is_its_owners_and_needs_a_name(centre: Browser, own_site: object) -> None:
    refused = centre.post("/views/needs", {"act": "save", "name": " ", "query": "state=draft"}, page=LIST)
    assert refused.status_code == 422
    assert 'value="state=draft"' in text(refused)
    centre.post("/views/needs", {"act": "save", "name": "Только моё", "query": "state=draft"}, page=LIST)
    buyer = Browser(own_site.test_client()).sign_in("buyer")  # type: ignore[attr-defined]
    assert "Только моё" not in text(buyer.get(LIST))
    buyer.post("/views/needs", {"act": "delete", "name": "Только моё"}, page=LIST)
    assert "Только моё" in text(centre.get(f"{LIST}?view=all"))


def test_a_buyer_sees_own_needs_only(three: list[str], own_site: object) -> None:
    buyer = Browser(own_site.test_client()).sign_in("buyer")  # type: ignore[attr-defined]
    assert shown(text(buyer.get(f"{LIST}?q=ящерица"))) == []
    page = text(buyer.get(f"{LIST}?column=suppliers&column=keeper&who=nobody"))
    assert "Assigned to" not in page


@given(st.text(max_size=60), st.sampled_from(sorted(COLUMNS)))
def test_any_query_is_brought_into_one_form(words: str, column: str) -> None:
    query = f"q={words}&column={column}&page=3&view=all"
    kept = saved_views.clean("needs", query)
    assert saved_views.clean("needs", kept) == kept
    assert "page" not in kept.split("q=")[0]


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_every_order_counts_the_same_needs_on_list_and_board(
    sort: str, three: list[str], own_product: Application
) -> None:
    with own_product.sessions() as session:
        asked = NeedsAsked((), (own_product.settings.centre,), 0, sort=sort, whose=Whose.ANYBODY)
        found = need_lists.page(session, asked, limit=1000)
        columns = need_lists.board(session, asked)
        assert found.total == len(found.needs) == sum(one.total for one in columns.values())
        for state, column in columns.items():
            of_state = [need.public_id for need in found.needs if need.state == state]
            assert [need.public_id for need in column.needs] == of_state[: need_lists.ON_BOARD]
