"""The way from records to comparable values: a need's requirements, a supplier's document, from keys first
and text second.

It may not search a text for words and numbers (`search.text` does), nor judge (`search.filters` does).
"""
