"""Strangers' files are opened here, in a child process with limits on memory and time: checked, measured,
drawn, marked.

No module here may touch the database or decide what a file means for a need, a profile or a list.
"""
