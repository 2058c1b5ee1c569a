"""From a match to a contract: decisions, shortlists, invitations, answers, awards, outcomes, and the queues of the operator.

Prices stay outside, in `quotes`; scores come from `matching` and are never computed here.
"""
