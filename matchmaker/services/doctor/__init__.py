"""The check-up of an installation: settings, machine, database, index, work, mail and backups, each with how to mend it.

It only looks: nothing is made, moved or mended here.
"""
