"""The way from requirements to ranked, explained suppliers and teams, and from a profile to the changes that
would open more needs.

It alone may ask engine, filters and ranker together; it may not know the database.
"""
