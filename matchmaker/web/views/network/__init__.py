"""The desk of the people who run centres: people and roles of a centre, the network and its neighbours, the journal.

Work on needs and profiles stays outside.
"""

from matchmaker.web.views.network import audit, bundle_doors, centre_people, neighbours, network

BLUEPRINTS = (
    centre_people.blueprint,
    network.blueprint,
    neighbours.blueprint,
    bundle_doors.blueprint,
    audit.blueprint,
)
