"""Matchmaker: a matchmaking platform for subcontracting centres."""

__version__ = "0.1.0"
