"""The demo centre behind the real application."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.cli import demo
from matchmaker.services.imports import demo as generator
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.support.at_work import let_work
from tests.support.browser import TODAY


def demo_centre(folder: Path, count: int) -> Iterator[Application]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(generator, "SUPPLIERS", count)
        application = Application(Settings(data=folder, _env_file=None), clock=lambda: TODAY)
        demo.load(application)
    let_work(application)
    yield application
    application.close()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    yield from demo_centre(tmp_path_factory.mktemp("centre"), 60)
