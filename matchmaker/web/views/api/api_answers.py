"""The shapes of the interface for programs: bodies of requests and answers, the filters of addresses, pages of lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    field_validator,
)

from matchmaker.domain.errors import FilterRefused
from matchmaker.domain.records import Record, clean_text

P = TypeVar("P")
MOST_ENTRIES = 100  # of a page of a list
Limit = Annotated[int, Field(ge=1, le=MOST_ENTRIES)]
# The id of a record that its address names already; empty where it is left out.
IdAsStored = Annotated[str, BeforeValidator(clean_text), StringConstraints(max_length=100)]


class ApiAnswer(BaseModel):
    """The body of an answer; what is not known or not set is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NoAnswer(ApiAnswer):
    """Nothing more to say: it is done."""


class ApiBody(Record):
    """The body of a request beside the records of the exchange format; its texts are cleaned, or refused, as those are."""

    @field_validator("*", mode="before")
    @classmethod
    def _clean(cls, value: object) -> object:
        return clean_text(value) if isinstance(value, str) else value


class ApiQuery(BaseModel):
    """The filters of an address; a name that is none of them is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NoFilters(ApiQuery):
    """An address without filters."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer with what stands in its headers: the status, the revision of the thing shown, the address of a new
    thing, the filters of the next page.
    """

    body: BaseModel
    status: int = 200
    revision: int | None = None
    location: str = ""
    following: Mapping[str, str | int] | None = None


def part(
    items: Sequence[P], query: "PageFilters", key: Callable[[P], str]
) -> tuple[Sequence[P], Mapping[str, str | int] | None]:
    """The part of a short list that a page asks for, and the filters of the next one. Raises FilterRefused."""
    places = {key(one): place for place, one in enumerate(items, 1)}
    if query.after and query.after not in places:
        raise FilterRefused(name="after", value=query.after)
    first = places.get(query.after, 0)
    shown = items[first : first + query.limit]
    if first + query.limit >= len(items):
        return shown, None
    return shown, {**query.model_dump(mode="json", exclude_defaults=True), "after": key(shown[-1])}


class PageFilters(ApiQuery):
    """A page of a list: at most `limit` entries after the one that `after` names; follow the Link header to the next."""

    limit: Limit = 20
    after: Annotated[str, Field(max_length=40)] = ""


class ShellAnswer(ApiAnswer):
    """An Asset Administration Shell with the submodel Capability Description 1.0, as IDTA publishes both."""

    shells: list[dict[str, JsonValue]] = Field(alias="assetAdministrationShells")
    submodels: list[dict[str, JsonValue]] | None = None
