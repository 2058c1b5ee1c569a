"""The interface for programs: the same use cases with keys in place of cookies and JSON in place of pages.

No rule may live here that a page does not have.
"""

from matchmaker.web.views.api import (
    api_dealings,
    api_description,
    api_needs,
    api_shop,
    api_suppliers,
    api_webhooks,
)

BLUEPRINTS = (
    api_description.blueprint,
    api_suppliers.blueprint,
    api_needs.blueprint,
    api_dealings.blueprint,
    api_shop.blueprint,
    api_webhooks.blueprint,
)
