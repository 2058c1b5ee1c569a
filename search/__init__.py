"""The search over capability profiles: reading, filters, ranking, explanations.

It may not know the database or the web, so that it is used, tested and measured alone.
"""
