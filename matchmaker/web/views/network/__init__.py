"""The desk of the people who run centres, and of those who fund them: people and roles of a centre, the network and its
neighbours, the journal, figures.

Work on needs and profiles stays outside.
"""

from matchmaker.web.views.network import audit, authority, bundle_doors, centre_people, neighbours, network

BLUEPRINTS = (
    centre_people.blueprint,
    network.blueprint,
    neighbours.blueprint,
    bundle_doors.blueprint,
    audit.blueprint,
    authority.blueprint,
)
