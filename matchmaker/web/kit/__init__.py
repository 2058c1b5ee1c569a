"""The tools of every page: the request's context, forms, formats, labels, errors, navigation.

No module here may belong to one page or read a table for one.
"""
