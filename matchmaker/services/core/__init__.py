"""What goes with every change: the journal, row locks, signed links, stored bytes, the site and its addresses.

Rules of a subject (a need, a profile, a quote) stay outside, as does everything that sends or asks.
"""
