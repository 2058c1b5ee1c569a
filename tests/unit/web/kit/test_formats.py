"""Numbers in the reader's language."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.small_centre import Centre, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_thousands_stand_apart_in_russian(centre: Centre) -> None:
    with centre.browser.client.application.test_request_context(headers={"Accept-Language": "ru"}):
        plural = centre.browser.client.application.jinja_env.globals["ngettext"]
        assert plural("%(num)d supplier", "%(num)d suppliers", 12345) == "12\u00a0345 поставщиков"
