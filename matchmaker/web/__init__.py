"""The site: pages, and the interface for programs, over the same services.

Only this package knows of requests; no rule of the trade stands here.
"""
