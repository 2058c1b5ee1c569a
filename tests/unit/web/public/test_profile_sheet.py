"""A supplier's profile as a PDF: what strangers read of it, in the language that was asked for."""

import io
from collections.abc import Iterator

import pypdf
import pytest
from sqlalchemy import select

from matchmaker.models import Profile
from tests.support.small_centre import EDITOR, Centre, enter, small_centre


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with small_centre(tmp_path_factory.mktemp("sheets")) as made:
        yield made


@pytest.fixture(scope="module")
def address(centre: Centre) -> str:
    with centre.application.sessions() as session:
        return f"/suppliers/{session.scalars(select(Profile.public_id)).one()}"


def words(content: bytes) -> str:
    return " ".join(
        "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split()
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            ("Primer LLC", "We turn shafts", "Turning (токарная обработка)", "CNC lathe", "Russian, English"),
        ),
        ("ru", ("ООО «Пример»", "Точим валы", "токарная обработка", "DMG CTX 450", "русский, английский")),
    ],
)
def test_it_tells_what_the_page_tells_strangers(
    centre: Centre, address: str, language: str, told: tuple[str, ...]
) -> None:
    for browser in (
        centre.browser,
        enter(centre, EDITOR),
    ):  # to the firm itself not more, since it is sent on
        answer = browser.get(f"{address}.pdf?language={language}")
        assert answer.mimetype == "application/pdf"
        assert "attachment" in answer.headers["Content-Disposition"]
        page = words(answer.get_data())
        assert [one for one in told if one not in page] == []
        assert "shop@example.org" not in page
        assert "000-00-00" not in page
        assert "160" not in page  # free hours
        assert f"http://127.0.0.1:8000{address}" in page


def test_it_is_offered_on_the_page_and_refuses_other_languages(centre: Centre, address: str) -> None:
    assert f"{address}.pdf?language=en" in centre.browser.get(address).get_data(as_text=True)
    assert centre.browser.get(f"{address}.pdf?language=de").status_code == 400
    assert centre.browser.get("/suppliers/0123456789abcdef.pdf").status_code == 404
