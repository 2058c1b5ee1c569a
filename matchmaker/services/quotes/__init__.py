"""Quotes with their terms and attachments, requests for them, and the messages of a match.

No price leaves this room but by its functions; nothing else reads the table of quotes for a page.
"""
