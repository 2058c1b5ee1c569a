"""One-click answers: a GET changes nothing, the button records, a used link shows what was said and lets it be changed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from matchmaker.domain.lifecycle import MatchState, MembershipState, NeedState
from matchmaker.models import AuditEntry, Decision, Match, Need, Organisation, Profile, SpareCapacity
from matchmaker.models.base import now
from matchmaker.services.core import signed_links
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.core.site import site_of
from matchmaker.services.people import accounts
from matchmaker.services.profiles import capacity, suppliers
from matchmaker.services.shortlist import contract_contacts
from tests.support.browser import TODAY, text
from tests.support.fakes import FakeRecogniser
from tests.support.records import supplier
from tests.support.small_centre import EDITOR, Centre, enter, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def decisions(centre: Centre) -> list[tuple[str, str | None]]:
    with centre.application.sessions() as session:
        return [(d.kind, d.reason_code) for d in session.scalars(select(Decision).order_by(Decision.id))]


def answer_links(centre: Centre) -> list[str]:
    centre.invite()
    (mail,) = centre.mails("Invitation")
    assert mail.recipient == "editor@example.org"
    return [path for path in centre.links(mail) if path.startswith("/answers/")]


def test_an_invitation_is_posted_with_three_links(centre: Centre) -> None:
    assert len(set(answer_links(centre))) == 3


def test_a_contact_of_the_profile_is_asked_where_nobody_has_an_account(tmp_path: Path) -> None:
    with small_centre(tmp_path, editor=False) as centre:
        with centre.application.sessions.begin() as session:
            session.scalars(select(Profile)).one().contacts = {"email": "shop@example.org"}
        centre.invite()
        assert [mail.recipient for mail in centre.mails()] == ["shop@example.org"]
        taps = [path for path in centre.links(centre.mails()[0]) if path.startswith("/answers/")]
        with centre.application.sessions.begin() as session:
            session.scalars(select(Need)).one().disclosure = "nda"
        done = centre.browser.post(taps[0], page=taps[0]).get_data(as_text=True)
        assert 'href="/register"' in done


def test_a_get_changes_nothing_and_the_button_records_once(centre: Centre) -> None:
    interested = answer_links(centre)[0]
    for _ in range(2):
        page = centre.browser.get(interested)
        assert page.status_code == 200
        assert "Send: interested" in page.get_data(as_text=True)
    assert centre.state() == "invited"
    assert centre.browser.post(interested, page=interested).status_code == 200
    assert centre.state() == "interested"
    assert decisions(centre) == [("invited", None), ("interested", None)]
    with centre.application.sessions() as session:
        assert "answer.by_link" in session.scalars(select(AuditEntry.action)).all()


def test_a_used_link_shows_what_was_answered_and_lets_it_be_changed(centre: Centre) -> None:
    first, second, third = answer_links(centre)
    centre.browser.post(second, page=second)
    assert decisions(centre)[-1] == ("declined", "capacity-taken")
    for link in (first, second, third):
        page = text(centre.browser.get(link))
        assert "Your answer of" in page
        assert "Declined" in page
        assert "answer otherwise until the need closes" in page
    centre.browser.post(second, page=second)  # pressed again: nothing new
    assert len(decisions(centre)) == 2
    centre.browser.post(second, {"answer": "interested"}, page=second)
    assert (centre.state(), decisions(centre)[-1]) == ("interested", ("interested", None))
    refused = centre.browser.post(first, {"answer": "not_ours", "reason": ""}, page=first)
    assert refused.status_code == 422
    assert "Choose why" in text(refused)
    centre.browser.post(first, {"answer": "not_ours", "reason": "size-too-large"}, page=first)
    assert decisions(centre)[-1] == ("declined", "size-too-large")
    assert "interested" in [kind for kind, _ in decisions(centre)]
    assert centre.browser.post(first, {"answer": "maybe"}, page=first).status_code == 404


def test_once_the_need_is_closed_a_link_shows_the_answer_and_takes_no_other(centre: Centre) -> None:
    first, second, _ = answer_links(centre)
    centre.browser.post(first, page=first)
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().state = NeedState.CLOSED
    page = text(centre.browser.get(second))
    assert "Your answer of" in page
    assert "no longer takes answers" in page
    assert "<button" not in page.partition("<main")[2].partition("</main")[0]
    late = centre.browser.post(second, page="/login")
    assert late.status_code == 409
    assert "no longer takes answers" in text(late)
    assert centre.state() == "interested"


@pytest.mark.parametrize(
    ("need_state", "match_state", "read"),
    [
        (NeedState.PUBLISHED, MatchState.DECLINED, True),
        (NeedState.CONTRACTED, MatchState.CONTRACTED, True),
        (NeedState.CONTRACTED, MatchState.LOST, False),
        (NeedState.CONTRACTED, MatchState.DECLINED, False),
        (NeedState.DRAFT, MatchState.INTERESTED, False),
        (NeedState.CLOSED, MatchState.INTERESTED, False),
        (NeedState.EXPIRED, MatchState.INVITED, False),
    ],
)
def test_a_link_is_no_window_onto_a_need_that_its_holder_may_no_longer_read(
    centre: Centre, need_state: NeedState, match_state: MatchState, *, read: bool
) -> None:
    first = answer_links(centre)[0]
    centre.browser.post(first, page=first)
    with centre.application.sessions.begin() as session:
        need, match = session.scalars(select(Need)).one(), session.scalars(select(Match)).one()
        need.disclosure, need.title, need.text, need.quantity = "open", "Valves", "Turned of bronze", 417
        need.state, match.state = need_state, match_state
        need.most_invited = 9
        match.explanation = {
            "reasons": {
                "en": [
                    {
                        "requirement": "processes",
                        "label": "Turning",
                        "needed": "turning",
                        "declared": "turning",
                        "margin": "",
                        "outcome": "met",
                        "outcome_label": "met",
                    }
                ]
            }
        }
    page = text(centre.browser.get(first))
    for one in ("Turned of bronze", "417", "Seats", "Why your company"):
        assert (one in page) is read
    assert "Valves" in page
    assert "Your answer of" in page


def test_words_under_agreement_stand_in_no_title_of_a_link(centre: Centre) -> None:
    first = answer_links(centre)[0]
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        need.disclosure, need.title, need.text = "nda", None, "Turned of bronze"
    for link in (first, deal_link(centre, "not_yet")):
        page = text(centre.browser.get(link))
        assert "A need under agreement" in page
        assert "bronze" not in page


def awarded_in_silence(centre: Centre) -> None:
    """An award to another firm, which may still be taken back."""
    with centre.application.sessions.begin() as session:
        need, match = session.scalars(select(Need)).one(), session.scalars(select(Match)).one()
        until = now() + timedelta(minutes=10)
        states = {match.public_id: match.state}
        need.award = {
            "until": until.isoformat(),
            "by": "buyer",
            "need": need.state,
            "states": states,
            "act": "act",
        }
        need.state, match.state, match.silent_until = NeedState.CONTRACTED, MatchState.LOST, until


@pytest.mark.parametrize("answered", [True, False])
def test_an_award_that_may_be_taken_back_is_not_betrayed_by_an_answer(
    centre: Centre, *, answered: bool
) -> None:
    first, second, _ = answer_links(centre)
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        need.most_invited, key = 3, need.public_id
    if answered:
        centre.browser.post(first, page=first)
    shop, page = enter(centre, EDITOR), f"/needs/{key}"
    asked = 'value="no_capacity"'
    assert asked in text(shop.get(page))
    awarded_in_silence(centre)
    for shown in (text(shop.get(page)), text(shop.get("/shop/")) if not answered else asked):
        assert asked in shown
    link = text(centre.browser.get(second))
    assert "2 seats are free" in link
    assert ("answer otherwise until the need closes" in link) is answered
    told = "cannot be changed right now. Try again in ten minutes"
    for refused in (
        centre.browser.post(second, page=second),
        shop.post(f"{page}/answer", {"answer": "no_capacity"}, page=page),
    ):
        assert refused.status_code == 409
        assert told in text(refused)
        assert "Lost" not in text(refused)
    if answered:  # the same again
        assert centre.browser.post(first, page=first).status_code == 200
    assert centre.state() == "lost"


def test_an_unanswered_link_of_a_closed_need_says_so(centre: Centre) -> None:
    first = answer_links(centre)[0]
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().state = NeedState.EXPIRED
    assert "no longer takes answers" in text(centre.browser.get(first))
    assert centre.browser.post(first, page="/login").status_code == 409


def test_who_refused_comes_back_only_where_a_seat_is_left(centre: Centre) -> None:
    first, second, _ = answer_links(centre)
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().most_invited = 1
    centre.browser.post(second, page=second)
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        other = supplier(id="other", inn=None, name={"en": "Other works"})
        suppliers.save_many(session, [other], FakeRecogniser(), RecordOrigin(need.centre, "file", "tester"))
        key = session.scalars(select(Profile).join(Organisation).where(Organisation.name_en == "Other works"))
        session.add(Match(need=need, profile=key.one(), state=MatchState.INVITED))
    refused = centre.browser.post(first, {"answer": "interested"}, page=first)
    assert refused.status_code == 422
    assert "All seats of this need are taken" in text(refused)
    assert decisions(centre)[-1][0] == "declined"
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().most_invited = 2
    assert centre.browser.post(first, {"answer": "interested"}, page=first).status_code == 200
    assert decisions(centre)[-1][0] == "interested"


def test_the_shop_changes_its_answer_on_the_page_of_the_need_too(centre: Centre) -> None:
    first = answer_links(centre)[0]
    centre.browser.post(first, page=first)
    with centre.application.sessions() as session:
        key = session.scalars(select(Need.public_id)).one()
    shop, page = enter(centre, EDITOR), f"/needs/{key}"
    assert "Change the answer" in text(shop.get(page))
    assert shop.post(f"{page}/answer", {"answer": "no_capacity"}, page=page).status_code == 302
    assert centre.state() == "declined"
    assert "We are interested" in text(shop.get(page))
    assert shop.post(f"{page}/answer", {"answer": "interested"}, page=page).status_code == 302
    assert centre.state() == "interested"


def test_not_our_work_asks_why(centre: Centre) -> None:
    link = answer_links(centre)[2]
    refused = centre.browser.post(link, {"reason": ""}, page=link)
    assert refused.status_code == 422
    assert "Choose why" in refused.get_data(as_text=True)
    assert centre.browser.post(link, {"reason": "price-too-high"}, page=link).status_code == 422
    assert centre.browser.post(link, {"reason": "size-too-large"}, page=link).status_code == 200
    assert decisions(centre)[-1] == ("declined", "size-too-large")


def test_a_tampered_link_is_absent_and_an_old_one_is_over(centre: Centre) -> None:
    link = answer_links(centre)[0]
    assert centre.browser.get(link[:-2]).status_code == 404
    assert centre.browser.get("/answers/nothing").status_code == 404
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        assert centre.browser.get(link).status_code == 410


def test_a_link_ends_with_the_membership_of_its_person(centre: Centre) -> None:
    link = answer_links(centre)[0]
    with centre.application.sessions.begin() as session:
        editor = accounts.by_email(session, EDITOR)
        editor.memberships[0].state = MembershipState.REFUSED
        about = (session.scalars(select(Match.public_id)).one(), "30", editor.public_id, "yes")
    deal = "/answers/deal/" + signed_links.sign(centre.application.site(), "deal", about)
    for path in (link, deal):
        assert centre.browser.get(path).status_code == 410
        assert centre.browser.post(path, page="/login").status_code == 410
    assert centre.state() == "invited"


def test_a_link_about_a_deal_ends_with_its_address(tmp_path: Path) -> None:
    with small_centre(tmp_path, editor=False) as centre:
        site = centre.application.site()
        with centre.application.sessions.begin() as session:
            session.scalars(select(Profile)).one().contacts = {"email": "shop@example.org"}
            session.scalars(select(Need)).one().details = {"contact": "plant@example.org"}
        centre.invite()
        with centre.application.sessions() as session:
            key = session.scalars(select(Match.public_id)).one()

        def link(side: str, address: str) -> str:
            values = (key, "30", side, "not_yet", signed_links.mark_of(site, address))
            return "/answers/deal/" + signed_links.sign(site, "deal", values)

        for side, address, status in (
            ("supplier", "shop@example.org", 200),
            ("contractor", "plant@example.org", 200),
            ("supplier", "plant@example.org", 410),
            ("contractor", "shop@example.org", 410),
            ("supplier", "old@example.org", 410),
        ):
            assert centre.browser.post(link(side, address), page="/login").status_code == status


@pytest.mark.parametrize("blocked", [True, False])
def test_links_about_hours_and_facts_end_with_the_membership_and_with_a_block(
    shop: Centre, *, blocked: bool
) -> None:
    site = shop.application.site()
    with shop.application.sessions() as session:
        key = session.scalars(select(Profile.public_id)).one()
        person = accounts.by_email(session, EDITOR).public_id
    facts = "/answers/fresh/" + signed_links.sign(site, "fresh", (key, "equipment", person, "2026-11-23"))
    links = (capacity_link(shop, "full"), facts)
    assert [shop.browser.get(link).status_code for link in links] == [200, 200]
    before = hours(shop)
    with shop.application.sessions.begin() as session:
        editor = accounts.by_email(session, EDITOR)
        if blocked:
            editor.memberships[0].organisation.blocked = True
        else:
            editor.memberships[0].state = MembershipState.REFUSED
    for link in links:
        assert shop.browser.get(link).status_code == 410
        assert shop.browser.post(link, page="/login").status_code == 410
    assert hours(shop) == before


def test_a_blocked_firm_answers_no_invitation(centre: Centre) -> None:
    link = answer_links(centre)[0]
    with centre.application.sessions.begin() as session:
        accounts.by_email(session, EDITOR).memberships[0].organisation.blocked = True
    assert centre.browser.post(link, page="/login").status_code == 410
    assert centre.state() == "invited"


def test_a_link_serves_one_purpose_only(centre: Centre) -> None:
    token = answer_links(centre)[0].removeprefix("/answers/")
    assert centre.browser.get(f"/answers/deal/{token}").status_code == 404
    assert centre.browser.get(f"/answers/capacity/{token}").status_code == 404


def capacity_link(centre: Centre, answer: str) -> str:
    site = centre.application.site()
    with centre.application.sessions() as session:
        key = session.scalars(select(Profile.public_id)).one()
        person = accounts.by_email(session, EDITOR).public_id
    return "/answers/capacity/" + signed_links.sign(site, "capacity", (key, "2026-11-23", person, answer))


def hours(centre: Centre) -> dict[int, float]:
    with centre.application.sessions() as session:
        rows = session.scalars(select(SpareCapacity).where(SpareCapacity.group_code == "lathe"))
        return {row.week: row.maximum_hours - row.agreed_hours for row in rows}


@pytest.fixture
def shop(centre: Centre) -> Centre:
    with centre.application.sessions.begin() as session:
        profile = session.scalars(select(Profile)).one()
        stated = now() - timedelta(days=20)
        for week, maximum in zip(capacity.weeks(TODAY, capacity.ANSWERED_WEEKS), (30.0, 50.0), strict=False):
            row = SpareCapacity(group_code="lathe", week=week, maximum_hours=maximum, agreed_hours=10.0)
            row.stated_at = stated
            profile.capacity.append(row)
    return centre


def test_full_leaves_nothing_free_in_the_coming_weeks(shop: Centre) -> None:
    link = capacity_link(shop, "full")
    assert shop.browser.get(link).status_code == 200
    assert hours(shop)[capacity.week_of(TODAY)] == 20.0
    assert shop.browser.post(link, page=link).status_code == 200
    assert hours(shop) == dict.fromkeys(capacity.weeks(TODAY, capacity.ANSWERED_WEEKS), 0.0)
    assert shop.browser.get(link).status_code == 410


def test_the_same_states_the_figures_anew(shop: Centre) -> None:
    link = capacity_link(shop, "same")
    before = now()
    shop.browser.post(link, page=link)
    assert hours(shop) == dict.fromkeys(capacity.weeks(TODAY, capacity.ANSWERED_WEEKS), 20.0)
    with shop.application.sessions() as session:
        assert all(row.stated_at >= before for row in session.scalars(select(SpareCapacity)))


def test_more_asks_for_hours_and_keeps_what_was_typed(shop: Centre) -> None:
    link = capacity_link(shop, "more")
    wrong = shop.browser.post(link, {"hours-lathe": "many"}, page=link)
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.get_data(as_text=True)
    assert shop.browser.post(link, {"hours-lathe": ""}, page=link).status_code == 422
    assert shop.browser.post(link, {"hours-lathe": "42,5"}, page=link).status_code == 200
    assert hours(shop) == dict.fromkeys(capacity.weeks(TODAY, capacity.ANSWERED_WEEKS), 42.5)


def deal_link(centre: Centre, answer: str, days: str = "30") -> str:
    with centre.application.sessions() as session:
        key = session.scalars(select(Match.public_id)).one()
    return "/answers/deal/" + signed_links.sign(centre.application.site(), "deal", (key, days, "", answer))


@pytest.mark.parametrize(
    ("answer", "days", "state"),
    [
        ("yes", "30", "contracted"),
        ("not_yet", "30", "invited"),
        ("no", "30", "invited"),
        ("no", "180", "lost"),
    ],
)
def test_an_answer_about_a_deal_is_kept(centre: Centre, answer: str, days: str, state: str) -> None:
    centre.invite()
    link = deal_link(centre, answer, days)
    assert centre.browser.get(link).status_code == 200
    assert centre.state() == "invited"
    assert centre.browser.post(link, page=link).status_code == 200
    assert centre.state() == state
    again = text(centre.browser.get(link))
    assert "You have answered" in again
    assert "Send the answer" not in again


def test_an_answer_about_a_deal_may_be_changed_until_there_is_an_outcome(centre: Centre) -> None:
    centre.invite()
    waits, no, yes = (deal_link(centre, answer) for answer in ("not_yet", "no", "yes"))
    for link in (waits, waits, no, yes):
        assert centre.browser.post(link, page="/login").status_code == 200
    assert centre.state() == "contracted"
    with centre.application.sessions() as session:
        told = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "deal.answered")).all()
    assert [one["answer"] for one in told] == ["not_yet", "no", "yes"]
    late = centre.browser.post(no, page="/login")
    assert late.status_code == 409
    assert "The outcome of the need is recorded" in text(late)
    assert centre.state() == "contracted"


@pytest.mark.parametrize(("who", "letters"), [("editor@example.org", 0), ("buyer@example.org", 2)])
def test_the_contractor_s_yes_opens_the_contacts_and_the_supplier_s_alone_does_not(
    centre: Centre, who: str, letters: int
) -> None:
    centre.invite()
    with centre.application.sessions.begin() as session:
        firm = session.scalars(select(Organisation).where(Organisation.is_contractor)).one()
        made = accounts.AccountDetails("buyer@example.org", "Buyer", "long-enough-password", "en")
        buyer = accounts.create_user(session, made, by="tester")
        accounts.grant(session, buyer, "contractor_buyer", by="tester", organisation=firm)
        key = session.scalars(select(Match.public_id)).one()
        person = accounts.by_email(session, who).public_id
    values = (key, "30", person, "yes")
    link = "/answers/deal/" + signed_links.sign(centre.application.site(), "deal", values)
    assert centre.browser.post(link, page=link).status_code == 200
    assert centre.state() == "contracted"
    posted = centre.mails("Contract: ")
    assert len(posted) == letters
    assert {mail.recipient for mail in posted} <= {"editor@example.org", "buyer@example.org"}


def test_the_letter_of_a_contract_tells_no_words_under_agreement(centre: Centre) -> None:
    centre.invite()
    with centre.application.sessions.begin() as session:
        need, match = session.scalars(select(Need)).one(), session.scalars(select(Match)).one()
        need.disclosure, need.title, need.text = "nda", None, "Turned of bronze"
        contract_contacts.pass_on(session, match)
    (mail,) = centre.mails("Contract: ")
    assert "A need under agreement" in mail.subject
    assert "bronze" not in mail.subject + mail.text


def test_letters_know_the_site_of_the_settings(centre: Centre) -> None:
    with centre.application.sessions() as session:
        assert site_of(session).base_url == "http://127.0.0.1:8000"
