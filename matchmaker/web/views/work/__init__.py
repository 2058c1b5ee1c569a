"""The desk of the centre's operators: queues, curation, intake, imports, reviews, duplicates, lists to
download.

No address here may open for anybody but an operator.
"""

from matchmaker.web.views.work import (
    assignees,
    bulk,
    companies,
    curating,
    duplicates,
    exports,
    figures,
    firm_list,
    forming,
    imports,
    incoming,
    intake,
    operator,
    overview,
    rates,
    reviews,
)

BLUEPRINTS = (
    reviews.blueprint,
    operator.blueprint,
    overview.blueprint,
    rates.blueprint,
    curating.blueprint,
    forming.blueprint,
    duplicates.blueprint,
    exports.blueprint,
    figures.blueprint,
    firm_list.blueprint,
    imports.blueprint,
    intake.blueprint,
    incoming.blueprint,
    assignees.blueprint,
    bulk.blueprint,
    companies.blueprint,
)
