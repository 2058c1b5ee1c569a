"""The use cases of the centre, one package a subject; each takes a session and values and leaves the database
consistent.

No module here may know pages, requests or the command line. Packages import only those below them, in the
order that import-linter holds.
"""
