"""What every page works with: the request's context, forms, formats, labels, errors, the way around the site.

Nothing here belongs to one page or reads a table for one.
"""
