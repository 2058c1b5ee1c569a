"""The acts on the chains of supply that pages and programs share: missing capacity, what a firm holds up, parts lists, clusters.

No act may live here that is about one need or one profile alone.
"""
