"""`python -m matchmaker.web.translations`: renew the catalogue and name what is not translated yet."""

from matchmaker.web.translations import update

for message in update():
    print(repr(message))
