"""The edge of the site: what every request passes before its view, and every answer after it.

Nothing here may belong to one page.
"""
