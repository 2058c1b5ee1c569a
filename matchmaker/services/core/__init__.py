"""The parts of every change: the journal, row locks, signed links, stored bytes, the site and its addresses.

Rules of a subject (a need, a profile, a quote) stay outside, and so does everything that sends e-mails or
asks questions.
"""
