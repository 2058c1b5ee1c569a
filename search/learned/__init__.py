"""What was learned from written phrases: which work the words of a sentence tell, and in which role it stands.

It proposes nothing; `search.reading` weighs it as signs of how sure a reading is.
"""
