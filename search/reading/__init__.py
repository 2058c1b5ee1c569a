"""From records to what is compared: a need's requirements, a supplier's document, read from keys first and text second.

Finding words and numbers in a text stands in `search.text`; judging stands in `search.filters`.
"""
