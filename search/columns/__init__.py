"""All suppliers as arrays in memory, and codes as small numbers.

Nothing here judges: columns know what suppliers say, not what a need asks.
"""
