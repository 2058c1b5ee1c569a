"""From a pasted text to a rendered page, over a centre of invented shops in a database, as one reader waits for it."""

import re
import statistics
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from matchmaker.cli import demo
from matchmaker.services.imports import demo as invented
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.benchmark.generate import TODAY

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def pages(count: int) -> None:
    """Print how long `POST /try` takes for each of the demo's needs."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        product = Application(Settings(data=Path(folder), _env_file=None), clock=lambda: TODAY)
        with patch.object(invented, "SUPPLIERS", count):
            started = time.perf_counter()
            demo.load(product)
        print(
            f"\n{count:,} suppliers in the database, loaded and indexed in {time.perf_counter() - started:.0f} s"
        )
        site = create_app(product)
        site.testing = True
        client = site.test_client()
        found = _TOKEN.search(client.get("/try").get_data(as_text=True))
        assert found is not None
        spent = []
        for round_ in range(3):
            for text in _letters(product):
                started = time.thread_time()
                answer = client.post("/try", data={"csrf_token": found[1], "text": text})
                assert answer.status_code == 200
                if round_:
                    spent.append((time.thread_time() - started) * 1000)
        p95 = statistics.quantiles(spent, n=20)[-1]
        print(f"  pasted text to rendered page: median {statistics.median(spent):.1f} ms, p95 {p95:.1f} ms")
        product.close()


def _letters(product: Application) -> list[str]:
    from matchmaker.services.needs import needs

    with product.sessions() as session:
        records = [needs.record(need) for need in needs.every(session)]
    return [f"{record.title}\n{record.text or ''}" for record in records]
