"""Suppliers as stored: profiles, certificates, photos, spare capacity, their age, their twins.

Needs, matches and the index stay outside: this room does not know what a profile is used for.
"""
