"""Who is there in a centre: the people with logins, and what they work on; kept beside the centre's data."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Login:
    """A person with what it works on: its own needs, or the needs it is invited to, and the threads about them."""

    email: str
    needs: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()  # addresses
    key: str = ""  # of a program


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is there to play, and what everybody may look at."""

    buyers: tuple[Login, ...]
    shops: tuple[Login, ...]
    operators: tuple[Login, ...]
    suppliers: tuple[str, ...]  # profiles, some hundred of them
    needs: tuple[str, ...]  # that are open
    password: str

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Cast":
        held = json.loads(path.read_text(encoding="utf-8"))
        people = {
            role: tuple(
                Login(one["email"], tuple(one["needs"]), tuple(one["threads"]), one["key"])
                for one in held.pop(role)
            )
            for role in ("buyers", "shops", "operators")
        }
        return cls(
            suppliers=tuple(held["suppliers"]),
            needs=tuple(held["needs"]),
            password=held["password"],
            **people,
        )
