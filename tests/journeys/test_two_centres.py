"""Two centres and a plant in a real browser: a need handed on, a team of both, an award in parts, deliveries, ratings, figures."""

import csv
import io
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
import waitress
from playwright.sync_api import Browser
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from matchmaker.cli import demo
from matchmaker.cli.common import translation
from matchmaker.services.core.periods import Period, PeriodLength
from matchmaker.services.figures.definitions import BY_CODE
from matchmaker.services.people import accounts
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.journeys import centres_story
from tests.journeys.centres_story import CentresStory
from tests.journeys.walker import Walker, screen
from tests.support.at_work import let_work

_MOMENT = timedelta(days=40)  # of the quarter after this one: nothing of the story falls into another one


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Application]:
    """An installation of two centres with its administrator, as the command line makes it, in the middle of a quarter to come."""
    home, *_ = centres_story.CENTRES
    product = Application(Settings(data=tmp_path, centre=home, _env_file=None))
    quarter = Period.around(product.today(), PeriodLength.QUARTER).after
    noon = datetime.combine(quarter.start + _MOMENT, time(12), product.counting_rules.zone)
    with time_machine.travel(noon, tick=True):
        with product.sessions.begin() as session:
            person = accounts.AccountDetails(
                centres_story.NETWORK, "Network", demo.PASSWORD, "ru", confirmed=True
            )
            user = accounts.create_user(session, person, by="test")
            accounts.grant(session, user, "network_administrator", by="test")
        let_work(product)
        yield product
        product.close()


@pytest.fixture
def served(installation: Application) -> Iterator[str]:
    server = waitress.create_server(create_app(installation), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


@pytest.fixture
def story(
    chromium: Browser, served: str, installation: Application, language: str, width: int
) -> Iterator[CentresStory]:
    with chromium.new_context(**screen(width), locale=language, accept_downloads=True) as context:
        told = CentresStory(Walker(context.new_page(), served), installation, language, width)
        yield told
        for passed in reversed(told.travels):
            passed.stop()


@pytest.mark.slow
@pytest.mark.parametrize(("language", "width"), [("ru", 1440), ("en", 360)])
def test_two_centres_and_a_plant(story: CentresStory, language: str) -> None:
    story.tell()
    assert story.walker.wrong == []
    home, neighbour = centres_story.CENTRES
    done = {
        "contracts": 2,
        "volume": story.value,
        "across-centres": 50,
        "on-time": 100,
        "needs": 1,
        "buyers": 1,
    }
    told = told_figures(story.reports, home, language)
    assert {code: told[code] for code in done} == done
    assert story.sha256[home] in shown(story.reports[home, "pdf"])
    other = told_figures(story.reports, neighbour, language)
    assert (other["suppliers"], other["certified"]) == (1, 1)


def told_figures(files: Mapping[tuple[str, str], bytes], centre: str, language: str) -> dict[str, float]:
    """The figures of a centre's report by their codes, which its workbook, its delimited text and its pages tell alike."""
    names = {translation(language)(one.name): code for code, one in BY_CODE.items()}
    book = CalamineWorkbook.from_filelike(io.BytesIO(files[centre, "xlsx"]))
    sheet = {names[row[0]]: row[2] for row in book.get_sheet_by_index(0).to_python()[4:]}
    lines = csv.reader(io.StringIO(files[centre, "csv"].decode("utf-8-sig")), delimiter=";")
    text = {names[row[0]]: row[2] for row in lines if row[0] in names}
    assert {code: float(low) for code, low in text.items() if low} == {
        code: pytest.approx(low, abs=1e-4) for code, low in sheet.items() if low != ""
    }
    pages = shown(files[centre, "pdf"])
    assert [name for name in names if names[name] in sheet and "".join(name.split()) not in pages] == []
    return {code: low for code, low in sheet.items() if low != ""}


def shown(pages: bytes) -> str:
    """The words of a document without spaces: where its lines break is nobody's business."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pages)).pages).split())
