"""The pages for everybody: the front page, the search, a supplier's public profile, the map, and the health
of the site.

No page here may show contact data, prices or drawings.
"""

from matchmaker.web.views.public import health, public

BLUEPRINTS = (public.blueprint, health.blueprint)
