"""The values that people send: read as UTF-8 or refused, seen as they will be stored, each given once.

Every form and every query passes here before a view reads it, so that no view meets what cannot be stored.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Flask, Request, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

from matchmaker.domain import typed_text
from matchmaker.domain.errors import InvalidRecord, Problem, TextRefused
from matchmaker.domain.language import N_
from matchmaker.web.kit.context import PROGRAMS

_FIELDS, _FILES = "application/x-www-form-urlencoded", "multipart/form-data"
_UTF_8 = {"", "utf-8", "utf8", "us-ascii"}
LARGEST_VALUE = 500_000  # bytes; the longest text that a page takes is a pasted list
MOST_VALUES = 1_000  # of a form
# A need has up to 500 positions: a quote has up to four values for each of them, an award one for each of them and each of up to
# fifty quotes.
MOST_OF_FORMS = {
    "awarding.award": 25_500,
    "letter_quotes.own": 2_500,
    "quotes.behalf": 2_500,
    "quotes.own": 2_500,
}
# Names that a page reads as a list; every other name may be given once.
SEVERAL = {
    "centre",
    "choose",
    "column",
    "drop",
    "ease",
    "events",
    "field",
    "file",
    "firm",
    "match",
    "need",
    "parts",
    "size",
    "shown",
    "special",
    "take",
}
# Pages that a neighbour's program sends bytes to, and nobody a form.
_OF_BYTES = {"bundle_doors.pull", "bundle_doors.push"}
_AS_TYPED = {"password", "current"}  # a secret is not changed


class SentValues(ImmutableMultiDict[str, Any]):
    """The values of a form or a query; a name that is read as one value has one."""

    def __getitem__(self, name: str) -> Any:
        if len(self.getlist(name)) > 1:
            raise _repeated(name)
        return super().__getitem__(name)


class _Parser(FormDataParser):
    """The parser of forms: the values as they will be stored, and the names of those that cannot be."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        if mimetype == _FIELDS:
            return stream, self.cls(self._cleaned(self._decoded(stream.read()))), self.cls()
        read, form, files = super().parse(stream, mimetype, content_length, options)
        if None in form or None in files:
            problem = Problem("record", "field.nameless", N_("A part of the form has no name."))
            raise TextRefused(problem)
        for file in files.values():
            file.filename = typed_text.CONTROL.sub("", typed_text.as_seen(file.filename or ""))
        return read, self.cls(self._cleaned(form.items(multi=True))), files

    def _decoded(self, body: bytes) -> list[tuple[str, str]]:
        try:
            return parse_qsl(
                body.decode(), keep_blank_values=True, errors="strict", max_num_fields=self.max_form_parts
            )
        except UnicodeDecodeError as error:
            problem = Problem("record", "text.encoding", N_("The form holds bytes that are no UTF-8."))
            raise TextRefused(problem) from error
        except ValueError as error:
            raise RequestEntityTooLarge from error

    def _cleaned(self, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for name, value in pairs:
            if len(value) > LARGEST_VALUE // 4 and len(value.encode()) > LARGEST_VALUE:
                raise RequestEntityTooLarge
            if typed_text.CONTROL.search(name + value):
                g.setdefault("unstorable", []).append(name)
            if name in _AS_TYPED:
                yield name, value
            else:
                yield name, typed_text.CONTROL.sub("", typed_text.as_seen(value))


class SiteRequest(Request):
    """A request whose form and query hold what was sent as it will be stored."""

    form_data_parser_class = _Parser
    parameter_storage_class = SentValues

    @property  # type: ignore[misc]
    def max_form_parts(self) -> int:  # type: ignore[override]
        return MOST_OF_FORMS.get(self.endpoint or "", MOST_VALUES)

    @cached_property
    def args(self) -> SentValues:
        query = parse_qsl(self.query_string.decode("utf-8", "replace"), keep_blank_values=True)
        return SentValues([(name, typed_text.as_seen(value)) for name, value in query])


def register(app: Flask) -> None:
    """Look at what was sent before anything else reads it."""
    app.request_class = SiteRequest
    app.before_request(_look)


def _look() -> None:
    if _has_body():
        if request.mimetype_params.get("charset", "").lower() not in _UTF_8:
            raise UnsupportedMediaType
        takes_forms = not request.path.startswith(PROGRAMS) and request.endpoint not in _OF_BYTES
        if request.mimetype not in {_FIELDS, _FILES} and takes_forms:
            raise UnsupportedMediaType
    for values in (request.args, request.form):
        for name, given in values.lists():
            if len(given) > 1 and name not in SEVERAL:
                raise _repeated(name)
    if unstorable := g.get("unstorable"):
        text = N_("Characters that cannot be stored were taken out. Look at the text and send it again.")
        raise InvalidRecord(tuple(Problem(name[:80], "text.control", text) for name in unstorable))


def _has_body() -> bool:
    return bool(request.content_length) or request.headers.get("Transfer-Encoding", "") != ""


def _repeated(name: str) -> TextRefused:
    text = N_("“%(name)s” is given more than once; give it once.")
    return TextRefused(Problem(name[:80], "key.repeated", text, params={"name": name[:80]}))
