"""E-mails and the queue that sends them: worded in the reader's language, stored until sent, left out where
unwanted.

The decision when an e-mail is due, and for whom, may not live here but in the package of its subject.
"""
