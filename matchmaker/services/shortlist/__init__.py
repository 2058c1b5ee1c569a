"""The way from a match to a contract: decisions, shortlists, invitations, answers, awards, outcomes, and the
queues of the operator.

Prices may not live here but in `quotes`; scores come from `matching` and are never computed here.
"""
