"""`python -m matchmaker.locale`: renew the catalogue and list the messages without a translation."""

import sys

from matchmaker.locale.catalogue import update

sys.stdout.writelines(f"{message!r}\n" for message in update())
