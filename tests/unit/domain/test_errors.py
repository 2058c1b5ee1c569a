import inspect
import re
from collections.abc import Iterator

from matchmaker.domain import errors
from matchmaker.domain.errors import MatchmakerError

_LINE = re.compile(r"(?P<before>[│├└─ ]*)(?P<name>[A-Z]\w+)(?: {2,}(?P<words>\S.*))?")
# Headers, statuses and methods are the web's.
_OF_THE_WEB = re.compile(r"HTTP|\bheader|If-Match|ETag|\bstatus\b|\b(?:GET|POST|PUT)\b")


def _classes() -> list[type[MatchmakerError]]:
    found = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    kinds = [kind for kind in found if issubclass(kind, MatchmakerError)]
    return sorted(kinds, key=lambda kind: inspect.getsourcelines(kind)[1])


def _drawn() -> Iterator[tuple[str, str]]:
    """The errors of the drawing, each with the one above it."""
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        depth = len(found["before"]) // 4
        above[depth:] = [found["name"]]
        assert found["words"] or depth == 0, line
        yield found["name"], above[depth - 1] if depth else "Exception"


def test_the_drawing_is_the_tree() -> None:
    assert list(_drawn()) == [(kind.__name__, kind.__bases__[0].__name__) for kind in _classes()]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in _classes()]
    assert len(set(codes)) == len(codes)


def test_no_error_speaks_of_requests() -> None:
    assert [kind.message for kind in _classes() if _OF_THE_WEB.search(kind.message)] == []
