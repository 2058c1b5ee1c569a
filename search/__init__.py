"""Search over capability profiles: read, filtered, ranked, explained.

Nothing here knows the database or the web, so the package is used, tested and measured alone.
"""
