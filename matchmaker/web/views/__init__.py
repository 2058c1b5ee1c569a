"""The addresses of the site, a package a desk: each view parses, calls one service and shows.

Desks do not import each other; what two of them show stands in `pages`.
"""
