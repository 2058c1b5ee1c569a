"""The protocol of a search engine, its two implementations, and their shared parts: fields, versions,
frequent words.

Only an engine's own package may import its client; filters and ranking stay outside.
"""
