"""The key pair by which an installation signs its bundles, and the fingerprints by which people compare keys.

The private key is a file of the data folder, made once, when a person asks for it; the database knows its fingerprint. A lost
key is told and never made anew by itself, since every neighbour has confirmed the old one.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotNow, StartRefused
from matchmaker.domain.language import N_
from matchmaker.models import Centre, Installation
from matchmaker.services.core import journal, written_once

_FILE = "bundle_key"
_DIGITS = 40  # of a fingerprint: 160 bits

_NO_KEY = N_(
    "This installation has no key yet: make it first, with the button of the page of neighbour centres or with matchmaker bundle keys "
    "--make, then give its public part to the neighbour."
)
_LOST = N_(
    "The key that signs bundles, %(file)s, is gone, and neighbours have confirmed it; no new one was made. Put the file back from "
    "a backup (it is a ZIP, and the key stands in it as data/bundle_key). If nobody has it, run: matchmaker bundle keys --renew – "
    "every neighbour confirms the new fingerprint then."
)
_ANOTHER = N_(
    "The key that signs bundles, %(file)s, is damaged or not the one of this installation. Put the right file back from a backup "
    "(it is a ZIP, and the key stands in it as data/bundle_key). If nobody has it, run: matchmaker bundle keys --renew – every "
    "neighbour confirms the new fingerprint then."
)


@dataclass(frozen=True, slots=True)
class BundleKey:
    """The key pair of this installation."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key: 32 bytes as base64, to be given to neighbours."""
        return base64.b64encode(self.private.public_key().public_bytes_raw()).decode()

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.public)


def path_in(folder: Path) -> Path:
    """The file in which a data folder keeps the private key."""
    return folder / _FILE


def fingerprint_of(public: str) -> str:
    """The first 160 bits of the SHA-256 of a public key, as hexadecimal digits."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:_DIGITS]


def grouped(fingerprint: str) -> str:
    """A fingerprint as people read it out: ten groups of four."""
    return " ".join(fingerprint[place : place + 4] for place in range(0, _DIGITS, 4)).upper()


def typed_fingerprint(words: str) -> str:
    """A fingerprint from what somebody typed, in groups or not; "" where that is none."""
    digits = re.sub(r"[\s:–-]", "", words).casefold()
    return digits if re.fullmatch(f"[0-9a-f]{{{_DIGITS}}}", digits) else ""


def public_key(words: str) -> str:
    """A public key from what somebody pasted; "" where that is none."""
    try:
        raw = base64.b64decode("".join(words.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return base64.b64encode(raw).decode() if len(raw) == 32 else ""


def is_signed(public: str, signature: bytes, content: bytes) -> bool:
    """Whether the owner of a public key has signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def found(session: Session, folder: Path) -> BundleKey | None:
    """The key of this installation; None where none was ever made. Raises StartRefused for one that is lost or another."""
    known = session.scalar(select(Installation.bundle_key))
    if known is None:
        return None
    path = path_in(folder)
    kept = written_once.read(path)
    if kept is None:
        raise StartRefused(_LOST, file=path)
    key = _read(kept)
    if key is None or key.fingerprint != known:
        raise StartRefused(_ANOTHER, file=path)
    return key


def demanded(session: Session, folder: Path) -> BundleKey:
    """The key of this installation. Raises NotNow where none was ever made, StartRefused as `found`."""
    there = found(session, folder)
    if there is None:
        raise NotNow(_NO_KEY)
    return there


def make(session: Session, folder: Path, centre: Centre, *, by: str) -> BundleKey:
    """The key of this installation, made where none ever was. Raises StartRefused as `found`."""
    there = found(session, folder)
    if there is not None:
        return there
    kept = _read(written_once.keep(path_in(folder), _made()))
    if kept is None:
        raise StartRefused(_ANOTHER, file=path_in(folder))
    return _noted(session, kept, centre, "bundle.key_made", by)


def renew(session: Session, folder: Path, centre: Centre, *, by: str) -> BundleKey:
    """Another key in place of one that was lost, or that others came to know. Raises NotNow where there never was one."""
    if session.scalar(select(Installation.bundle_key)) is None:
        raise NotNow(_NO_KEY)
    text = _made()
    written_once.change(path_in(folder), text)
    key = _read(text)
    assert key is not None
    return _noted(session, key, centre, "bundle.key_renewed", by)


def _noted(session: Session, key: BundleKey, centre: Centre, action: str, by: str) -> BundleKey:
    session.scalars(select(Installation)).one().bundle_key = key.fingerprint
    journal.note(session, by, action, centre, {"fingerprint": key.fingerprint})
    return key


def _made() -> str:
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def _read(text: str) -> BundleKey | None:
    try:
        return BundleKey(Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True)))
    except (binascii.Error, ValueError):
        return None
