"""`python -m matchmaker.locale`: renew the catalogue and name what is not translated yet."""

import sys

from matchmaker.locale.catalogue import update

sys.stdout.writelines(f"{message!r}\n" for message in update())
