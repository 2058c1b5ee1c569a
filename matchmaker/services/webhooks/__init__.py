"""The messages to programs: what a person's program wants to hear of, what happened, and its sending.

A message says that something happened and where to read it, never what it says: its reader asks the interface with its
own key. No page or interface of another room may send.
"""
