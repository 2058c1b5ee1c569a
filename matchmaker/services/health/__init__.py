"""The health of a running site: what is good, what is wrong, and what to do about it.

What is found is mended elsewhere, by the room of the subject; the settings and the machine of an installation are
looked at by `services.doctor`.
"""
