"""The forms of a page as a browser would send them: hidden values, typed ones, and those that the page shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageForm:
    """A form with the values it would send, and its buttons by name and value."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def has(self, name: str, value: str) -> bool:
        """Whether it has this button."""
        return (name, value) in self.buttons


class _Reader(HTMLParser):
    """The reader of a page's forms; of a field without a value, and of ticks that are not set, nothing is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._open: PageForm | None = None
        self._area, self._choice = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = PageForm(given.get("action", ""))
            self.forms.append(self._open)
        if self._open is None:
            return
        name = given.get("name", "")
        if tag == "input" and name and (_is_typed(given) or "checked" in given):
            self._open.fields[name] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            self._open.fields[name] = ""
        elif tag == "select":
            self._choice = name
        elif tag == "option" and ("selected" in given or self._choice not in self._open.fields):
            self._open.fields[self._choice] = given.get("value", "")
        elif tag == "button" and name:
            self._open.buttons.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.fields[self._area] += data.removeprefix("\n")


def _is_typed(given: dict[str, str]) -> bool:
    return given.get("type", "text") not in {"checkbox", "radio", "file", "submit", "button"}


def forms_of(page: str) -> Iterator[PageForm]:
    reader = _Reader()
    reader.feed(page)
    yield from reader.forms


def form_to(
    page: str, action: str = "", *, field: str = "", button: tuple[str, str] = ("", "")
) -> PageForm | None:
    """The first form of a page whose address ends so and that has this field, or this button."""
    for one in forms_of(page):
        if (
            one.action.endswith(action)
            and (not field or field in one.fields)
            and (not button[0] or one.has(*button))
        ):
            return one
    return None
