"""The writing of a centre's suppliers, needs and outcomes in the exchange format."""

import json
from collections.abc import Iterator

from sqlalchemy.orm import Session

from matchmaker.domain.records import Record, to_data
from matchmaker.models import Decision
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import outcomes


def records(session: Session) -> Iterator[Record]:
    """All records that an import can read back: suppliers, then needs, then outcomes, each in the order of
    their creation. Firms and needs that neighbour installations sent are theirs to export.
    """
    said_here = needs.of_own_centres()
    own = suppliers.of_own_centres()
    yield from map(suppliers.record, suppliers.every(session, published=False, where=(own,)))
    yield from (needs.record(need) for need in needs.every(session, where=(said_here,)))
    yield from outcomes.every(session, where=(Decision.need.has(said_here),))


def line(record: Record) -> str:
    """A record as one line of JSON, in the file's own letters, without empty keys."""
    data = {key: value for key, value in to_data(record).items() if value not in ([], {})}
    return json.dumps(data, ensure_ascii=False)
