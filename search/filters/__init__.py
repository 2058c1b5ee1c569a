"""Requirements judged exactly on the columns: who passes, who fails, who did not say, and what relaxing would add.

Scores and words for people stay outside.
"""
