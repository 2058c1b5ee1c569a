"""Files of strangers, opened in a child process with limits on memory and time: checked, measured, drawn, marked.

Nothing here touches the database; what the files mean for a need, a profile or a list is decided elsewhere.
"""
