"""The desk of the people who run centres lives here: people and roles of a centre, the network, the journal.

Work on needs and profiles may not.
"""

from matchmaker.web.views.network import audit, centre_people, network

BLUEPRINTS = (centre_people.blueprint, network.blueprint, audit.blueprint)
