"""The chains of supply for programs: missing capacity, what rests on one firm, parts lists, clusters. No rule may live here that a page does not have."""
