"""The desk of a supplier's shop: profile, certificates, photos, spare hours, answers by link.

The pages of a supplier for others may not live here but in `public`.
"""

from matchmaker.web.views.supplier import answers, capacity, certificates, filling, photos, profile, shop

BLUEPRINTS = (
    profile.blueprint,
    capacity.blueprint,
    certificates.blueprint,
    photos.blueprint,
    answers.blueprint,
    shop.blueprint,
    filling.blueprint,
)
