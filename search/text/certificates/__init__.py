"""The certificates of a text: of each standard that it names the edition, the number, the dates and the state.

It may not decide whether a certificate counts on a day: `matchmaker.domain.certificate` does.
"""
