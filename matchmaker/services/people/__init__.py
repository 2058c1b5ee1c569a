"""Accounts, memberships, roles, sessions and keys of people, and the centres of the network.

Rights may not be decided here but in `matchmaker.domain.access`; profiles, needs and quotes stay outside.
"""
