"""The content of pages, prepared for templates: the parts of a need's and a profile's page, and the reader's
rights to them.

No address and no change to the database may live here: views have both.
"""
