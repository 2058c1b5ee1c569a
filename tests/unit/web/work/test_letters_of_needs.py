"""Letters about needs: what they tell of a pasted need, whom they reach, and who learns of one that did not arrive."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from matchmaker.domain.lifecycle import MailState, MatchState, NeedState
from matchmaker.models import Mail, Match, Need, Profile
from matchmaker.models.base import now
from matchmaker.services.mail import jobs
from matchmaker.services.needs import need_summary
from matchmaker.services.people import accounts
from matchmaker.services.schedule import due_day, needs_due
from matchmaker.services.shortlist import shortlists
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.browser import Browser, text
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, small_centre

PASTED = "Нужны валы: токарная обработка, сталь 40Х, 250 шт., длина 320 мм. Звоните +7 912 345-67-89, Иван."


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path, editor=False) as made:
        with made.application.sessions.begin() as session:
            need = session.scalars(select(Need)).one()
            need.title, need.text, need.requirements, need.quantity = None, PASTED, {}, None
            need.state, need.published_at = NeedState.PUBLISHED, now()
        yield made


def propose(centre: Centre) -> str:
    """Put the only supplier on the shortlist; the public id of the need."""
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        key = session.scalars(select(Profile.public_id)).one()
        shortlists.propose(session, need, [SupplierProposal(key, 0.9, {})], ranker="prior", by="tester")
        return need.public_id


def press(desk: Browser, need: str, act: str) -> str:
    page = f"/work/needs/{need}"
    match = text(desk.get(page)).split('data-match="')[1][:16]
    return text(
        desk.client.get(desk.post(f"{page}/invite", {"match": match, "act": act}, page=page).location)
    )


def contact(centre: Centre, email: str) -> None:
    with centre.application.sessions.begin() as session:
        session.scalars(select(Profile)).one().contacts = {"email": email}


@pytest.mark.parametrize(("disclosure", "told"), [("open", True), ("nda", False)])
def test_an_invitation_tells_the_facts_of_a_pasted_need_as_far_as_its_secrecy_allows(
    centre: Centre, disclosure: str, told: bool
) -> None:
    need = propose(centre)
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().disclosure = disclosure
    press(enter(centre, OPERATOR), need, "invite")
    (mail,) = centre.mails()
    assert ("Токарная" in mail.text, "250" in mail.text) == (True, True)
    assert ("40Х" in mail.text, "320" in mail.text) == (told, told)
    assert f"/needs/{need}" in centre.links(mail)
    assert "912" not in mail.text


REASON = {
    "needed": "IT7",
    "declared": "IT6",
    "margin": "1 to spare",
    "outcome": "met",
    "outcome_label": "met",
}


def explained(centre: Centre) -> None:
    """Give the only match the matcher's reasons, in both languages."""
    tight = {**REASON, "requirement": "tolerance", "label": "Accuracy"}
    size = {**REASON, "requirement": "length", "label": "Length", "needed": "320 mm", "declared": "—"}
    rough = {
        **tight,
        "requirement": "roughness",
        "label": "Roughness",
        "needed": "Ra 0.8",
        "outcome": "unmet",
    }
    told = [
        tight,
        {**size, "outcome": "unknown"},
        {**rough, "declared": "Ra 1.6", "outcome_label": "not met"},
    ]
    with centre.application.sessions.begin() as session:
        session.scalars(select(Match)).one().explanation = {"reasons": {"en": told, "ru": told}}


def test_an_invitation_says_why_this_firm_how_many_seats_are_left_and_until_when_quotes_are_taken(
    centre: Centre,
) -> None:
    need = propose(centre)
    explained(centre)
    with centre.application.sessions.begin() as session:
        found = session.scalars(select(Need)).one()
        found.most_invited, found.city, found.text = 4, "Казань", f"{PASTED} Точность IT7."
        found.quotes_until = datetime(2027, 1, 20, 12, tzinfo=UTC)
    press(enter(centre, OPERATOR), need, "invite")
    (mail,) = centre.mails()
    lines = mail.text.splitlines()
    why, checked = lines.index("Почему вы"), lines.index("Что проверить")
    assert any("Accuracy: нужно: IT7; у вас: IT6, 1 to spare" in line for line in lines[why:checked])
    assert "Length: нужно: 320 mm; нет в вашем профиле" in lines[checked:]
    assert any(line.startswith("Roughness: нужно: Ra 0.8; у вас: Ra 1.6") for line in lines[checked:])
    for told in (
        "Точность: IT7",
        "Где: Казань",
        "свободно мест: 3",
        "20 января 2027 (среда), 15:00 (GMT+03:00)",
    ):
        assert told in mail.text
    # The same in HTML, which mail programs show.
    assert "Почему вы" in mail.html
    assert "нет в вашем профиле" in mail.html


def test_reasons_that_tell_what_opens_after_an_agreement_stay_out_of_the_letter(centre: Centre) -> None:
    need = propose(centre)
    explained(centre)
    with centre.application.sessions.begin() as session:
        found = session.scalars(select(Need)).one()
        found.disclosure, found.requirements = "nda", {"tolerance_it": 7}
    press(enter(centre, OPERATOR), need, "invite")
    (mail,) = centre.mails()
    assert "Точность: IT7" in mail.text
    assert "Accuracy" in mail.text
    assert "320" not in mail.text
    assert "Ra 0.8" not in mail.text


def test_each_position_is_told_in_a_line_and_none_of_a_need_under_agreement(centre: Centre) -> None:
    need = propose(centre)
    positions = [
        {"id": "1", "title": "Вал", "quantity": 40, "materials": ["сталь 45"], "tolerance_it": 8},
        {"id": "2", "title": "Втулка, звоните +7 912 345-67-89", "quantity": 90},
    ]
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().requirements = {"positions": positions}
    desk = enter(centre, OPERATOR)
    press(desk, need, "invite")
    (mail,) = centre.mails()
    assert "1. Вал: 40 шт., Сталь 45, 320 мм, IT8" in mail.text
    assert "2. Втулка" in mail.text
    assert "912" not in mail.text
    with centre.application.sessions.begin() as session:
        found = session.scalars(select(Need)).one()
        found.disclosure = "nda"
        facts = need_summary.card(found, "ru")
    assert "Вал" not in str(facts)


def test_a_person_reads_the_deadline_in_the_own_time_zone(tmp_path: Path) -> None:
    with small_centre(tmp_path) as centre:
        with centre.application.sessions.begin() as session:
            session.scalars(select(Need)).one().quotes_until = datetime(2027, 1, 20, 12, tzinfo=UTC)
            user = accounts.by_email(session, EDITOR)
            user.preferences = {"time_zone": "Asia/Vladivostok"}
        centre.invite()
        (mail,) = centre.mails("Invitation")
        assert "Wednesday, 20 January 2027, 22:00 (GMT+10:00)" in mail.text


def test_who_gets_no_letter_is_not_called_notified(centre: Centre) -> None:
    need, desk = propose(centre), enter(centre, OPERATOR)
    contact(centre, "")
    said = press(desk, need, "notify")
    assert "No letter goes to" in said
    assert "Notified: 0" in said
    assert centre.mails() == []
    contact(centre, "shop@example.org")
    said = press(desk, need, "notify")
    assert "Notified: 1" in said
    assert "letter waits to be sent" in said


def test_a_letter_that_nobody_takes_is_told_to_its_sender_and_stands_on_the_workbench(centre: Centre) -> None:
    need, desk = propose(centre), enter(centre, OPERATOR)
    press(desk, need, "invite")
    with centre.application.sessions.begin() as session:
        session.execute(update(Mail).values(recipient="no address", attempts=jobs.TRIES - 1))
    jobs.send_due(centre.application.sessions, centre.application.transport, "m@example.org")
    invitation, told = centre.mails()
    assert (invitation.state, told.recipient, told.subject[:13]) == (
        MailState.DEAD,
        OPERATOR,
        "Not delivered",
    )
    assert "no address" not in told.text
    assert "letter refused so far" in text(desk.get(f"/work/needs/{need}"))
    bench = text(desk.get("/work/"))
    assert "did not arrive: " in bench
    assert "no address" in bench
    desk.post("/work/letters/aside", {"letter": invitation.public_id}, page="/work/")
    assert "did not arrive: " not in text(desk.get("/work/"))
    assert [mail.public_id for mail in centre.mails()] == [told.public_id]


def test_a_firm_without_an_account_is_asked_whether_a_deal_came_of_it_and_answers_with_a_tap(
    centre: Centre,
) -> None:
    need, desk = propose(centre), enter(centre, OPERATOR)
    press(desk, need, "invite")
    with centre.application.sessions.begin() as session:
        session.scalars(select(Match)).one().state = MatchState.INTERESTED
    ask(centre, 31)
    asked = centre.mails()[-1]
    taps = [path for path in centre.links(asked) if path.startswith("/answers/deal/")]
    assert len(taps) == 3
    assert centre.browser.post(taps[0], page=taps[0]).status_code == 200
    assert centre.state() == MatchState.CONTRACTED
    assert text(centre.browser.get(taps[0])).count('<form method="post" class="card') == 0


def test_a_firm_without_an_account_unsubscribes_from_the_question(centre: Centre) -> None:
    need, desk = propose(centre), enter(centre, OPERATOR)
    press(desk, need, "invite")
    with centre.application.sessions.begin() as session:
        session.scalars(select(Match)).one().state = MatchState.INTERESTED
    ask(centre, 31)
    asked = centre.mails()[-1]
    leave = next(path for path in centre.links(asked) if path.startswith("/answers/letters/"))
    assert centre.browser.post(leave, page=leave).status_code == 200
    before = len(centre.mails())
    ask(centre, 91)
    assert len(centre.mails()) == before


def ask(centre: Centre, days: int) -> None:
    day = due_day.DueDay(
        now().date() + timedelta(days=days), lambda _session, _key: [], lambda code, _language: code, {}
    )
    with centre.application.sessions.begin() as session:
        assert list(needs_due.ask_about_deals(session, day)) is not None


def test_drafts_that_were_taken_in_and_needs_without_a_supplier_stand_on_the_workbench(
    centre: Centre,
) -> None:
    desk = enter(centre, OPERATOR)
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        need.source, need.channel = None, "phone"
    bench = text(desk.get("/work/"))
    assert 'id="unmatched-' in bench
    assert "Run the matcher" in bench
    assert 'id="drafts-' not in bench
    propose(centre)
    assert 'id="unmatched-' not in text(desk.get("/work/"))
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().state = NeedState.DRAFT
    bench = text(desk.get("/work/"))
    assert 'id="drafts-' in bench
    assert "Ask what is open" in bench
