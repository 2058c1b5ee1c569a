"""The engine on a server: the only package that may import the client of Elasticsearch.

No error of the client leaves it: each becomes an error of the protocol.
"""
