"""The parts of every change live here: the journal, row locks, signed links, stored bytes, the site and its
addresses.

Rules of a subject (a need, a profile, a quote) may not, nor anything that sends e-mails or asks questions.
"""
