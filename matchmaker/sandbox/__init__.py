"""The opening of strangers' files in a child process with limits on memory and time: they are checked,
measured, drawn, marked.

No module here may touch the database or decide what a file means for a need, a profile or a list.
"""
