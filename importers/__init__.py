"""Other people's files read as records, rows of cells, and the problems that keep a row from being either.

`readers` opens formats; `cells` and `columns` say what a cell and the name of a column mean, `typed_values` what a field of
a form holds; `sources` describes files of known sites; `lists`, `parts` and `inventories` are the lists of centres, buyers
and shops. Nothing here knows the database.
"""
