"""The people of a load, played by locust: `python -m tests.load.people --site URL --cast FILE` prints what each request took.

locust changes the whole process that imports it (gevent), so the people have a process of their own. Its own percentiles
are rounded to two digits; each request is written down instead. Each answer is looked at: a page without what its reader
came for, a redirect to somewhere else, the page to sign in again are errors however fast they came.
"""
