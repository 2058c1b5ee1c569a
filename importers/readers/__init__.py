"""Readers of file formats: bytes become lines, rows and records, streamed.

What a column or a cell means is decided outside.
"""
