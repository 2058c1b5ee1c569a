"""Suppliers as stored: profiles, certificates, photos, spare capacity, their age, their duplicates.

Needs, matches and the index stay outside: this package does not know the uses of a profile.
"""
