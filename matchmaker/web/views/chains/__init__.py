"""The desk of the chains of supply: missing capacity, what rests on one firm, parts lists and their makers, clusters.

Beside operators, who funds a centre reads here what enough firms make, and a buyer its own parts lists.
"""

from matchmaker.web.views.chains import clusters, localisation, missing, resting

BLUEPRINTS = (clusters.blueprint, localisation.blueprint, missing.blueprint, resting.blueprint)
