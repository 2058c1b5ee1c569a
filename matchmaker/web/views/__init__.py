"""The addresses of the site, a package a desk: each view parses, calls one service and shows.

Desks may not import each other; content that two of them show stands in `pages`.
"""
