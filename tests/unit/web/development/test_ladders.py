"""Ladders to certificates: steps by the centre, corrections on record, what the shop sees and asks, the pipeline, lost demand."""

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import CertificateStatus, NeedState
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.models import AuditEntry, CertificateRow, CertificationStep, Mail, Profile
from matchmaker.models.base import now
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.development import ladder_lists, ladders
from matchmaker.services.matching import profile_gains
from matchmaker.services.matching.matching import Matching
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.profiles import scans, suppliers
from matchmaker.services.schedule import profiles_due
from matchmaker.services.schedule.due_day import DueDay
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser, asked_by_page, text
from tests.support.fakes import FakeRecogniser
from tests.support.records import supplier
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, small_centre

PDF = b"%PDF-1.4\n%%EOF\n"
STANDARD = "iso-9001"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A centre of its own, since these tests change what others read."""
    with small_centre(tmp_path_factory.mktemp("ladders")) as made:
        yield made


@pytest.fixture(scope="module")
def product(centre: Centre) -> Application:
    return centre.application


@pytest.fixture(scope="module")
def operator(centre: Centre) -> Browser:
    return enter(centre, OPERATOR)


@pytest.fixture(scope="module")
def shop(centre: Centre) -> Browser:
    return enter(centre, EDITOR)


@pytest.fixture
def key(product: Application) -> Iterator[str]:
    """The public id of the shop; its ladders end with the test."""
    with product.sessions() as session:
        yield session.scalars(select(Profile.public_id).order_by(Profile.id)).first() or ""
    with product.sessions.begin() as session:
        for one in session.scalars(select(CertificationStep).order_by(CertificationStep.id.desc())):
            session.delete(one)
            session.flush()


def step(operator: Browser, key: str, standard: str = STANDARD, **given: str):  # type: ignore[no-untyped-def]
    address = f"/work/ladders/{key}/{standard}"
    form = {"stage": "diagnosis", "on": TODAY.isoformat(), **given}
    return operator.post(address, form, page=address)


def test_a_step_is_told_to_the_shop_with_all_that_belongs_to_it(
    operator: Browser, shop: Browser, key: str, product: Application
) -> None:
    given = {
        "next_step": "Внутренний аудит цеха",
        "next_on": (TODAY + timedelta(days=30)).isoformat(),
        "helper": "ООО «Аудит-Урал»",
        "cost": "180000,50",
        "payer": "centre",
        "note": "Документы готовы на две трети",
    }
    assert step(operator, key, stage="documented", **given).status_code == 302
    for page in (text(operator.get(f"/work/ladders/{key}/{STANDARD}")), text(shop.get("/shop/ladders/"))):
        for words in (
            "Documented",
            "Внутренний аудит цеха",
            "Аудит-Урал",
            "the centre",
            "на две трети",
        ):
            assert words in page
        assert "cost: RUB\u00a0180,000.50" in page
        assert 'aria-current="step"' in page
    with product.sessions() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "ladder.step")).all()[-1]
        assert entry.details == {"standard": STANDARD, "stage": "documented"}


def test_a_correction_stands_beside_what_it_corrects(
    operator: Browser, key: str, product: Application
) -> None:
    step(operator, key, stage="documented", on="2026-09-01")
    with product.sessions() as session:
        first = session.scalars(select(CertificationStep)).one().public_id
    address = f"/work/ladders/{key}/{STANDARD}"
    form = text(operator.get(f"{address}?correct={first}"))
    assert 'value="2026-09-01"' in form
    refused = step(operator, key, stage="diagnosis", on="2026-08-20", replaces=first)
    assert refused.status_code == 422
    assert "Say why the step is corrected" in text(refused)
    assert (
        step(
            operator, key, stage="diagnosis", on="2026-08-20", replaces=first, why="ошиблись этапом"
        ).status_code
        == 302
    )
    page = text(operator.get(address))
    assert "<s>Documented</s>" in page
    assert "ошиблись этапом" in page
    again = step(operator, key, stage="documented", on="2026-08-21", replaces=first, why="ещё раз")
    assert again.status_code == 422
    assert "somebody has corrected it" in text(again)
    with product.sessions() as session:
        profile = session.scalars(select(Profile).where(Profile.public_id == key)).one()
        ladder = ladders.of_standard(session, profile, STANDARD)
        assert [one.stage for one in ladder.standing] == ["diagnosis"]
        assert len(ladder.steps) == 2


def test_a_corrected_step_of_a_day_does_not_overtake_the_later_one(
    operator: Browser, key: str, product: Application
) -> None:
    step(operator, key, stage="diagnosis")
    step(operator, key, stage="documented")
    with product.sessions() as session:
        first = session.scalars(select(CertificationStep).order_by(CertificationStep.id)).first()
        assert first
    step(operator, key, stage="none", replaces=first.public_id, why="рано")
    with product.sessions() as session:
        centre = session.scalars(select(Profile).where(Profile.public_id == key)).one().organisation.centre
        found = ladder_lists.page(session, ladder_lists.LaddersAsked(centre.id, TODAY))
        assert [one.stage for one in found.steps] == ["documented"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"stage": "blessed"}, "Choose the stage"),
        ({"on": "завтра"}, "Give the day on which it was reached"),
        ({"on": (TODAY + timedelta(days=1)).isoformat()}, "Give the day on which it was reached"),
        ({"next_step": "Аудит"}, "Give the day of the next step"),
        ({"next_step": "Аудит", "next_on": "2001-01-01"}, "Give the day of the next step"),
        ({"next_on": "2027-01-01"}, "Say what the next step is"),
        ({"cost": "много"}, "Give the cost in roubles"),
        ({"cost": "5"}, "Choose who pays"),
        ({"payer": "uncle"}, "Choose who pays"),
        ({"owner": "0" * 16}, "Choose somebody of the centre or of the firm"),
        ({"helper": "x" * 301}, "At most 300 characters"),
        ({"stage": "surveillance"}, "Surveillance follows a certificate"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    given: dict[str, str], message: str, operator: Browser, key: str, product: Application
) -> None:
    answer = step(operator, key, **{"note": "Особые & слова", **given})
    assert answer.status_code == 422
    assert message in text(answer)
    assert "Особые &amp; слова" in text(answer)
    with product.sessions() as session:
        assert session.scalars(select(CertificationStep)).all() == []


def test_steps_follow_each_other_by_their_days(operator: Browser, key: str) -> None:
    step(operator, key, on="2026-09-01")
    refused = step(operator, key, stage="documented", on="2026-08-01")
    assert refused.status_code == 422
    assert "The step before it was reached on 2026-09-01" in text(refused)


def test_a_correction_leaves_no_surveillance_without_a_certificate(
    operator: Browser, key: str, product: Application
) -> None:
    step(operator, key, stage="certified", on="2025-09-01")
    step(operator, key, stage="surveillance", on="2026-09-01")
    with product.sessions() as session:
        first = session.scalars(select(CertificationStep).where(CertificationStep.stage == "certified")).one()
    given = {"on": "2025-09-01", "replaces": first.public_id, "why": "сертификат не выдан"}
    refused = step(operator, key, stage="certification-audit", **given)
    assert refused.status_code == 422
    assert "correct that step first" in text(refused)
    moved = {**given, "on": "2025-09-02", "why": "днём позже"}
    assert step(operator, key, stage="certified", **moved).status_code == 302


def test_a_wish_of_a_shop_stands_in_today_until_the_centre_answers(
    operator: Browser, shop: Browser, key: str
) -> None:
    form = {"standard": STANDARD, "note": "Ищем орган по сертификации"}
    assert shop.post("/shop/ladders/", form, page="/shop/ladders/").status_code == 302
    assert "Help is asked for" in text(shop.get("/shop/ladders/"))
    desk = text(operator.get("/work/?kind=ladders"))
    assert "Asks for help on the way to this certificate." in desk
    assert f"/work/ladders/{key}/{STANDARD}" in desk
    again = shop.post("/shop/ladders/", form, page="/shop/ladders/")
    assert again.status_code == 422
    assert "The centre knows of this already" in text(again)
    later = (TODAY + timedelta(days=10)).isoformat()
    step(operator, key, next_step="Диагностика", next_on=later)
    assert f"/work/ladders/{key}" not in text(operator.get("/work/?kind=ladders"))


def test_a_next_step_whose_day_has_come_stands_in_today_and_is_the_owners(
    operator: Browser, key: str, product: Application
) -> None:
    with product.sessions() as session:
        profile = session.scalars(select(Profile).where(Profile.public_id == key)).one()
        people = {
            one.email: one.public_id for one in ladders.people(session, profile, profile.organisation.centre)
        }
    mine = people[OPERATOR]
    due = {"next_step": "Отчёт диагностики", "next_on": TODAY.isoformat()}
    step(operator, key, owner=mine, **due)
    assert "Next step: Отчёт диагностики" in text(operator.get("/work/?kind=ladders&who=me"))
    assert "Отчёт диагностики" not in text(operator.get("/work/?kind=ladders&who=nobody"))


def test_lost_demand_is_what_the_matcher_counts_for_the_certificate(
    operator: Browser, shop: Browser, key: str, product: Application
) -> None:
    """A shop without certificates, and two needs for its work: of them the certificate opens the one that demands it."""
    with product.sessions.begin() as session:
        profile = suppliers.one_whole(session, Profile.public_id == key)
        assert profile
        profile.certificates.clear()
        centre = profile.organisation.centre
        for number, demand in enumerate(([], [{"standard": "ISO 9001"}])):
            given = {"kind": "need", "id": f"lost-{number}", "processes": ["токарная обработка"]}
            hours = {"text": "Точить втулки", "spare_hours": 300, "certification": demand}
            record = parse(NeedRecord, {**given, **hours})
            posting = NeedPosting(None, state=NeedState.PUBLISHED)
            needs.post(session, record, centre=centre, by="test", posting=posting).published_at = now()
    with product.sessions() as session:
        parts = Matching(product.matcher, product.recogniser, product.today())
        profile = suppliers.one_whole(session, Profile.public_id == key)
        assert profile
        found = profile_gains.of_certificates(session, [(profile, STANDARD), (profile, "iso-14001")], parts)
        told = profile_gains.of_profile(session, profile, suppliers.record(profile), parts)
    gains = [one for one in told if one.value == ((STANDARD, "certified"),)]
    assert [(one.now, one.ever, one.hours) for one in gains] == [
        (found[0].now, found[0].ever, found[0].hours)
    ]
    assert found[0].now == 2  # the centre's own need demands it, too
    assert found[1].ever == 0
    step(operator, key)
    for page in (operator.get(f"/work/ladders/{key}/{STANDARD}"), shop.get("/shop/ladders/")):
        assert "would have opened 2 needs of the last year, " in text(page)
    page = operator.get(f"/work/ladders/{key}/iso-14001")
    assert "No need of the last year was closed" in text(page)


def test_papers_are_the_firms_and_its_centres(
    operator: Browser, shop: Browser, key: str, centre: Centre
) -> None:
    step(operator, key)
    page = f"/work/ladders/{key}/{STANDARD}"
    given = operator.post(f"{page}/papers", {"file": (io.BytesIO(PDF), "приказ.pdf")}, page=page)  # type: ignore[dict-item]
    assert given.status_code == 302
    own = f"/shop/ladders/{STANDARD}/papers"
    for _ in range(2):  # the same bytes again are the same paper
        sent = shop.post(own, {"file": (io.BytesIO(PDF + b"1"), "СТО.pdf")}, page="/shop/ladders/")  # type: ignore[dict-item]
        assert sent.status_code == 302
    papers = re.findall(r'href="(/papers/[0-9a-f]+)"', text(shop.get("/shop/ladders/")))
    assert len(papers) == 2
    stranger = centre.another()
    for paper in papers:
        assert shop.get(paper).status_code == operator.get(paper).status_code == 200
        assert stranger.get(paper).status_code == 302
    for standard in (STANDARD, "iso-45001"):  # on the way to it or not yet
        there = f"/shop/ladders/{standard}/papers"
        wrong = shop.post(there, {"file": (io.BytesIO(b"x"), "a.exe")}, page="/shop/ladders/")  # type: ignore[dict-item]
        assert wrong.status_code in {415, 422}
        assert "This file is none of" in text(wrong)


def test_a_full_ladder_says_how_many_papers_it_holds(
    operator: Browser, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step(operator, key)
    monkeypatch.setitem(scans.MOST, scans.PAPER, 0)
    page = f"/work/ladders/{key}/{STANDARD}"
    full = operator.post(f"{page}/papers", {"file": (io.BytesIO(PDF + b"9"), "a.pdf")}, page=page)  # type: ignore[dict-item]
    assert full.status_code == 413
    assert "hold at most 0 papers in all" in text(full)
    assert "scans" not in text(full).partition("<main")[2]


def test_the_pipeline_is_narrowed_sorted_laid_out_and_taken_along(
    operator: Browser, key: str, product: Application
) -> None:
    step(operator, key, stage="documented", next_step="Аудит", next_on="2026-11-20", on="2026-10-01")
    step(operator, key, standard="iso-14001", stage="diagnosis")
    assert "2 ladders" in text(operator.get("/work/ladders/"))
    assert "1 ladder<" in text(operator.get("/work/ladders/?stage=documented"))
    assert "1 ladder<" in text(operator.get("/work/ladders/?standard=iso-14001"))
    assert "1 ladder<" in text(operator.get("/work/ladders/?late=yes"))
    assert "Nothing matches this choice." in text(operator.get("/work/ladders/?stage=certified"))
    board = text(operator.get("/work/ladders/?layout=board"))
    assert board.index("Diagnosis <") < board.index("Documented <")
    rows = operator.get("/work/ladders.csv?stage=documented").get_data(as_text=True).splitlines()
    assert len(rows) == 2
    assert "Аудит" in rows[1]
    assert operator.get("/work/ladders.xlsx").status_code == 200
    assert operator.get("/work/ladders/?sort=luck").status_code == 400
    assert operator.get("/work/ladders/?stage=luck").status_code == 400


def test_a_long_pipeline_asks_no_more_statements(operator: Browser, key: str, product: Application) -> None:
    step(operator, key)
    operator.get("/work/ladders/")
    few = asked_by_page(product, operator, "/work/ladders/")
    for standard in ("iso-14001", "iso-45001", "iatf-16949"):
        step(operator, key, standard=standard)
    many = asked_by_page(product, operator, "/work/ladders/")
    assert len(many) == len(few) <= 15


def test_the_end_of_a_certificate_comes_back_at_each_warning(
    operator: Browser, key: str, product: Application
) -> None:
    with product.sessions.begin() as session:
        profile = suppliers.one_whole(session, Profile.public_id == key)
        assert profile
        row = CertificateRow(
            position=90,
            standard="ISO 14001:2015",
            standard_code="iso-14001",
            status=CertificateStatus.CERTIFIED,
            valid_until=TODAY + timedelta(days=170),
        )
        profile.certificates.append(row)
        session.flush()
        paper = row.public_id
    line = f'id="certificates-{paper}"'

    def shown() -> bool:
        return line in text(operator.get("/work/?kind=certificates"))

    def ends_in(days: int) -> None:
        with product.sessions.begin() as session:
            session.scalars(
                select(CertificateRow).where(CertificateRow.public_id == paper)
            ).one().valid_until = TODAY + timedelta(days=days)

    assert shown()
    chip = r'certificates ending within 180 days\s*<span class="count">1</span>'
    assert re.search(chip, text(operator.get("/work/?kind=tasks")))
    for _ in range(2):
        seen = operator.post(
            f"/work/certificates/{paper}/seen", {"next": "/work/?kind=certificates"}, page="/work/"
        )
        assert seen.headers["Location"] == "/work/?kind=certificates"
    assert not shown()
    # The same certificate, the day on which the next warning is due: another end is another warning.
    ends_in(180)
    assert shown()
    operator.post(f"/work/certificates/{paper}/seen", {}, page="/work/")
    assert not shown()
    ends_in(181)
    assert not shown()


def test_a_shop_is_written_to_at_180_90_30_and_7_days_once_each(product: Application, key: str) -> None:
    first = date(2026, 11, 23)
    with product.sessions.begin() as session:
        profile = suppliers.one_whole(session, Profile.public_id == key)
        assert profile
        row = CertificateRow(
            position=91,
            standard="IATF 16949",
            standard_code="iatf-16949",
            status=CertificateStatus.CERTIFIED,
            valid_until=first + timedelta(days=200),
        )
        profile.certificates.append(row)
    counts = {}
    for day in (0, 20, 21, 109, 110, 111, 170, 193, 199):
        with product.sessions.begin() as session:
            due = DueDay(first + timedelta(days=day), lambda *_: (), lambda *_: "", {})
            list(profiles_due.warn_of_certificates(session, due))
            counts[day] = len(session.scalars(select(Mail).where(Mail.subject.contains("IATF 16949"))).all())
    assert list(counts.values()) == [0, 1, 1, 1, 2, 2, 3, 4, 4]
    with product.sessions() as session:
        letter = session.scalars(select(Mail).where(Mail.subject.contains("IATF 16949"))).first()
        assert letter
        assert "/shop/ladders/" in letter.text


def test_a_firm_that_is_merged_keeps_its_ladders(operator: Browser, key: str, product: Application) -> None:
    with product.sessions.begin() as session:
        first = session.scalars(select(Profile).where(Profile.public_id == key)).one()
        record = supplier(id="s-18", name={"ru": "ООО «Пример-2»"}, inn=None)
        suppliers.save_many(
            session, [record], FakeRecogniser(), RecordOrigin(first.organisation.centre, "file", "t")
        )
        twin = session.scalars(select(Profile.public_id).where(Profile.public_id != key)).one()
    step(operator, key, stage="diagnosis")
    step(operator, twin, stage="documented")
    address = f"/work/duplicates/{key}/{twin}"
    form = dict(re.findall(r'name="(revision-[^"]+)" value="(\d+)"', text(operator.get(address))))
    assert operator.post(address, {**form, "verdict": key}, page=address).status_code == 302
    with product.sessions() as session:
        profile = session.scalars(select(Profile).where(Profile.public_id == key)).one()
        stages = [one.stage for one in ladders.of_standard(session, profile, STANDARD).standing]
        assert stages == ["diagnosis", "documented"]


def test_a_program_of_the_shop_reads_its_ladders(shop: Browser, operator: Browser, key: str) -> None:
    step(operator, key, stage="documented", cost="1000", payer="firm")
    answer = shop.get("/api/v1/shop/ladders")
    (line,) = answer.get_json()["items"]
    assert line["stage"] == "documented"
    assert line["steps"][0]["cost"] == 1000
    assert set(line["lost"]) == {"open", "in_a_year", "hours"}
