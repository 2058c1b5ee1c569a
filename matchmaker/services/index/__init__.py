"""The way from the database to the search engine: the outbox, the documents built from profiles, the snapshot
that restores an index.

No other package may write to an engine, and this one may not decide about matches.
"""
