"""The reports over many records: the journal, tables to download, the PDF of a shortlist, the overview.

No module here may change a record.
"""
