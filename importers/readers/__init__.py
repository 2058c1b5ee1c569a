"""The formats of files: bytes become lines, rows or sheets of cells, in any encoding and with any delimiter.

The meaning of a row for a supplier or a need may not be decided here; workbooks are opened in the sandbox.
"""
