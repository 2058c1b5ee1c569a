"""The addresses of the pages that e-mails and the journal link to; the site's own routes belong to the web.

A key is a public id, a token a signed link's. A test holds every function to the route that it names.
"""


def home() -> str:
    return "/"


def sign_in() -> str:
    return "/login"


def ask_password() -> str:
    """The page that requests an e-mail with a link to a new password."""
    return "/password"


def new_password(token: str) -> str:
    return f"/password/{token}"


def confirm_account(token: str) -> str:
    return f"/confirm/{token}"


def confirm_email(token: str) -> str:
    """The page that changes the address of the account."""
    return f"/account/email/{token}"


def chosen_letters() -> str:
    """The part of the account's page that chooses optional e-mails."""
    return "/account#letters"


def colleagues() -> str:
    return "/account/people"


def join(token: str) -> str:
    """The page that accepts an invitation to join a firm or a centre."""
    return f"/join/{token}"


def answer_invitation(token: str) -> str:
    return f"/answers/{token}"


def quote_by_letter(token: str) -> str:
    """The page where a firm without an account writes its quote."""
    return f"/answers/{token}/quote"


def answer_capacity(token: str) -> str:
    return f"/answers/capacity/{token}"


def tell_year(token: str) -> str:
    """The page on which a supplier tells of a year."""
    return f"/answers/year/{token}"


def answer_deal(token: str) -> str:
    return f"/answers/deal/{token}"


def contract_by_letter(token: str) -> str:
    """The agreement of a contract as a PDF, for a side without an account."""
    return f"/answers/contract/{token}"


def order_by_letter(token: str) -> str:
    """The page of an order for a side without an account."""
    return f"/answers/order/{token}"


def events() -> str:
    """The events to come, for everybody."""
    return "/events/"


def event(key: str) -> str:
    """The page of an announced event for everybody."""
    return f"/events/{key}"


def event_calendar(key: str) -> str:
    """An announced event for a calendar."""
    return f"/events/{key}.ics"


def own_event(key: str) -> str:
    """The page of a participant for its firm."""
    return f"/events/own/{key}"


def event_by_letter(token: str) -> str:
    """The page of a participant for a firm without an account."""
    return f"/answers/event/{token}"


def answer_event_deal(token: str) -> str:
    return f"/answers/event-deal/{token}"


def confirm_facts(token: str) -> str:
    return f"/answers/fresh/{token}"


def leave_letters(token: str) -> str:
    """The page that unsubscribes from a kind of e-mail."""
    return f"/answers/letters/{token}"


def shop() -> str:
    """The supplier's own start page."""
    return "/shop/"


def own_ladders() -> str:
    """The page of the shop's way to certificates."""
    return "/shop/ladders/"


def own_profile() -> str:
    return "/shop/profile/"


def supplier(key: str) -> str:
    """The public page of a supplier's profile."""
    return f"/suppliers/{key}"


def need(key: str) -> str:
    return f"/needs/{key}"


def own_quote(need_key: str) -> str:
    """The page where the supplier writes its quote."""
    return f"/needs/{need_key}/quote"


def team(need_key: str) -> str:
    """The page of the team in which the supplier quotes."""
    return f"/needs/{need_key}/team"


def quotes(need_key: str) -> str:
    """The page where the contractor reads the quotes."""
    return f"/needs/{need_key}/quotes"


def order(key: str) -> str:
    """The page of an order, for its two sides and their centre."""
    return f"/orders/{key}"


def ladder(profile_key: str, standard: str) -> str:
    """The centre's page of a supplier's way to a certificate."""
    return f"/work/ladders/{profile_key}/{standard}"


def card(key: str) -> str:
    """The centre's page of a development card."""
    return f"/work/cards/{key}"


def own_cards() -> str:
    """The development cards of the shop."""
    return "/shop/cards/"


def messages(need_key: str, match_key: str) -> str:
    return f"/needs/{need_key}/messages/{match_key}"


def match_at_work(need_key: str, match_key: str) -> str:
    """The match's place on the operator's shortlist."""
    return f"/work/needs/{need_key}#m-{match_key}"


def pull_bundle() -> str:
    """The door where a neighbour's installation asks for its bundle, also below the address of the neighbour's own site."""
    return "/network/bundles/pull"


def push_bundle() -> str:
    """The door where a neighbour's installation gives a bundle."""
    return "/network/bundles/push"
