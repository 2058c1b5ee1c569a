"""The acts on events that a page and a program share, with the words and the files of their timetables.

No address and no page stands here.
"""
