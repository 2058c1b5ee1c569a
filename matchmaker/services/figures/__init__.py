"""The figures of a centre by period: the rows behind each, what they come to, plans beside them, periods that are locked.

A figure only reads the records; what is written here are plans and locks.
"""
