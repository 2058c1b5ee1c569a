"""Messages on both databases: pressed twice at once, read by side."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from matchmaker.models import Mail, Match, Message, Profile
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.services.quotes import messages
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier


def invited(sessions: Sessions) -> None:
    """A need with one invited supplier, which somebody edits."""
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(session, [supplier()], FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        asked = needs.post(session, need(), centre=centre, by="tester")
        profile = session.scalars(select(Profile)).one()
        session.add(Match(need=asked, profile=profile, state="invited"))
        for name in ("editor", "colleague"):
            person = accounts.AccountDetails(
                f"{name}@shop.example", name, "a-long-password-2026", confirmed=True
            )
            user = accounts.create_user(session, person, by="tester")
            accounts.grant(session, user, "supplier_editor", by="tester", organisation=profile.organisation)


def test_one_press_too_many_at_once_is_one_message(each_sessions: Sessions) -> None:
    invited(each_sessions)

    def press(_: int) -> None:
        with each_sessions.begin() as session:
            match, user = (
                session.scalars(select(Match)).one(),
                accounts.by_email(session, "editor@shop.example"),
            )
            messages.write(session, match, "Which alloy?", user, writer="supplier")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, range(8)))
    with each_sessions() as session:
        assert session.scalar(select(func.count(Message.id))) == 1
        assert [mail.recipient for mail in session.scalars(select(Mail))] == ["colleague@shop.example"]


def test_threads_of_a_side_and_of_a_shop(each_sessions: Sessions) -> None:
    invited(each_sessions)
    with each_sessions.begin() as session:
        match, user = session.scalars(select(Match)).one(), accounts.by_email(session, "editor@shop.example")
        shop, asked = match.profile.organisation.public_id, match.need
        assert messages.threads(session, asked, "supplier") == []
        assert messages.threads(session, asked, "supplier", [shop]) == [match]
        assert messages.threads(session, asked, "contractor") == []
        assert messages.latest(session, shop) == []
        made = messages.write(session, match, "Which alloy?", user, writer="supplier")
        assert messages.threads(session, asked, "contractor") == [match]
        assert messages.latest(session, shop) == [(match, made.at)]
