"""The parts shared by the duties of a day: the day itself, and the rule that each e-mail is posted once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from matchmaker.models import Need
from matchmaker.services.core import signed_links
from matchmaker.services.core.site import site_of

# An e-mail that is overdue for longer than this is no longer posted.
PATIENCE = timedelta(days=14)
Openings = Callable[[Session, str], Iterable[Need]]
Word = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class DueDay:
    """The inputs of a day's duties: `openings` are the open needs that fit a profile, best first, `word`
    gives the words of a reason's code in a language.
    """

    today: date
    openings: Openings
    word: Word
    reasons: Mapping[str, str]

    @property
    def moment(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)


Duty = Callable[[Session, DueDay], Iterator[None]]


def first(session: Session, *key: object) -> bool:
    """Whether this is posted for the first time; the posting is recorded."""
    return signed_links.first(session, "letter", " ".join(map(str, key)))


def signed(session: Session, purpose: str, words: Sequence[str]) -> str:
    """The token of a link for `words`; see `signed_links.sign`."""
    return signed_links.sign(site_of(session), purpose, words)
