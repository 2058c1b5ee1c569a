"""Needs live here as stored, with their files, history, questions and confidentiality agreement.

Matching, shortlists and quotes may not; profiles are read, never changed.
"""
