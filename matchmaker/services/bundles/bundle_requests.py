"""Bundles over the network: what a neighbour asks for is signed by its key, what it sends is a bundle, which is signed itself.

A request to pull names who asks, who is asked and when, to the microsecond; the same or an older one is refused, so that who has overheard one
gets nothing for it.
"""

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from datetime import UTC, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import FileRefused, Forbidden, InvalidRecord
from matchmaker.domain.language import N_
from matchmaker.domain.records import Record, parse
from matchmaker.models import Centre, Neighbour
from matchmaker.models.base import now
from matchmaker.services.bundles import (
    bundle_format,
    bundle_keys,
    neighbours,
    outgoing_bundles,
    taken_bundles,
)
from matchmaker.services.bundles.bundle_format import LARGEST, Fingerprint
from matchmaker.services.bundles.bundle_keys import BundleKey
from matchmaker.services.bundles.taken_bundles import BundleOffice, TakenBundle
from matchmaker.services.core import outside, urls
from matchmaker.services.core.outside import OutsideAnswer
from matchmaker.services.mail import letters

LONGEST_REQUEST = 2_000  # bytes
_SIGNED = b"matchmaker pull 1\n"
_AWAY = timedelta(minutes=5)  # how far two clocks may be apart
_SECONDS = 30.0
_EVERY = timedelta(hours=6)  # between two pulls by the worker

_STRANGER = N_(
    "Only a neighbour on the list may ask for a bundle, by a fresh request that its key has signed."
)
_NOT_REACHED = N_(
    "The neighbour's site could not be reached: %(reason)s. Try again later, or ask for the bundle as a file."
)
_SAID = N_("The neighbour's site refused: %(reason)s")
_ANOTHERS = N_("The site gave a bundle of another installation than its own.")
_NO_ADDRESS = N_("There is no address of the neighbour's site: give one, or exchange files.")


class PullRequest(Record):
    """Who asks, who is asked, and when; the signature covers all three."""

    kind: Literal["pull"] = "pull"
    version: Literal[1] = 1
    issuer: Fingerprint
    audience: Fingerprint
    at: AwareDatetime
    signature: Annotated[str, StringConstraints(max_length=88)]

    @property
    def signed(self) -> bytes:
        return _SIGNED + f"{self.issuer}\n{self.audience}\n{self.at.astimezone(UTC).isoformat()}".encode()


def asked(own: BundleKey, audience: str) -> bytes:
    """A request for a bundle, signed by the own key."""
    bare = PullRequest(issuer=own.fingerprint, audience=audience, at=now(), signature="")
    signature = base64.b64encode(own.private.sign(bare.signed)).decode()
    return bare.model_copy(update={"signature": signature}).model_dump_json().encode()


def answered(session: Session, raw: bytes, own: BundleKey, home: Centre) -> bytes:
    """The bundle for a neighbour that asks for it. Raises Forbidden for everybody else, whatever is wrong."""
    neighbour = _authentic(session, raw, own)
    return outgoing_bundles.make(session, neighbour, own, home, by=f"neighbour {neighbour.fingerprint[:16]}")


def _authentic(session: Session, raw: bytes, own: BundleKey) -> Neighbour:
    try:
        request = parse(PullRequest, json.loads(raw[: LONGEST_REQUEST + 1]))
        signature = base64.b64decode(request.signature, validate=True)
    except (ValueError, TypeError, RecursionError, InvalidRecord, binascii.Error) as error:
        raise Forbidden(_STRANGER) from error
    neighbour = neighbours.by_fingerprint(session, request.issuer)
    if (
        neighbour is None
        or request.audience != own.fingerprint
        or abs(request.at - now()) > _AWAY
        or not bundle_keys.is_signed(neighbour.public_key, signature, request.signed)
        or (neighbour.asked_at is not None and request.at <= neighbour.asked_at)
    ):
        raise Forbidden(_STRANGER)
    neighbour.asked_at = request.at
    return neighbour


def pull(neighbour: Neighbour, own: BundleKey, allowed: Collection[str], language: str) -> bytes:
    """The bundle that a neighbour's site gives, as it came. Raises FileRefused with the reason."""
    return _send(neighbour, urls.pull_bundle(), asked(own, neighbour.fingerprint), allowed, language)


def take_pulled(session: Session, key: str, raw: bytes, office: BundleOffice, *, by: str) -> TakenBundle:
    """Take what the site of a neighbour (its public id) gave. Raises FileRefused, also for another one's bundle."""
    asked = neighbours.by_key(session, key, locked=True)
    if bundle_format.opened(raw).head.issuer != asked.fingerprint:
        raise FileRefused(_ANOTHERS)
    done = taken_bundles.take(session, raw, office, by=by)
    done.neighbour.pulled_at, done.neighbour.fault = now(), None
    return done


def note_fault(session: Session, key: str, error: FileRefused, language: str) -> None:
    """Keep what came in place of a bundle, for the page, in the language of the site."""
    asked = neighbours.by_key(session, key, locked=True)
    said = letters.words(language)(error.template) % error.params
    asked.pulled_at, asked.fault = now(), said[:300]


def push(neighbour: Neighbour, raw: bytes, allowed: Collection[str], language: str) -> None:
    """Send a bundle to a neighbour's site. Raises FileRefused with the reason."""
    _send(neighbour, urls.push_bundle(), raw, allowed, language)


def _send(neighbour: Neighbour, path: str, body: bytes, allowed: Collection[str], language: str) -> bytes:
    if not neighbour.address:
        raise FileRefused(_NO_ADDRESS)
    headers = {"Content-Type": bundle_format.MEDIA_TYPE, "Accept-Language": language}
    address = neighbour.address.rstrip("/") + path
    answer = outside.post(address, body, headers, allowed, seconds=_SECONDS, largest=LARGEST)
    if answer.status is None:
        raise FileRefused(_NOT_REACHED, reason=answer.fault)
    if answer.status != 200:
        raise FileRefused(_SAID, reason=_words(answer))
    return answer.content


def _words(answer: OutsideAnswer) -> str:
    """What a neighbour says of a refusal, as far as it is plain text."""
    said = " ".join(answer.content[:500].decode("utf-8", "replace").split())
    return f"{answer.status}" + (f", {said}" if said and "<" not in said else "")


def due(session: Session) -> Sequence[Neighbour]:
    """The neighbours with an address that were not asked for some hours."""
    waited = or_(Neighbour.pulled_at.is_(None), Neighbour.pulled_at <= now() - _EVERY)
    query = select(Neighbour).where(Neighbour.ended_at.is_(None), Neighbour.address.is_not(None), waited)
    return session.scalars(query.order_by(Neighbour.id)).all()
