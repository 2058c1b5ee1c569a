"""What invited suppliers and the contractor do with a need: sign, send files, quote, write."""

import io
import re
from pathlib import Path

from tests.support.browser import Browser, text

STEP = Path(__file__).parents[1] / "files" / "plate.step"


PRICE = "987654,32"  # the canary: nobody who is not entitled may ever read it


def field(page: str, name: str) -> str:
    start = page.index(f'name="{name}"')
    return page[page.index('value="', start) + 7 :].split('"', 1)[0]


def upload(browser: Browser, need: str, content: bytes, name: str):  # type: ignore[no-untyped-def]
    page = f"/needs/{need}/drawings"
    return browser.post(page, {"file": (io.BytesIO(content), name)}, page=page)  # type: ignore[dict-item]


def sign(browser: Browser, need: str) -> None:
    page = f"/needs/{need}/nda"
    assert browser.post(page, {"agree": "yes"}, page=page).status_code == 302


def pdf() -> bytes:
    import typst

    return bytes(typst.compile("#set page(width: 90mm, height: 60mm)\nчертёж №5".encode(), format="pdf"))


def quote(browser: Browser, need: str, do: str = "submit", **given: str):  # type: ignore[no-untyped-def]
    address = f"/needs/{need}/quote"
    page = text(browser.get(address))
    revision = {"revision": field(page, "revision")} if 'name="revision"' in page else {}
    typed = {"amount": PRICE, "currency": "RUB", "lead_time_days": "20", "batches": "50: 19753,09", **given}
    return browser.post(address, {**revision, **typed, "do": do}, page=address)


def thread(browser: Browser, need: str) -> str:
    """The address of the first thread that this reader sees."""
    answer = browser.get(f"/needs/{need}/messages")
    if answer.status_code == 302:
        return str(answer.headers["Location"])
    found = re.search(rf'href="(/needs/{need}/messages/[0-9a-f]+)"', text(answer))
    assert found
    return found[1]


def say(browser: Browser, address: str, words: str, audience: str = "all"):  # type: ignore[no-untyped-def]
    return browser.post(address, {"text": words, "audience": audience}, page=address)


def offers(browser: Browser, need: str) -> list[dict[str, str]]:
    """What the list of opened quotes sends to choose each of them: its match at its revision."""
    page = text(browser.get(f"/needs/{need}/quotes"))
    found = re.findall(r'name="match" value="([0-9a-f]+)">\s*<input[^>]*name="revision" value="(\d+)"', page)
    return [{"match": match, "revision": revision} for match, revision in found]


def award(browser: Browser, need: str, **form: str):  # type: ignore[no-untyped-def]
    """Make the contract that a form asks for."""
    return browser.post(f"/needs/{need}/award", {"do": "award", **form}, page=f"/needs/{need}/quotes")
