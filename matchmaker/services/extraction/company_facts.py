"""The facts about the firm in a text: town, people, year, contacts, and the text as its description."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.language import language_of
from matchmaker.domain.records import PROSE_LIMIT, SupplierRecord, parse
from search.text import Recogniser

SHORTEST_DESCRIPTION = 80  # letters of prose
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_SITE = re.compile(
    r"(?:https?://|www\.)[\w./-]{3,200}|(?<![\w@.-])[\w-]{2,63}\.(?:ru|рф|com|su|by|kz)\b(?!@)"
)
_PHONE = re.compile(r"(?:\+7|\b8)[\s(-]{0,2}\d{3,5}[\s)-]{0,2}\d{1,3}(?:[\s-]?\d{2}){2}\b")
_PEOPLE = re.compile(
    r"(\d{1,6})\s*(?:человек|чел\b|сотрудник|работник|employees|people|staff)|(?:штат|численность)\D{0,12}(\d{1,6})",
    re.IGNORECASE,
)
_FOUNDED = re.compile(
    r"(?:\b(?:работаем|основан\w*|на рынке|since|founded)\D{0,20}|\b[сc]\s)((?:19|20)\d\d)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """The fields of a supplier's record, the words they were read from, and the lines that hold only such a
    fact.
    """

    data: dict[str, Any]
    words: str
    lines: frozenset[str]


def of_text(text: str, recogniser: Recogniser) -> CompanyFacts:
    """The facts about the firm in prose; rows of a table hold none."""
    data: dict[str, Any] = {}
    words: list[str] = []
    told: set[str] = set()
    for line in text.split("\n"):
        for path, value, said in _facts(line, recogniser):
            told.add(line.strip())
            at = data
            *above, last = path.split(".")
            for part in above:
                at = at.setdefault(part, {})
            if last not in at and _valid(path, value):
                at[last] = value
                words.append(said)
    prose = text.strip()
    if (
        len(prose) >= SHORTEST_DESCRIPTION
        and ". " in prose.replace(".\n", ". ")
        and len(prose) <= PROSE_LIMIT
    ):
        data["description"] = {language_of(prose): prose}
    return CompanyFacts(
        {key: value for key, value in data.items() if value}, "; ".join(words), frozenset(told)
    )


def _facts(line: str, recogniser: Recogniser) -> Iterator[tuple[str, Any, str]]:
    email, site, phone = _EMAIL.search(line), _SITE.search(line), _PHONE.search(line)
    people, founded = _PEOPLE.search(line), _FOUNDED.search(line)
    if email:
        yield "contacts.email", email[0], email[0]
    if site:
        yield "contacts.website", site[0].rstrip("./-"), site[0]
    if phone:
        yield "contacts.phone", phone[0].strip(), phone[0].strip()
    if people:
        yield "employees", int(people[1] or people[2]), people[0]
    if founded:
        yield "founded", int(founded[1]), founded[0].strip()
    town = next((m for m in recogniser.recognise(line).of("town") if m.code), None)
    if town is not None and town.code:
        place = recogniser.towns[town.code]
        yield "city", place.label.text(language_of(line)), line[town.start : town.end]


def _valid(path: str, value: Any) -> bool:
    top, _, rest = path.partition(".")
    try:
        parse(SupplierRecord, {"id": "x", "name": {"ru": "x"}, top: {rest: value} if rest else value})
    except InvalidRecord:
        return False
    return True
