"""Backups: one file of the database, the stored files and the settings, made while the site runs, checked, restored.

What a database holds is not judged here; the index is no part of a backup, it is made anew from the database.
"""
