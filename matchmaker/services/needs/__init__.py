"""Needs as stored, with their files, history, questions and confidentiality agreement.

Matching, shortlists and quotes stay outside; profiles are read, never changed.
"""
