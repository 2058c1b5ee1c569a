"""The reading of other people's files: records, rows of cells, and the problems of rows that are neither.

`readers` opens formats; `cells` spells cells as text, `columns` says what the name of a column means, `typed_values`
what a field of a form holds; `sources` describes files of known sites; `lists`, `parts` and `inventories` are
the lists of centres, buyers and shops. No module here may know the database.
"""
