"""`matchmaker mcp`: tools for an agent by the Model Context Protocol, over standard input and output.

Each tool asks the site with a person's key, over the interface for programs, and answers in plain JSON. No tool publishes, invites,
awards or changes what stands: whatever a key may beyond that, no tool asks for.
"""

import functools
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote, urlsplit

import click
from pydantic import Field

from matchmaker import __version__
from matchmaker.cli import read
from matchmaker.client import ApiProblem, Client, ClientAnswer

if TYPE_CHECKING:
    from mcp.server import MCPServer

LONGEST_WAIT = 1.0  # seconds between two tries: an agent is told soon that a site is busy or away
ABOUT = """Matchmaking for subcontracting: find suppliers for work told in words, explain how each stands to every condition, \
read needs and profiles, draft a need. What is unknown is not declared by the supplier: ask, do not guess. A draft is \
handed to the centre, published and awarded by people on the site alone."""
MOST_SUPPLIERS = 50  # of one answer: what an agent can weigh
LARGEST_PART = 100  # entries of a list that the site gives at once
# How a requirement stands, in the three words that an agent decides by.
STANDING = {
    "met": "match",
    "near": "match",
    "unmet": "conflict",
    "unknown": "unknown",
    "mentioned": "unknown",
    "guessed": "unknown",
}

Text = Annotated[
    str, Field(description="what is needed, in words, Russian or English; up to 1,000 characters")
]
Process = Annotated[str, Field(description="code of a process that must be offered, such as turning")]
Region = Annotated[str, Field(description="code of the region or country where it must be, such as RU-MOS")]
Level = Annotated[
    Literal["", "implementing", "certified", "dated", "verified"],
    Field(description="least level of a certificate of a quality system"),
]
SupplierKey = Annotated[str, Field(description="key of a supplier, as find_suppliers tells it")]
NeedKey = Annotated[str, Field(description="key of a need, as list_needs tells it")]
State = Annotated[str, Field(description="only needs in this state, such as draft or published; empty: all")]
Id = Annotated[
    str,
    Field(
        description="an id of your own, so that sending twice makes one draft; empty: made of the content",
        max_length=60,
    ),
]
Whose = Annotated[Literal["need", "supplier"], Field(description="a buyer's text, or a shop's")]
More = Annotated[
    dict[str, Any] | None,
    Field(
        description="more keys of the exchange format: deliver_by, quantity, processes, materials, positions …"
    ),
]


class ToolRefused(Exception):
    """A call that cannot be answered, with what is wrong and the way out."""


class AgentTools:
    """The tools over a site. Besides a draft of a need none changes anything; each raises ToolRefused."""

    def __init__(self, site: Client, language: str) -> None:
        self._site, self._language = site, language

    @property
    def reading(self) -> tuple[Callable[..., dict[str, Any]], ...]:
        """The tools that change nothing."""
        return (
            self.find_suppliers,
            self.explain_supplier,
            self.show_supplier,
            self.list_needs,
            self.show_need,
            self.need_matches,
            self.read_text,
        )

    @property
    def drafting(self) -> tuple[Callable[..., dict[str, Any]], ...]:
        """The tools that make a draft, which nobody else sees until its author hands it to the centre."""
        return (self.draft_need,)

    def find_suppliers(
        self,
        text: Text,
        process: Process = "",
        region: Region = "",
        level: Level = "",
        limit: Annotated[int, Field(ge=1, le=MOST_SUPPLIERS)] = 10,
    ) -> dict[str, Any]:
        """Find suppliers for a need told in words, best first, each with its reasons as match, conflict and unknown.

        `score` is how likely an expert would call a supplier good; `share` whether it does the whole work or a part.
        """
        asked = {**_given(q=text, process=process, region=region, level=level), "limit": limit}
        found = self._get("suppliers", **asked)
        return {**found, "items": [_explained(one) for one in found["items"]]}

    def explain_supplier(
        self,
        supplier: SupplierKey,
        text: Text = "",
        need: Annotated[str, Field(description="key of a need of one's own, in place of words")] = "",
        process: Process = "",
        region: Region = "",
        level: Level = "",
    ) -> dict[str, Any]:
        """Explain how one supplier stands to words, or to a need of one's own: each condition as match, conflict or
        unknown, with what is needed, what is declared and the margin.
        """
        if bool(text.strip()) == bool(need.strip()):
            raise ToolRefused("Give either the words of a need as “text”, or the key of a need as “need”.")
        if need:
            return self._of_need(need.strip(), supplier)
        asked = _given(q=text, process=process, region=region, level=level)
        return _explained(self._get(f"suppliers/{_part(supplier)}/fit", **asked))

    def show_supplier(self, supplier: SupplierKey) -> dict[str, Any]:
        """Show a published profile in the keys of the exchange format; hours and contacts only to who may see them."""
        return self._get(f"suppliers/{_part(supplier)}")

    def list_needs(self, state: State = "") -> dict[str, Any]:
        """List the needs of the person's own firms, for an operator those of the centre, the newest first."""
        asked = {**_given(state=state), "limit": LARGEST_PART}
        return self._get("needs", **asked)

    def show_need(self, need: NeedKey) -> dict[str, Any]:
        """Show a need as the person may read it: whole for its own side, else what its page shows."""
        try:
            return self._get(f"needs/{_part(need)}")
        except ToolRefused as refused:
            if not _is_closed(refused):
                raise
        return self._get(f"needs/{_part(need)}/summary")

    def need_matches(
        self, need: NeedKey, limit: Annotated[int, Field(ge=1, le=MOST_SUPPLIERS)] = 10
    ) -> dict[str, Any]:
        """Show the suppliers for a stored need that the person may see: an operator all, a contractor the shortlist that
        the centre released, a supplier how it stands itself.
        """
        found = self._get(f"needs/{_part(need)}/matches", limit=limit)
        return {**found, "items": [_explained(one) for one in found["items"]]}

    def read_text(
        self, text: Annotated[str, Field(max_length=30_000)], whose: Whose = "need"
    ) -> dict[str, Any]:
        """Read a text without a site: the work, materials, sizes, amounts, days and certificates understood in it, each with
        its place, and the questions that it leaves open.
        """
        found = _answerer(whose, date.today())({"text": text})  # noqa: DTZ011 - the reader's own day
        for doubt in found["doubts"]:
            doubt["question"] = read.asked(doubt, str(found.get("language", self._language)))
        return found

    def draft_need(
        self,
        title: Annotated[str, Field(max_length=200)],
        text: Annotated[str, Field(description="the whole need in words", max_length=30_000)],
        id: Id = "",  # noqa: A002 - the key of the exchange format
        more: More = None,
    ) -> dict[str, Any]:
        """Draft a need for the person: it stays a draft, which the person reads and hands to the centre on the site."""
        record = {**(more or {}), "title": title, "text": text}
        given = id or f"agent-{hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:24]}"
        answer = self._ask(lambda: self._site.post("needs", {**record, "id": given}))
        return {**answer.body, "new": answer.status == 201}

    def _of_need(self, need: str, supplier: str) -> dict[str, Any]:
        """The match of a supplier with a need, also one that conditions remove, where the person may see that."""
        shown = f"needs/{_part(need)}/matches"
        for one in self._entries(shown):
            if one["supplier"] == supplier:
                return _explained(one)
        try:
            removed = self._get(f"needs/{_part(need)}/removed")["items"]
        except ToolRefused as refused:
            if not _is_closed(refused):
                raise
            removed = []
        for one in removed:
            if one["supplier"] == supplier:
                return _explained(one)
        raise ToolRefused(
            "This supplier is not among the matches of the need that you may see. Ask with the words of the need as “text”."
        )

    def _entries(self, path: str) -> Iterator[Mapping[str, Any]]:
        entries = self._site.entries(path, limit=LARGEST_PART)
        while True:
            one = self._ask(lambda: next(entries, None))
            if one is None:
                return
            yield one

    def _get(self, path: str, **filters: object) -> dict[str, Any]:
        answer: ClientAnswer = self._ask(lambda: self._site.get(path, **filters))
        found: dict[str, Any] = answer.body
        return found

    def _ask(self, ask: Callable[[], Any]) -> Any:
        """The answer of the site. Raises ToolRefused."""
        try:
            return ask()
        except ApiProblem as problem:
            raise _refused(problem) from problem
        except ConnectionError as error:
            raise ToolRefused(
                f"{error}. Look whether its address is right and the site is running."
            ) from error


@functools.lru_cache(maxsize=2)
def _answerer(whose: str, day: date) -> read.Answer:
    return read.answerer(whose, day)


def _given(**filters: str) -> dict[str, object]:
    return {name: value.strip() for name, value in filters.items() if value.strip()}


def _part(key: str) -> str:
    """A key as a part of an address, so that none leads elsewhere. Raises ToolRefused."""
    cleaned = key.strip()
    if not cleaned or cleaned in {".", ".."}:
        raise ToolRefused("Give the key as the tools told it.")
    return quote(cleaned, safe="")


def _explained(found: Mapping[str, Any]) -> dict[str, Any]:
    """A match with its reasons sorted into match, conflict and unknown."""
    told: dict[str, Any] = {name: value for name, value in found.items() if name != "reasons"}
    if "reasons" not in found:
        return told
    told |= {"match": [], "conflict": [], "unknown": []}
    for reason in found["reasons"]:
        told[STANDING[reason["outcome"]]].append(reason)
    return told


def _is_closed(refused: ToolRefused) -> bool:
    cause = refused.__cause__
    return isinstance(cause, ApiProblem) and cause.status in {401, 403, 404}


def _refused(problem: ApiProblem) -> ToolRefused:
    """A refusal of the site in words: what it said, of which fields, and where a key is made."""
    lines = [problem.detail or f"The site refused: {problem.status} {problem.code}."]
    lines += [f"{one.get('field', '')}: {one.get('detail', '')}" for one in problem.problems]
    if problem.status == 401:
        lines.append("Give a key in MATCHMAKER_KEY; a person makes one at Account → Keys for programs.")
    elif problem.status == 403:
        lines.append("The person of the key may not do this, or the key is for reading only.")
    return ToolRefused("\n".join(lines))


@click.command("mcp")
@click.option(
    "--site",
    envvar="MATCHMAKER_SITE",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Address of the site (variable MATCHMAKER_SITE).",
)
@click.option(
    "--language", type=click.Choice(["ru", "en"]), default="en", show_default=True, help="Of what is told."
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 300),
    default=30.0,
    show_default=True,
    help="Seconds of one request.",
)
def mcp_command(site: str, language: str, timeout: float) -> None:
    """Serve tools to an agent by the Model Context Protocol over standard input and output.

    The key of the person for whom the agent acts stands in the variable MATCHMAKER_KEY (Account → Keys for programs);
    without one the agent reads what everybody may. Needs the extra: pip install "matchmaker[mcp]".
    """
    if urlsplit(site).scheme not in {"http", "https"} or not urlsplit(site).hostname:
        raise click.BadParameter("Write http:// or https:// and the host.", param_hint="--site")
    key = os.environ.get("MATCHMAKER_KEY", "").strip()
    asked = Client(site, key, language=language, timeout=timeout, sleep=_wait)
    server(asked, language).run("stdio")


def _wait(seconds: float) -> None:
    time.sleep(min(seconds, LONGEST_WAIT))


def server(site: Client, language: str) -> "MCPServer[Any]":
    """The server with all tools over a site. Raises ClickException where the library is not installed."""
    try:
        from mcp.server import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise click.ClickException('Install the extra first: pip install "matchmaker[mcp]".') from error

    tools = AgentTools(site, language)
    made: MCPServer[Any] = MCPServer(
        "matchmaker", title="Matchmaker", instructions=ABOUT, version=__version__, log_level="WARNING"
    )
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    drafts = ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    for tool in tools.reading:
        made.add_tool(_told(tool), annotations=reads, structured_output=True)
    for tool in tools.drafting:
        made.add_tool(_told(tool), annotations=drafts, structured_output=True)
    return made


def _told(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The tool, whose refusals are told to the agent in their words."""
    from mcp.server.mcpserver.exceptions import ToolError

    @functools.wraps(tool)
    def told(*given: Any, **named: Any) -> dict[str, Any]:
        try:
            return tool(*given, **named)
        except ToolRefused as refused:
            raise ToolError(str(refused)) from refused

    return told
