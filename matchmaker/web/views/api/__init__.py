"""The interface for programs: the same use cases with keys in place of cookies and JSON in place of pages.

No rule may live here that a page does not have.
"""

from matchmaker.web.views.api import (
    api_certificates,
    api_dealings,
    api_description,
    api_drawings,
    api_imports,
    api_joint_work,
    api_lifecycle,
    api_lists,
    api_messages,
    api_needs,
    api_own,
    api_rounds,
    api_shop,
    api_shortlists,
    api_webhooks,
)
from matchmaker.web.views.api.chains import api_clusters, api_localisation, api_missing, api_resting
from matchmaker.web.views.api.events import api_events
from matchmaker.web.views.api.open import api_guides, api_suppliers
from matchmaker.web.views.api.orders import order_operations

BLUEPRINTS = (
    api_description.blueprint,
    api_suppliers.blueprint,
    api_guides.blueprint,
    api_needs.blueprint,
    api_joint_work.blueprint,
    api_lifecycle.blueprint,
    api_dealings.blueprint,
    api_shortlists.blueprint,
    api_rounds.blueprint,
    api_messages.blueprint,
    order_operations.blueprint,
    api_drawings.blueprint,
    api_shop.blueprint,
    api_certificates.blueprint,
    api_own.blueprint,
    api_imports.blueprint,
    api_lists.blueprint,
    api_clusters.blueprint,
    api_events.blueprint,
    api_localisation.blueprint,
    api_missing.blueprint,
    api_resting.blueprint,
    api_webhooks.blueprint,
)
