"""Clusters for programs: the register, one cluster with its participants, supplies and shares, supplies as a file."""

from typing import Literal

from flask import Blueprint, Response

from matchmaker.services.chains import clusters
from matchmaker.services.reports import spreadsheets
from matchmaker.web.acts.chains import cluster_acts
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import own_centre
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_clusters", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
EXPORT = "export"
_TABLES = tuple(kind.partition(";")[0] for kind in spreadsheets.MEDIA.values())
Where = Literal["cluster", "region", "country", "abroad", "unknown"]


class ClusterName(ApiAnswer):
    """A cluster by its key: its kind, its region (a code), and how many take part."""

    key: str
    name: str
    kind: Literal["industrial", "innovation", "supply-chain", "mixed"]
    region: str | None = None
    participants: int


class ClusterList(ApiAnswer):
    """The clusters of the operator's centre."""

    items: list[ClusterName]


class ParticipantAnswer(ApiAnswer):
    """A participant in one of seven roles; `organisation` is the key of a firm that the centre knows."""

    key: str
    name: str
    role: Literal[
        "lead-plant",
        "parts-supplier",
        "service-supplier",
        "research",
        "infrastructure",
        "finance",
        "authority",
    ]
    organisation: str | None = None


class SupplyAnswer(ApiAnswer):
    """A supply to a participant: by `contracts` of needs, or declared (0 contracts); `minor` roubles' hundredths where known, `unpriced`
    contracts have no value; where the supplier stands.
    """

    supplier: str
    buyer: str
    in_cluster: bool
    what: str
    contracts: int
    minor: int | None = None
    unpriced: int
    where: Where


class BoughtAnswer(ApiAnswer):
    """The part bought in one place, in per cent, from a low to a high bound: of supplies, and of the money that is known."""

    where: Where
    supplies_low: float | None = None
    supplies_high: float | None = None
    money_low: float | None = None
    money_high: float | None = None


class ClusterAnswer(ClusterName):
    """A cluster with its participants, who supplies whom, and where they buy; `unpriced` supplies have no value that is known."""

    members: list[ParticipantAnswer]
    supplies: list[SupplyAnswer]
    shares: list[BoughtAnswer]
    unpriced: int


@blueprint.get("/clusters")
@operation(answer=ClusterList, refusals=(403,))
def listed() -> ClusterList:
    """For an operator the clusters of the centre."""
    found = clusters.listed(database(), own_centre(database()))
    return ClusterList(
        items=[
            ClusterName.model_validate(
                {
                    "key": one.public_id,
                    "name": one.name(context.language()),
                    "kind": one.kind,
                    "region": one.region_code,
                    "participants": len(one.participants),
                }
            )
            for one in found
        ]
    )


@blueprint.get("/clusters/<key>")
@operation(answer=ClusterAnswer, refusals=(403, 404))
def read(key: str) -> ClusterAnswer:
    """For an operator a cluster of its centre: the functional map in values."""
    found, language = cluster_acts.seen(database(), key), context.language()
    picture = cluster_acts.picture(found)
    return ClusterAnswer.model_validate(
        {
            "key": key,
            "name": found.name(language),
            "kind": found.kind,
            "region": found.region_code,
            "participants": len(found.participants),
            "members": [
                {
                    "key": one.public_id,
                    "name": one.called(language),
                    "role": one.role,
                    "organisation": one.organisation.public_id if one.organisation else None,
                }
                for one in found.participants
            ],
            "supplies": [clusters.values(one, language) for one in picture.supplies],
            "shares": [
                {
                    "where": str(one.where),
                    "supplies_low": one.supplies.low,
                    "supplies_high": one.supplies.high,
                    "money_low": one.money.low,
                    "money_high": one.money.high,
                }
                for one in picture.shares
            ],
            "unpriced": picture.unpriced,
        }
    )


@blueprint.get("/clusters/<key>/supplies.<kind>")
@operation(
    media=_TABLES,
    refusals=(403, 404),
    scope=EXPORT,
    allowed=lambda key, **_: cluster_acts.seen(database(), key),
)
def as_file(key: str, kind: str) -> Response:
    """Who supplies whom in a cluster, as a file: xlsx or csv."""
    return cluster_acts.as_file(key, kind)
