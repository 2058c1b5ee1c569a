"""The desk of the development of suppliers: ladders to certificates, development cards, benchmarks, support and helpers, the
years that they tell of, for the shop and for its centre.

A shop reads what is its own; what is recorded of it is the word of its centre.
"""

from matchmaker.web.views.development import benchmarks, cards, ladders, own_ladders, support, years

BLUEPRINTS = (
    benchmarks.blueprint,
    cards.blueprint,
    ladders.blueprint,
    own_ladders.blueprint,
    support.blueprint,
    years.blueprint,
)
