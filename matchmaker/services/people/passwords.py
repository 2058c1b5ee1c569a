"""Passwords: those that nobody should choose, and the hashes of the others.

Refused is what leaks show most often, what a finger walks on a keyboard, what repeats itself, and what is made of the
person's own name, address and centre.
"""

import os
import re
import secrets
import string
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from matchmaker import resources
from matchmaker.domain.errors import Busy, InvalidRecord, Problem
from matchmaker.domain.language import N_

SHORTEST, LONGEST = 10, 128
# Argon2id with 19 MiB and two passes: the least that OWASP recommends, about 20 ms, so that logins cannot exhaust memory.
_MEMORY_KIB, _PASSES = 19 * 1024, 2
# Hashes at once in a process: more would only make each slower, and the pages beside them too.
_TURNS = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_PATIENCE = 5.0  # seconds to wait for a turn

# A password must hold so many characters that are neither a common word, nor an own one, nor a walk.
_LEAST_OWN = 6
_LEAST_WORD = 4  # shorter words of a person's name occur in other words
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_LAYOUTS = (str.maketrans(_RUSSIAN, _LATIN), str.maketrans(_LATIN, _RUSSIAN))
_ROWS = (
    "1234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "qazwsxedcrfvtgbyhnujmik,ol.p;/",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "йфяцычувскамепинртгоьшлбщдюзж",
    "1йфя2цыч3увс4кам5епи6нрт7гоь8шлб9щдю0зж",
    "1q2w3e4r5t6y7u8i9o0p",
    "1й2ц3у4к5е6н7г8ш9щ0з",
)
_WORDS = re.compile(r"[^\W_]+")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)


@contextmanager
def _turn() -> Iterator[PasswordHasher]:
    """The hasher, for so many threads at once as there are processors. Raises Busy."""
    if not _TURNS.acquire(timeout=_PATIENCE):
        raise Busy
    try:
        yield _hasher()
    finally:
        _TURNS.release()


@cache
def _nobody() -> str:
    """The hash that a password for an unknown address is checked against, so that both checks take the same
    time.
    """
    return _hasher().hash(secrets.token_hex(16))


@cache
def common() -> frozenset[str]:
    """The common passwords and words, in small letters."""
    folder = resources.folder("config") / "passwords"
    files = (folder / name for name in ("common.txt", "russian.txt"))
    return frozenset(line for path in files for line in path.read_text(encoding="utf-8").split())


def hashed(password: str, own: Iterable[str] = ()) -> str:
    """The hash of a new password; `own` are the names and addresses of the person and of the centre. Raises
    InvalidRecord.
    """
    demand(password, own)
    with _turn() as hasher:
        return hasher.hash(password)


def demand(password: str, own: Iterable[str] = ()) -> None:
    """Raise InvalidRecord for a password that nobody should choose."""
    limits = {"least": SHORTEST, "most": LONGEST}
    check_length(password)
    if len(password) < SHORTEST:
        message = N_("The password is too short: at least %(least)s characters.")
        raise InvalidRecord((Problem("password", "password.too_short", message, params=limits),))
    if is_weak(password, own):
        message = N_(
            "This password is easy to guess: it is a common one, a row of keys, or made of your own name or address. "
            "Take three or four words that have nothing to do with each other."
        )
        raise InvalidRecord((Problem("password", "password.common", message),))


def check_length(password: str) -> None:
    """Raise InvalidRecord for a password that is longer than any can be, before anybody works on it."""
    if len(password) > LONGEST:
        message = N_("The password is too long: at most %(most)s characters.")
        raise InvalidRecord((Problem("password", "password.too_long", message, params={"most": LONGEST}),))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; the same work is done where there is no hash. Raises InvalidRecord, Busy."""
    check_length(password)
    with _turn() as hasher:
        try:
            right = bool(hasher.verify(password_hash or _nobody(), password))
        except (Argon2Error, InvalidHashError):
            return False
    return right and password_hash is not None


def renewed(password_hash: str, password: str) -> str | None:
    """The hash of a right password by the present parameters, where the stored one has others."""
    if not _hasher().check_needs_rehash(password_hash):
        return None
    with _turn() as hasher:
        return hasher.hash(password)


def is_weak(password: str, own: Iterable[str] = ()) -> bool:
    """Whether a guesser would try this password early."""
    folded = _once(password.casefold())
    spellings = {folded, *(folded.translate(layout) for layout in _LAYOUTS)}
    if spellings & common():
        return True
    words = (word for text in own for word in _WORDS.findall(text.casefold()) if len(word) >= _LEAST_WORD)
    stems = {word[: max(_LEAST_WORD, len(word) - 1)] for word in words}  # the last letter is often an ending
    return any(len(_without_words(one, stems)) < _LEAST_OWN for one in spellings)


def _once(text: str) -> str:
    """The part of which the text is a repetition, else the text itself."""
    period = (text + text).find(text, 1)
    return text[:period] if period else text


def _without_words(text: str, own: set[str]) -> str:
    """What is left of a password without the person's words, a common word between figures and signs, and walks."""
    core = text.strip(string.digits + string.punctuation + " ")
    if len(core) >= _LEAST_WORD and core in common():
        text = text.replace(core, " ", 1)
    for word in sorted(own, key=len, reverse=True):
        text = text.replace(word, " ")
    return "".join(_unwalked(part) for part in text.split(" "))


def _unwalked(text: str) -> str:
    """The text with each walk of three keys or more, along a row, down columns or on one key, as one character."""
    kept, at = [], 0
    while at < len(text):
        end = max(_walk(text, at, step) for step in (-1, 0, 1))
        kept.append(text[at])
        at = end if end - at > 2 else at + 1
    return "".join(kept)


def _walk(text: str, at: int, step: int) -> int:
    """The end of the longest walk that begins here: along one row, from its end to its begin, by this step."""
    best = at + 1
    for row in _ROWS:
        end = at + 1
        while (
            end < len(text)
            and text[end - 1] in row
            and row[(row.index(text[end - 1]) + step) % len(row)] == text[end]
        ):
            end += 1
        best = max(best, end)
    return best
