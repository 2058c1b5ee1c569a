"""The acts that a page and a program share: the thing is found, the right to it asked, the use case called.

No address, form or template may live here: views have them.
"""
