"""The desk of a signed-in person: sign-in, password, second factor, keys, colleagues, own data.

The work of a role on needs and profiles stays outside.
"""

from matchmaker.web.views.account import (
    account,
    acts,
    form_drafts,
    keys,
    own_account,
    people,
    personal_data,
    recovery,
    searches,
    second_factor,
    views_of_lists,
    webhooks,
)

BLUEPRINTS = (
    account.blueprint,
    acts.blueprint,
    own_account.blueprint,
    personal_data.blueprint,
    keys.blueprint,
    people.blueprint,
    recovery.blueprint,
    second_factor.blueprint,
    form_drafts.blueprint,
    searches.blueprint,
    views_of_lists.blueprint,
    webhooks.blueprint,
)
