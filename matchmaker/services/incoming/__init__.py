"""Letters that come in: read, told apart, taken as drafts and messages, or kept for an operator to look at.

Nothing that a letter says is published, sent or awarded here: who may do that confirms it on the site.
"""
