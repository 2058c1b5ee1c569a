"""From the database to the search engine: what waits, the documents built from profiles, the copy that restores an index.

No other room writes to an engine; nothing here decides who matches.
"""
