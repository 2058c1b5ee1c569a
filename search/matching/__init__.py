"""From requirements to ranked, explained suppliers and teams, and from a profile to what would open more needs.

The only room that asks engine, filters and ranker together; it knows no database.
"""
