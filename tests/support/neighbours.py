"""Installations beside each other, each with a database, a data folder and a key of its own, that exchange bundles as bytes."""

import base64
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from matchmaker.domain.lifecycle import NeedState, ProfileState
from matchmaker.domain.records import NeedRecord, SupplierRecord
from matchmaker.models import Need, Organisation, Profile, Session
from matchmaker.models.database import Sessions, make_sessions
from matchmaker.services.bundles import bundle_keys, neighbours, outgoing_bundles, taken_bundles
from matchmaker.services.bundles.bundle_keys import BundleKey
from matchmaker.services.bundles.taken_bundles import BundleOffice, TakenBundle
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.profiles import suppliers
from tests.support.fakes import FakeRecogniser

REASON = "need-withdrawn"


@dataclass
class Installation:
    """An installation of a centre; `name` is its own word for itself, and that of its neighbours."""

    name: str
    folder: Path
    sessions: Sessions

    @classmethod
    def made(cls, name: str, migrated: Path, folder: Path) -> "Installation":
        """One with an empty database, its key made."""
        folder.mkdir(parents=True)
        shutil.copy(migrated, folder / "database.sqlite3")
        made = cls(name, folder, make_sessions(f"sqlite:///{folder / 'database.sqlite3'}"))
        with made.sessions.begin() as session:
            bundle_keys.make(session, folder, needs.centre_of(session, "centre"), by="test")
        return made

    @property
    def key(self) -> BundleKey:
        with self.sessions() as session:
            return bundle_keys.demanded(session, self.folder)

    def office(self, session: Session) -> BundleOffice:
        return BundleOffice(needs.centre_of(session, "centre"), self.key, FakeRecogniser(), REASON)

    def trusts(self, other: "Installation", level: str = "open") -> None:
        self.trusts_key(other.name, other.key, level)

    def trusts_key(self, name: str, key: BundleKey, level: str = "open") -> None:
        """Have the owner of a key on the list."""
        fingerprint = bundle_keys.grouped(key.fingerprint)
        given = {"name": name, "key": key.public, "fingerprint": fingerprint, "level": level}
        with self.sessions.begin() as session:
            neighbours.add(session, given, self.key, needs.centre_of(session, "centre"), by="test")

    def forgets(self, other: "Installation") -> None:
        with self.sessions.begin() as session:
            found = neighbours.by_key(session, other.key.fingerprint, locked=True)
            taken_bundles.remove(session, found, needs.centre_of(session, "centre"), REASON, by="test")

    def bundle(self, other: "Installation", days: int = 14) -> bytes:
        """A new bundle for a neighbour."""
        return self.bundle_for(other.key, days)

    def bundle_for(self, key: BundleKey, days: int = 14) -> bytes:
        with self.sessions.begin() as session:
            found = neighbours.by_key(session, key.fingerprint, locked=True)
            home = needs.centre_of(session, "centre")
            return outgoing_bundles.make(session, found, self.key, home, by="test", days=days)

    def takes(self, raw: bytes, at: datetime | None = None) -> TakenBundle:
        with self.sessions.begin() as session:
            return taken_bundles.take(session, raw, self.office(session), by="test", at=at)

    def keeps(self, *firms: SupplierRecord) -> None:
        """Have firms of its own, published."""
        with self.sessions.begin() as session:
            origin = RecordOrigin(needs.centre_of(session, "centre"), "file", "test")
            suppliers.save_many(session, firms, FakeRecogniser(), origin)

    def asks(
        self,
        record: NeedRecord,
        *,
        disclosure: str = "name-hidden",
        reach: str = "network",
        state: NeedState = NeedState.PUBLISHED,
        contractor: str = "",
    ) -> str:
        """Have a need of its own; its public id."""
        with self.sessions.begin() as session:
            centre = needs.centre_of(session, "centre")
            firm = (
                Organisation(centre_id=centre.id, name_ru=contractor, is_contractor=True)
                if contractor
                else None
            )
            if firm is not None:
                session.add(firm)
                session.flush()
            how = NeedPosting(contractor=firm, reach=reach, disclosure=disclosure, state=state)
            return needs.post(session, record, centre=centre, by="test", posting=how).public_id

    def closes(self, key: str) -> None:
        with self.sessions.begin() as session:
            needs.move(session, needs.by_key(session, key), NeedState.CLOSED, by="test", reason="x")

    def shown(self, *, neighbours_too: bool = True) -> list[SupplierRecord]:
        """The suppliers that are published here."""
        with self.sessions() as session:
            own = () if neighbours_too else (suppliers.of_own_centres(),)
            query = suppliers.with_firm().where(Profile.state == ProfileState.PUBLISHED, *own)
            return [suppliers.record(one) for one in suppliers.whole(session, query.order_by(Profile.id))]

    def needs(self) -> Sequence[Need]:
        with self.sessions() as session:
            return session.scalars(select(Need).order_by(Need.id)).all()

    def close(self) -> None:
        self.sessions.engine.dispose()


@dataclass
class Neighbourhood:
    """Two installations that know each other, and a hostile one that the second knows too."""

    north: Installation
    south: Installation
    hostile: Installation


def read_key(folder: Path) -> BundleKey:
    """The key in a data folder, for who has got hold of it."""
    kept = base64.b64decode(bundle_keys.path_in(folder).read_text())
    return BundleKey(Ed25519PrivateKey.from_private_bytes(kept))
