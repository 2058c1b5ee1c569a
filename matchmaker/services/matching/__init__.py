"""Asking the matcher for needs and profiles, and wording what it answers.

How suppliers are filtered and ranked stands in `search`; what the operator makes of an answer in `shortlist`.
"""
