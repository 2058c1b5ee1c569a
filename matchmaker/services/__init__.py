"""The use cases of the centre, a room a subject; each takes a session and values and leaves the database consistent.

Nothing here knows of pages, requests or the command line. An arrow between rooms only points down, in the order that import-linter holds.
"""
