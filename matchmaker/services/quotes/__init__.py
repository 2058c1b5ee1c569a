"""Quotes with their terms and attachments, requests for them, and the messages of a match.

No price may leave this package but by its functions; no other package may read the table of quotes for a
page.
"""
