"""Suggestions from files and texts for a form, stored until a person says yes or no to each, and form drafts.

No module here may change a profile or a need by itself.
"""
