"""The exact judgement of requirements on the columns: the suppliers that pass, fail or did not say, and the
gain of relaxing each.

Scores and words for people may not live here.
"""
