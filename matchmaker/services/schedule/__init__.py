"""What the calendar brings: the daily run, and the letters that a date makes due.

What a letter says stands in `mail`; whether a need or a profile is due is asked of its own room.
"""
