"""Words of the other language are marked as such."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.web.kit.formats import spoken
from tests.support.small_centre import Centre, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_words_of_the_other_language_say_so(centre: Centre) -> None:
    with centre.browser.client.application.test_request_context(headers={"Accept-Language": "en"}):
        assert spoken("Цех <1>") == '<span lang="ru">Цех &lt;1&gt;</span>'
        assert spoken("Shop 1") == "Shop 1"
        assert spoken("12-34") == "12-34"
