"""The files of registers and portals, each in a form of its own: legal persons, small firms, tenders; one module a form.

A form that is recognised and not read is named, never guessed at; archives are walked by `importers.readers`.
"""
