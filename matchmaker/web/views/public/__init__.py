"""The pages for everybody: the front page, the search, a supplier's public profile, the map, the health of
the site, and the files that programs ask for.

No page here may show contact data, prices or drawings.
"""

from matchmaker.web.views.public import accessibility, design, guides, health, open_data, public, site_files

BLUEPRINTS = (
    public.blueprint,
    health.blueprint,
    site_files.blueprint,
    design.blueprint,
    open_data.blueprint,
    guides.blueprint,
    accessibility.blueprint,
)
