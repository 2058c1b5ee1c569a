"""Formats of files: bytes become lines, rows or sheets of cells, in whatever encoding and with whatever delimiter.

What a row means for a supplier or a need is decided outside; workbooks are opened in the sandbox.
"""
