"""Matchmaker: a matchmaking platform for subcontracting centres.

The package itself holds its version alone, so that importing it costs nothing.
"""

__version__ = "0.1.0"
