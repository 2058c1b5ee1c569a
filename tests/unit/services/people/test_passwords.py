"""What nobody should choose as a password is refused, and everything else is taken as it is."""

import pytest

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services.people import passwords

OWN = ("Иван Петров", "ivan.petrov@zavod-ural.example", "Центр субконтрактации")


@pytest.mark.parametrize(
    "password",
    [
        "12345678901",
        "0987654321",
        "1111122222",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "qwertyuiop",
        "qwertyuiopasdf",
        "qazwsxedcrfv",
        "1q2w3e4r5t6y",
        "йцукенгшщз",
        "Password123!",
        "passwordpassword",
        "iloveyou2026",
        "ghbdtn12345",
        "пароль12345",
        "парольпароль",
        "наташа2026",
        "ivan.petrov1",
        "петров2026!",
        "zavod-ural1",
        "субконтрактация",
    ],
)
def test_easy_ones_are_refused(password: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        passwords.hashed(password, OWN)
    assert [problem.code for problem in refused.value.problems] == ["password.common"]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "очень длинный пароль",
        "тихая заводь у моста",
        "  with spaces  ",
        "ж" * 3 + "4Гд-кw9zq",
        "x8" + "Kq7vTn2L" * 15,
    ],
)
def test_others_are_taken_unchanged(password: str) -> None:
    made = passwords.hashed(password, OWN)
    assert passwords.verify(made, password)
    assert not passwords.verify(made, password.strip() + "!")
    assert not passwords.verify(made, password[:-1])


@pytest.mark.parametrize(("length", "code"), [(9, "password.too_short"), (129, "password.too_long")])
def test_the_length_is_told(length: int, code: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        passwords.hashed("kq7vtn2lx4"[:9] + "x9" * 60 if length > 100 else "kq7vtn2lx4"[:length])
    assert [problem.code for problem in refused.value.problems] == [code]


def test_the_list_is_long_and_knows_russian() -> None:
    assert len(passwords.common()) >= 10_000
    assert {"пароль", "ghbdtn", "qwertyuiop", "наташа"} <= passwords.common()


def test_nobody_waits_for_ever_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    from matchmaker.domain.errors import Busy

    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    taken = 0
    while passwords._TURNS.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(Busy):
            passwords.verify(None, "any password")
    finally:
        for _ in range(taken):
            passwords._TURNS.release()
    assert taken >= 2
