"""Generated requests to the interface, for the people who have keys, on both databases: no failure, nothing undescribed.

`make check-api` sends as many as one likes.
"""

from pathlib import Path

import pytest

from matchmaker.web.app import create_app
from tests.checks.api import READERS, headers_of, keys_of, network
from tests.support.api_requests import addresses, send

EXAMPLES = 1  # of each address and reader


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.filterwarnings("ignore")  # of the generator of values, about unusual patterns
def test_every_answer_is_described(each_url: str, tmp_path: Path, reader: str) -> None:
    with network(tmp_path, each_url) as world:
        known = addresses(create_app(world.application))
        found = send(known, headers_of(world, reader), keys_of(world), examples=EXAMPLES)
    assert found.disagreements == []
    assert found.sent >= EXAMPLES * 80
    assert not [status for status in found.statuses if status >= 500]
