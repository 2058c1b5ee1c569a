"""The navigation of a person with several roles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import Organisation
from matchmaker.services.people import accounts
from tests.support.browser import text
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_somebody_with_several_roles_has_all_their_pages(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        shop = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        user = accounts.by_email(session, OPERATOR)
        accounts.grant(session, user, "supplier_editor", by="tester", organisation=shop)
    page = text(enter(centre, OPERATOR).get("/account"))
    top = page[page.index("<nav") : page.index("</nav>")]
    assert all(f'href="{path}"' in top for path in ("/shop/", "/work/", "/needs/", "/people/"))
    editor = text(enter(centre, EDITOR).get("/account"))
    assert 'href="/work/"' not in editor
