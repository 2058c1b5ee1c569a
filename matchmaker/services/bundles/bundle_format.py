"""The file of a bundle: lines of JSON, the first tells whose it is and for whom, the last one is the signature of all before it.

Between them stand records of the exchange format, one a line. Nothing of a file is believed before its signature was checked
with a key that a person has confirmed.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from matchmaker.domain.errors import FileRefused, FileTooLarge, InvalidRecord
from matchmaker.domain.language import N_
from matchmaker.domain.records import Code, NeedRecord, Record, SupplierRecord, parse, to_data
from matchmaker.services.bundles import bundle_keys, disclosure
from matchmaker.services.bundles.bundle_keys import BundleKey

LARGEST = 20_000_000  # bytes
MOST_DAYS = 92  # between the day of issue and the end
_AHEAD = timedelta(hours=1)  # how much the neighbour's clock may be ahead
_SIGNED = b"matchmaker bundle 1\n"  # a signature for another purpose is none for a bundle
_KINDS: Mapping[Any, type[Record]] = {"supplier": SupplierRecord, "need": NeedRecord}
MEDIA_TYPE, SUFFIX = "application/x-ndjson", ".bundle.jsonl"

_WRONG = N_("This file is no bundle of this version: %(reason)s. Ask the neighbour to make it anew.")
_ALTERED = N_(
    "The signature does not fit: the file was altered on its way, or another key signed it. Nothing of it was taken; ask the neighbour to "
    "send it again."
)
_TOO_LARGE = N_("The bundle is larger than %(most)s MB.")

Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
Moment = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class WithdrawnRecord(Record):
    """A record of an earlier bundle that is not to be used any more."""

    kind: Literal["supplier", "need"]
    id: Code


class BundleHead(Record):
    """Whose bundle it is, for whom, its number, how long it holds, and what it takes back. `serial` rises with every bundle."""

    kind: Literal["bundle"] = "bundle"
    version: Literal[1] = 1
    issuer: Fingerprint
    audience: Fingerprint
    serial: Annotated[int, Field(ge=1, lt=2**53)]
    issued: Moment
    expires: Moment
    level: Literal["nameless", "open"]
    records: Annotated[int, Field(ge=0, le=1_000_000)]
    withdrawn: tuple[WithdrawnRecord, ...] = Field((), max_length=100_000)


@dataclass(frozen=True, slots=True)
class OpenedBundle:
    """A bundle as it came: its head may be looked at to find the key, the rest is read after the signature was checked."""

    head: BundleHead
    lines: Sequence[bytes]
    signature: bytes
    signed: bytes

    def demand_signed(self, public: str) -> None:
        """Raise FileRefused unless the owner of the public key has signed every byte."""
        if not bundle_keys.is_signed(public, self.signature, _SIGNED + self.signed):
            raise FileRefused(_ALTERED)

    def demand_in_time(self, at: datetime) -> None:
        """Raise FileRefused for a bundle that has expired, was issued in the future, or holds for too long."""
        head = self.head
        if head.expires <= at:
            message = N_("The bundle held until %(day)s: ask the neighbour for a new one.")
            raise FileRefused(message, day=f"{head.expires:%Y-%m-%d %H:%M} UTC")
        if head.issued > at + _AHEAD:
            message = N_(
                "The bundle was issued on %(day)s, which is yet to come: one of the two clocks is wrong."
            )
            raise FileRefused(message, day=f"{head.issued:%Y-%m-%d %H:%M} UTC")
        if head.expires - head.issued > timedelta(days=MOST_DAYS) or head.expires <= head.issued:
            raise _wrong("expires")

    def records(self) -> list[SupplierRecord | NeedRecord]:
        """All records. Raises FileRefused for one that is none, that stands twice, or that a bundle of this level may not hold."""
        found: dict[tuple[str, str], SupplierRecord | NeedRecord] = {}
        for number, line in enumerate(self.lines, 2):
            record = _record(number, line)
            if (key := disclosure.forbidden(record, self.head.level)) is not None:
                raise _wrong(f"{number}: {key}")
            if (record.kind, record.id) in found:
                raise _wrong(f"{number}: id")
            found[record.kind, record.id] = record
        if len(found) != self.head.records:
            raise _wrong("records")
        if any((one.kind, one.id) in found for one in self.head.withdrawn):
            raise _wrong("withdrawn")
        return list(found.values())


def sealed(head: BundleHead, records: Iterable[Record], key: BundleKey) -> bytes:
    """The bytes of a bundle, signed. Raises FileTooLarge."""
    lines = [_line(to_data(head)), *(_line(to_data(record)) for record in records)]
    signed = b"".join(lines)
    raw = signed + _signature_line(key.private.sign(_SIGNED + signed))
    if len(raw) > LARGEST:
        raise FileTooLarge(_TOO_LARGE, most=LARGEST // 1_000_000)
    return raw


def opened(raw: bytes) -> OpenedBundle:
    """The parts of a file, none of them believed yet. Raises FileRefused, FileTooLarge."""
    if len(raw) > LARGEST:
        raise FileTooLarge(_TOO_LARGE, most=LARGEST // 1_000_000)
    lines = [line + b"\n" for line in raw.removesuffix(b"\n").split(b"\n")] if raw.endswith(b"\n") else []
    if len(lines) < 2:
        raise _wrong("signature")
    signature = _signature(lines[-1])
    try:
        head = parse(BundleHead, _json(lines[0], "bundle"))
    except InvalidRecord as error:
        raise _wrong(error.problems[0].path) from error
    return OpenedBundle(head, lines[1:-1], signature, b"".join(lines[:-1]))


def _signature(line: bytes) -> bytes:
    """The signature of the last line, which has one form alone, so that no byte of a file may be another."""
    try:
        signature = base64.b64decode(str(_json(line, "signature").get("ed25519")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong("signature") from error
    if line != _signature_line(signature):
        raise _wrong("signature")
    return signature


def _signature_line(signature: bytes) -> bytes:
    return _line({"kind": "signature", "ed25519": base64.b64encode(signature).decode()})


def _record(number: int, line: bytes) -> SupplierRecord | NeedRecord:
    data = _json(line, str(number))
    kind = data.get("kind")
    model = _KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise _wrong(f"{number}: kind")
    try:
        record = parse(model, data)
    except InvalidRecord as error:
        raise _wrong(f"{number}: {error.problems[0].path}") from error
    assert isinstance(record, SupplierRecord | NeedRecord)
    return record


def _json(line: bytes, place: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _wrong(place) from error
    if not isinstance(data, dict):
        raise _wrong(place)
    return data


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"


def _wrong(reason: str) -> FileRefused:
    return FileRefused(_WRONG, reason=reason)
