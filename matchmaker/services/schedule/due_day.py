"""What the duties of a day share: the day itself, and that each letter is posted once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from matchmaker.models import Need
from matchmaker.services.core import signed_links
from matchmaker.services.core.site import site_of

# A letter that a worker missed for longer than this is no longer posted.
PATIENCE = timedelta(days=14)
Openings = Callable[[Session, str], Iterable[Need]]
Word = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class DueDay:
    """What the duties of a day work with: `openings` are the open needs that fit a profile, best first, `word` turns a
    reason's code into a language, `reasons` are the codes of those given where nobody chose one, by the state of a need.
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
    """Whether this is posted for the first time; it is marked as posted."""
    return signed_links.first(session, "letter", " ".join(map(str, key)))


def signed(session: Session, purpose: str, words: Sequence[str]) -> str:
    """The token of a link for `words`; see `signed_links.sign`."""
    return signed_links.sign(site_of(session), purpose, words)
