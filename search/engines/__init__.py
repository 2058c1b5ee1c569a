"""The protocol of a search engine, the engines that keep it, and what they share: fields, versions, frequent words.

An engine's client is imported in its own package alone; filters and ranking stay outside.
"""
