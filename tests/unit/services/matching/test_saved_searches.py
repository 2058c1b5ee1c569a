from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.errors import InvalidRecord, NotFound
from matchmaker.models import SavedSearch
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.matching import saved_searches
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from tests.support.fakes import FakeRecogniser
from tests.support.records import supplier


def test_a_search_is_kept_replaced_by_name_and_its_owner_s_alone(sessions: Sessions) -> None:
    with sessions.begin() as session:
        one = accounts.create_user(session, accounts.AccountDetails("a@example.org", "A"), by="tester")
        other = accounts.create_user(session, accounts.AccountDetails("b@example.org", "B"), by="tester")
        first = saved_searches.save(session, one, " Токари ", "q=токарная&page=7&next=//evil.example")
        assert first.query == "q=%D1%82%D0%BE%D0%BA%D0%B0%D1%80%D0%BD%D0%B0%D1%8F"
        assert saved_searches.save(session, one, "Токари", "level=verified") is first
        assert [row.query for row in saved_searches.of_user(session, one)] == ["level=verified"]
        assert saved_searches.of_user(session, other) == []
        with pytest.raises(NotFound):
            saved_searches.by_key(session, other, first.public_id)


def test_a_search_needs_a_name_something_sought_and_a_free_place(sessions: Sessions) -> None:
    with sessions.begin() as session:
        user = accounts.create_user(session, accounts.AccountDetails("a@example.org", "A"), by="tester")
        for name, query in ((" ", "q=x"), ("x", ""), ("x", "page=2"), ("x", "q=" + "x" * 3000)):
            with pytest.raises(InvalidRecord):
                saved_searches.save(session, user, name, query)
        for number in range(saved_searches.MOST):
            saved_searches.save(session, user, f"{number}", "q=x")
        with pytest.raises(InvalidRecord):
            saved_searches.save(session, user, "one more", "q=x")
        saved_searches.save(session, user, "0", "q=y")


def test_new_are_those_published_since(sessions: Sessions) -> None:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save(session, supplier(), FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        key = suppliers.by_external_id(session, centre, "s-17").public_id
        earlier, later = (SavedSearch(looked_at=now() + timedelta(hours=by)) for by in (-1, 1))
        found = {earlier: [key, "nobody"], later: [key], SavedSearch(looked_at=earlier.looked_at): []}
        assert list(saved_searches.fresh(session, found).values()) == [1, 0, 0]


@given(st.dictionaries(st.sampled_from([*saved_searches.KEYS, "page", "x"]), st.text(max_size=20)))
def test_a_cleaned_query_stays_as_it_is(parts: dict[str, str]) -> None:
    from urllib.parse import urlencode

    once = saved_searches.clean(urlencode(parts))
    assert saved_searches.clean(once) == once
    assert "page=" not in once
