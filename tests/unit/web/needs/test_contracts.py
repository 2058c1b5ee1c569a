"""The agreement of a contract: made from the centre's model once the award has stood, for both sides and the centre alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select

from matchmaker import resources
from matchmaker.domain.errors import SettingInvalid
from matchmaker.domain.lifecycle import MatchState
from matchmaker.domain.taxonomy_keys import Occasion
from matchmaker.models import AuditEntry, Decision, Match, Need, Organisation, Profile, StoredFile
from matchmaker.models.base import now
from matchmaker.services.people import accounts
from matchmaker.services.quotes import quotes
from matchmaker.services.quotes.position_prices import PositionPrice
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.reports import contract_agreements
from matchmaker.services.shortlist.awards import AwardShare
from matchmaker.services.shortlist.match_decisions import AwardedPosition
from tests.support.browser import text
from tests.support.small_centre import EDITOR, OPERATOR, PASSWORD, Centre, enter, small_centre

BUYER = "buyer@example.org"
POSITIONS = [
    {"id": "1", "title": "Крышка", "quantity": 40},
    {"id": "2", "title": "Втулка $x", "quantity": 90},
]
TERMS = QuoteTerms(
    13_000_00,
    "RUB",
    lead_time_days=20,
    positions=(PositionPrice("1", 40, 100_00), PositionPrice("2", 90, 100_00)),
    tooling_minor=5_000_00,
    vat="added",
    vat_percent=22.0,
    material_by="customer",
    payment="30 % вперёд $total",
    text="Упаковка наша",
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        made.invite()
        with made.application.sessions.begin() as session:
            need, match = session.scalars(select(Need)).one(), session.scalars(select(Match)).one()
            need.requirements, need.disclosure = {"positions": POSITIONS}, "name-hidden"
            firm = session.scalars(select(Organisation).where(Organisation.is_contractor)).one()
            person = accounts.AccountDetails(BUYER, "Buyer", PASSWORD, "ru", confirmed=True)
            buyer = accounts.create_user(session, person, by="tester")
            accounts.grant(session, buyer, "contractor_buyer", by="tester", organisation=firm)
            editor = accounts.by_email(session, EDITOR)
            quotes.save(session, match, TERMS, editor, revision=None, submit=True)
            parts = (AwardedPosition("2", 90, "Втулка $x", 100_00, "RUB"),)
            reason = made.application.taxonomy.given_reasons[Occasion.CONTRACTED]
            share = AwardShare(match, match.revision, parts)
            need.state = "negotiation"
            quotes.award(
                session,
                need,
                [share],
                buyer,
                lambda code, _: code,
                reason=reason,
                today=made.application.today(),
            )
        yield made


def address(centre: Centre) -> str:
    with centre.application.sessions() as session:
        need, match = session.scalars(select(Need)).one(), session.scalars(select(Match)).one()
        return f"/needs/{need.public_id}/contracts/{match.public_id}.pdf"


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_both_sides_and_the_centre_take_it_once_the_award_has_stood(centre: Centre) -> None:
    path = address(centre)
    assert enter(centre, BUYER).get(path).status_code == 404  # it can still be taken back
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        for email in (BUYER, EDITOR, OPERATOR):
            person = enter(centre, email)
            page = text(person.get(path.partition("/contracts/")[0]))
            assert f"{path}?language=ru" in page
            assert f"{path}?language=en" in page
            for language in ("ru", "en"):
                answer = person.get(f"{path}?language={language}")
                assert answer.status_code == 200
                assert answer.mimetype == "application/pdf"
                assert answer.headers["Content-Disposition"].startswith("attachment")
        assert centre.another().get(path).status_code == 302
        assert person.get(f"{path}?language=de").status_code == 400
    with centre.application.sessions() as session:
        taken = session.scalars(select(AuditEntry).where(AuditEntry.action == "contract.taken")).all()
    assert len(taken) == 6


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "ru",
            (
                "Это не юридическая консультация",
                "Итого",
                "начисляется сверх цены",
                "давальческий, от контрактора",
            ),
        ),
        ("en", ("It is no legal advice", "Total", "added to the price", "supplied by the contractor")),
    ],
)
def test_it_is_filled_in_from_the_award(centre: Centre, language: str, told: tuple[str, ...]) -> None:
    path = address(centre)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        content = words(enter(centre, EDITOR).get(f"{path}?language={language}").data)
    for one in (*told, "Втулка $x", "Упаковка наша", "30 % вперёд $total", "7707083893"):
        assert one in content
    assert "Крышка" not in content  # the position went to nobody
    assert ("9 000,00" if language == "ru" else "9,000.00") in content.replace("\u00a0", " ")
    assert contract_agreements.BLANK in content  # the terms of delivery were not told


def test_it_names_no_drawings_to_whom_they_are_closed(centre: Centre) -> None:
    path = address(centre)
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        facts = {"media_type": "application/pdf", "size": 1, "sha256": "0" * 64, "details": {}}
        session.add(StoredFile(need_id=need.id, role="drawing", name="flange-7.pdf", **facts))
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        told = [words(enter(centre, email).get(f"{path}?language=en").data) for email in (OPERATOR, EDITOR)]
    assert ["flange-7.pdf" in one for one in told] == [True, False]


def letter_links(centre: Centre) -> list[str]:
    """The ways to the agreement in the letters of a contract."""
    return [
        path
        for mail in centre.mails()
        if mail.kind == "contract_made"
        for path in centre.links(mail)
        if path.startswith("/answers/contract/")
    ]


def test_who_has_an_account_is_sent_no_link_to_it(centre: Centre) -> None:
    assert [mail.recipient for mail in centre.mails() if mail.kind == "contract_made"] == [EDITOR, BUYER]
    assert letter_links(centre) == []


def test_sides_without_an_account_take_it_by_the_link_of_their_letter(tmp_path: Path) -> None:
    with small_centre(tmp_path, editor=False) as centre:
        with centre.application.sessions.begin() as session:
            session.scalars(select(Profile)).one().contacts = {"email": "shop@example.org"}
            need = session.scalars(select(Need)).one()
            need.details = {"contact": "Anna, plant@example.org"}
        centre.invite()
        award_all(centre)
        links = letter_links(centre)
        assert len(links) == 2
        for link in links:
            assert centre.browser.get(link).status_code == 404  # it can still be taken back
        with time_machine.travel(now() + timedelta(minutes=11), tick=False):
            for link in links:
                answer = centre.browser.get(f"{link}?language=en")
                assert answer.mimetype == "application/pdf"
                assert "It is no legal advice" in words(answer.data)
                assert centre.browser.get(f"{link}?language=de").status_code == 400
            with centre.application.sessions.begin() as session:
                taken = session.scalars(
                    select(AuditEntry.actor).where(AuditEntry.action == "contract.taken")
                ).all()
                session.scalars(select(Profile)).one().contacts = {"email": "other@example.org"}
            assert taken == ["letter", "letter"]
            assert [centre.browser.get(link).status_code for link in links] == [410, 200]
            with centre.application.sessions.begin() as session:
                need = session.scalars(select(Need)).one()
                need.details = {"contact": "other@example.org"}
            assert centre.browser.get(links[1]).status_code == 410


def award_all(centre: Centre) -> None:
    """The centre awards the need to its one supplier."""
    with centre.application.sessions.begin() as session:
        need, match = session.scalars(select(Need)).one(), session.scalars(select(Match)).one()
        need.state = "negotiation"
        quotes.award(
            session,
            need,
            [AwardShare(match, match.revision)],
            accounts.by_email(session, OPERATOR),
            lambda code, _: code,
            reason=centre.application.taxonomy.given_reasons[Occasion.CONTRACTED],
            today=centre.application.today(),
        )


def test_its_day_is_the_site_s(centre: Centre) -> None:
    path = address(centre)
    with centre.application.sessions.begin() as session:
        made = session.scalars(select(Decision).where(Decision.kind == MatchState.CONTRACTED)).one()
        made.at = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        content = words(enter(centre, OPERATOR).get(f"{path}?language=en").data)
    assert "24 November 2026" in content


def test_every_blank_of_the_shipped_model_is_filled_in_both_languages() -> None:
    models = contract_agreements.models(None)
    assert set(models) == set(contract_agreements.LANGUAGES)
    assert len(models["ru"].sections) == len(models["en"].sections)
    for model in models.values():
        assert [one.positions for one in model.sections].count(True) == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("$payment", "$paymnt", "$paymnt"),
        ("'Материал: $material.'", "'Материал: 5 $.'", "write $$"),
        ("version: '1'", "", "version"),
        ("paragraphs:", "paragraph:", "paragraphs"),
        ("ru:", "ru: [", "yaml"),
    ],
)
def test_a_model_of_a_centre_with_a_fault_says_which(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    shipped = (resources.folder("config") / "contracts" / "model.yaml").read_text(encoding="utf-8")
    own = tmp_path / "own.yaml"
    head, _, body = shipped.partition("version:")
    own.write_text(("version:" + body).replace(before, after), encoding="utf-8")
    with pytest.raises(SettingInvalid) as refused:
        contract_agreements.models(own)
    assert refused.value.params["name"] == "MATCHMAKER_CONTRACT_MODEL"
    assert str(own) in str(refused.value.params["reason"])
    if said != "yaml":
        assert said in str(refused.value.params["reason"])
    assert head


def test_a_centre_replaces_the_model(tmp_path: Path) -> None:
    shipped = (resources.folder("config") / "contracts" / "model.yaml").read_text(encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(shipped.replace("version: '1'", "version: own-7"), encoding="utf-8")
    with small_centre(tmp_path, contract_model=own) as centre:
        assert centre.application.contract_models["ru"].version == "own-7"
