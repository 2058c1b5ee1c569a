"""What is read over many records: the journal, tables to download, the PDF of a shortlist, the overview.

Nothing here changes a record.
"""
