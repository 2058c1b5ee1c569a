"""Strangers' files beside the pages: the jobs that open them, and the order on the disk.

What a file says of a need or a profile is decided by the room of the subject.
"""
