"""The work of the calendar: the daily run, and the e-mails that a date makes due.

The texts of e-mails may not live here but in `mail`; the package of a need or a profile decides whether it is
due.
"""
