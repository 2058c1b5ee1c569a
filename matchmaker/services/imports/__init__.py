"""Lists and files are brought into the database and out of it here: examined, tried, saved, reported, rolled
back, exported.

The reading of files may not live here but in `importers`, the storing of a record in the package of its
subject.
"""
