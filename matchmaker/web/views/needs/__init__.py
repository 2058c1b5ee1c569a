"""The desk of the contractor and of every reader of a need: posting, conditions, drawings, quotes, messages.

The work of operators may not live here but in `work`.
"""

from matchmaker.web.views.needs import (
    awarding,
    comparison,
    conditions,
    drawings,
    letter_orders,
    letter_quotes,
    messages,
    needs,
    orders,
    positions,
    posting,
    quotes,
    reports,
    standing,
    teams,
    together,
)

BLUEPRINTS = (
    drawings.blueprint,
    quotes.blueprint,
    letter_quotes.blueprint,
    letter_orders.blueprint,
    messages.blueprint,
    needs.blueprint,
    posting.blueprint,
    positions.blueprint,
    conditions.blueprint,
    standing.blueprint,
    teams.blueprint,
    comparison.blueprint,
    awarding.blueprint,
    orders.blueprint,
    together.blueprint,
    reports.blueprint,
)
