"""The engine in the data folder: the only package that may import Tantivy.

No error of the client leaves it: each becomes an error of the protocol.
"""
