"""`python -m matchmaker.web.translations`: renew the catalogue and name what is not translated yet."""

import sys

from matchmaker.web.translations import update

sys.stdout.writelines(f"{message!r}\n" for message in update())
