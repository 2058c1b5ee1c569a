"""The chains of supply: which needs nobody covers, what one firm holds up, which parts of an assembly have a maker, who supplies whom.

No rule of matching may live here: who is able, and what a relaxation adds, is asked of the matcher.
"""
