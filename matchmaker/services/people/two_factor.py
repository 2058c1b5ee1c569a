"""The second factor: time-based codes (RFC 6238, 30 seconds) and recovery codes, each usable once."""

import hashlib
import hmac
import secrets

import pyotp
import segno
from sqlalchemy.orm import Session

from matchmaker.models import User
from matchmaker.models.base import now
from matchmaker.services.core import journal

STEP_SECONDS = 30
_DRIFT = 1  # steps by which a telephone's clock may be wrong, as RFC 6238 advises
RECOVERY_CODES = 10


def new_secret() -> str:
    return pyotp.random_base32()


def picture(secret: str, email: str) -> str:
    """The QR code that an authenticator app reads, as an SVG data URI."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Matchmaker")
    uri: str = segno.make(address, error="m").svg_data_uri(scale=4, border=2)
    return uri


def _step(secret: str, code: str, after: int | None) -> int | None:
    """The time step of a code, unless the code was used already."""
    digits = "".join(code.split())
    present = int(now().timestamp()) // STEP_SECONDS
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        right = hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP_SECONDS).encode(), digits.encode())
        if right and (after is None or step > after):
            return step
    return None


def enrol(session: Session, user: User, secret: str, code: str) -> list[str] | None:
    """Turn the second factor on with the first code; the recovery codes, shown only now, or None for a wrong
    code.
    """
    step = _step(secret, code, None)
    if step is None:
        return None
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    user.totp_secret, user.totp_step = secret, step
    user.recovery_codes = {"hashes": [_hash(one) for one in codes]}
    journal.note(session, user.public_id, "user.second_factor_on", user)
    return codes


def accepts(session: Session, user: User, code: str) -> bool:
    """Whether a code of the app or a recovery code is right; either is then used up."""
    step = _step(user.totp_secret, code, user.totp_step) if user.totp_secret else None
    if step is not None:
        user.totp_step = step
        return True
    return _use_recovery(session, user, code)


def _use_recovery(session: Session, user: User, code: str) -> bool:
    held = list((user.recovery_codes or {}).get("hashes", ()))
    mark = _hash("".join(code.split()).replace("-", "").lower())
    if mark not in held:
        return False
    held.remove(mark)
    user.recovery_codes = {"hashes": held}
    journal.note(session, user.public_id, "user.recovery_code", user, {"left": len(held)})
    return True


def turn_off(session: Session, user: User) -> None:
    user.totp_secret, user.totp_step, user.recovery_codes = None, None, {}
    journal.note(session, user.public_id, "user.second_factor_off", user)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
