"""The questions that a need leaves open, as an e-mail to its contractor: proposed, corrected by the operator,
sent.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_, language_of
from matchmaker.models import Need, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, signed_links
from matchmaker.services.core.journal import Act
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import intake, need_summary

LANGUAGES = ("ru", "en")
LONGEST = 8_000  # characters of an e-mail
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class ClarificationLetter:
    """An e-mail with questions: its recipient, language and needs; `text` is the operator's final text."""

    to: str
    language: str
    text: str


def proposed(
    session: Session, asked: Sequence[tuple[Need, Sequence[str]]], language: str | None, user: User
) -> ClarificationLetter:
    """An e-mail with the open questions (keys of intake.QUESTIONS) of needs of one contractor, in its
    language unless one is named.
    """
    need = asked[0][0]
    people = {one.email: one for one in recipients.members(session, need.contractor, "contractor_buyer")}
    contact = str((need.details or {}).get("contact") or "")
    found = _ADDRESS.search(contact)
    # The contact that the caller named for this need comes before people with an account.
    to = found[0] if found else next(iter(people), "")
    written_in = language_of(f"{need.title or ''} {need.text or ''}")
    chosen = language or (people[to].language if to in people else written_in)
    return ClarificationLetter(to, chosen, _text(asked, chosen, user))


def _text(asked: Sequence[tuple[Need, Sequence[str]]], language: str, user: User) -> str:
    _ = letters.words(language)
    lines = [
        _(N_("Good day!")),
        "",
        _(N_("Thank you for your request. So that suppliers can offer a price, please tell us:")),
    ]
    for need, questions in asked:
        lines += ["", need_summary.title_of(need)] if len(asked) > 1 else [""]
        lines += [f"{at}. {_(intake.QUESTIONS[key])}" for at, key in enumerate(questions, 1)]
    return "\n".join([*lines, "", _(N_("Kind regards,")), user.name, asked[0][0].centre.name(language)])


def send_once(
    session: Session, token: str, needs: Sequence[Need], letter: ClarificationLetter, user: User
) -> None:
    """Send the e-mail of a form with a new token; the same form again sends nothing. Raises as `send`."""
    if signed_links.first(session, "letter", f"questions {token}"):
        send(session, needs, letter, user)


def send(session: Session, needs: Sequence[Need], letter: ClarificationLetter, user: User) -> None:
    """Post the e-mail and record the questions with each need. Raises InvalidRecord by field."""
    problems = []
    if not _ADDRESS.fullmatch(letter.to):
        problems.append(Problem("to", "email.form", N_("Give an e-mail address."), letter.to[:80]))
    if not letter.text.strip() or len(letter.text) > LONGEST:
        message = N_("Write something, up to %(most)s characters.")
        problems.append(Problem("text", "letter.length", message, params={"most": LONGEST}))
    if problems:
        raise InvalidRecord(tuple(problems))
    values: Mapping[str, object] = {
        "title": need_summary.title_of(needs[0]),
        "count": len(needs),
        "lines": letter.text.strip().split("\n"),
    }
    letters.post(session, "questions", letter.to, letter.language, values, need=needs[0].public_id)
    for need in needs:
        told = {"at": now().isoformat(), "to": letter.to, "by": user.name}
        need.details = {**need.details, "asked": [*need.details.get("asked", []), told][-20:]}
    acts = [Act("need.asked", "need", need.public_id, need.centre.code) for need in needs]
    journal.record(session, user.public_id, acts)
    session.flush()
