"""The import of lists and files and the export of records: files are examined, tried, saved, reported, rolled
back.

The reading of files may not live here but in `importers`, the storing of a record in the package of its
subject.
"""
