"""Matchmaker: a matchmaking platform for subcontracting centres.

The package itself may hold only its version, so that its import costs nothing.
"""

__version__ = "0.1.0"
