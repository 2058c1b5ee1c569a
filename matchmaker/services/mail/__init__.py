"""Letters and the queue that sends them: worded in the reader's language, kept until sent, left out where unwanted.

When a letter is due, and to whom it goes, is decided by the room of its subject.
"""
