"""The engine on a server: the only package that imports the client of Elasticsearch.

Every error of the client leaves as one of the protocol's.
"""
