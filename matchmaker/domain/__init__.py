"""The vocabulary of the trade: typed, frozen values and rules.

No module here may read a file, a database or a clock, or import a library that does.
"""
