"""The names of all concepts in a text: as words in their order, and as words that stand near each other.

It says where names stand; what they are meant as, `search.text.recogniser` decides. Figures and days are no names.
"""

from search.text.naming.names import AMBIGUOUS_WEIGHT, PLACES, NamedConcept, TaxonomyNames

__all__ = ["AMBIGUOUS_WEIGHT", "PLACES", "NamedConcept", "TaxonomyNames"]
