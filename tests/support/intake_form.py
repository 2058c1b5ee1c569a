"""The form in which an operator takes in an e-mail."""

import re

from tests.support.browser import Browser, text

PAGE = "/work/intake/"


MAIL = "Добрый день! Просим рассчитать втулки ø60, 300 шт., из БрАЖ9-4, токарная обработка, по чертежу."


def form(operator: Browser, **fields: str) -> dict[str, str]:
    once = re.search(r'name="once" value="([0-9a-f]{16})"', text(operator.get(PAGE)))[1]  # type: ignore[index]
    return {"once": once, "channel": "e-mail", "text": MAIL, **fields}
