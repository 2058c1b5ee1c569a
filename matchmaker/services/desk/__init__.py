"""The desk of a centre's operators: what waits for them today.

What is shown here is decided elsewhere: each rule of a need, a profile or a match stays with its own room.
"""
