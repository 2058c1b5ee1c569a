"""The key pair of an installation: made once when asked for, told when it is lost, never remade by itself."""

import stat

import pytest

from matchmaker.domain.errors import NotNow, StartRefused
from matchmaker.services.bundles import bundle_keys
from matchmaker.services.needs import needs
from tests.support.neighbours import Neighbourhood


def test_a_lost_or_another_key_is_told_and_renewed_only_when_asked(around: Neighbourhood) -> None:
    one = around.north
    path, before = bundle_keys.path_in(one.folder), one.key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = path.read_text()
    for spoil in (path.unlink, lambda: path.write_text("short"), lambda: path.write_text(_another(around))):
        spoil()
        with one.sessions.begin() as session:
            centre = needs.centre_of(session, "centre")
            for asked in (bundle_keys.demanded, lambda s, f, c=centre: bundle_keys.make(s, f, c, by="test")):
                with pytest.raises(StartRefused, match="bundle keys --renew"):
                    asked(session, one.folder)  # type: ignore[operator]
        path.write_text(kept)
    assert one.key.fingerprint == before.fingerprint
    with one.sessions.begin() as session:
        bundle_keys.renew(session, one.folder, needs.centre_of(session, "centre"), by="test")
    assert one.key.fingerprint != before.fingerprint


def _another(around: Neighbourhood) -> str:
    return bundle_keys.path_in(around.south.folder).read_text()


def test_there_is_no_key_before_somebody_makes_one(around: Neighbourhood) -> None:
    from sqlalchemy import update

    from matchmaker.models import Installation

    with around.north.sessions.begin() as session:
        session.execute(update(Installation).values(bundle_key=None))
        with pytest.raises(NotNow):
            bundle_keys.demanded(session, around.north.folder)
        made = bundle_keys.make(session, around.north.folder, needs.centre_of(session, "centre"), by="test")
    assert made.fingerprint == around.north.key.fingerprint  # the file that was there is kept
