"""The columns: all suppliers as arrays in memory, and codes as small numbers.

They may not judge: columns know the data of suppliers, not the requirements of a need.
"""
