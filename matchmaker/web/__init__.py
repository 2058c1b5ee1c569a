"""The site: pages, and the interface for programs, over the same services.

Only this package may know requests; no rule of the trade may live here.
"""
