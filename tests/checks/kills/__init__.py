"""`make check-kills`: a served site under many writers is killed by SIGKILL again and again; nothing may be lost, half or double.

`python -m tests.checks.kills [--kills N] [--postgresql] [--seed N] [--own-leases]`; Linux. Site and worker are processes of
their own over the small network of tests/access. Every writer keeps its own ledger of what the site acknowledged; what got
no answer it sends again with the same bytes, form or Idempotency-Key, after the start. A third of the kills strikes the
worker while the index commits; with `--postgresql` (a server made for the check) the rest also strikes the database's
processes. After every kill, before anything is sent again: what was acknowledged is stored, and every row has its entry in
the journal, its letter, its file; then the index is equal to the database without a command. The figure is printed last.
"""
