"""The engine in the data folder: the only package that imports Tantivy.

Every error of the client leaves as one of the protocol's.
"""
