"""Accounts, memberships, roles, sessions and keys of people, and the centres of the network.

What people may do is decided by `matchmaker.domain.access`; profiles, needs and quotes stay outside.
"""
