"""The vocabulary of the trade: typed, frozen values and rules.

Nothing here reads a file, a database or a clock, and nothing imports a library for one of these.
"""
