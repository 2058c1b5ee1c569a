"""What pages show, prepared for templates: the parts of a need's and a profile's page, and what a reader may see of them.

No address and no change to the database: views have both.
"""
