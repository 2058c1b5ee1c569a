"""Suppliers live here as stored: profiles, certificates, photos, spare capacity, their age, their duplicates.

Needs, matches and the index may not: this package does not know the uses of a profile.
"""
