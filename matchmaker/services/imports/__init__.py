"""Lists and files into the database and out of it: looked at, tried, taken, reported, rolled back, exported.

How a file is read stands in `importers`; how a record is stored in the room of its subject.
"""
