"""What each form of the site promises: wrong values come back, twice is once, stale is told, an ended session loses nothing.

A POST route that has no row here fails the suite. A cell is "yes", or the name of the REASON why the promise makes no sense
for the form. `WRONG` holds a wrong value for every form that says "yes" to the first promise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

REASONS = {
    "buttons": "only buttons and choices of the page: there is nothing to type wrongly, and a made-up choice changes nothing",
    "any": "any text is right, the empty one too; what is too long is cut where the page cuts it",
    "same": "whoever asks gets the same answer, so that nobody learns which addresses have accounts",
    "guess": "a wrong password or code is answered with 401, the address comes back, the secret does not",
    "script": "the page's script sends it, no person does",
    "sets": "it says how something is from now on: said again it is the same",
    "once": "it ends, withdraws or uses up something: the second press finds it done",
    "link": "the link of a letter is used up by the first press; the second is told so",
    "looks": "it shows something and keeps nothing",
    "secret": "what is typed is a secret, or too short to be worth keeping on a page",
    "own": "nobody but its owner changes it, in whatever order",
    "last": "the last word counts: there is one value, and the page shows it",
    "adds": "it adds and changes nothing that others might have changed",
    "state": "the state decides: what is no longer possible is refused with 409 and said",
    "open": "anybody may send it, no session is needed",
    "tested": "it does so, in a test of its own beside the others of the page",
    "anew": "each press is a new run, and each run is told; the matches are the same",
    "code": "the password before the code is over in ten minutes; then signing in begins anew",
}

_PROMISES = """
                           wrong     twice   stale   ended
account.choose_mails       buttons   sets    own     secret
account.choose_named       buttons   sets    own     secret
account.choose_zone        buttons   sets    own     secret
account.confirm_again      buttons   tested  own     secret
account.end_all            buttons   once    own     secret
account.end_one            buttons   once    own     secret
account.login              guess     sets    own     secret
account.logout             buttons   once    own     secret
account.register           yes       tested  own     secret
acts.undo                  buttons   once    state   yes
answers.leave_letters      buttons   sets    last    open
answers.record             tested    sets    state   yes
answers.tell_capacity      tested    link    state   yes
answers.tell_deal          buttons   sets    state   yes
answers.tell_fresh         buttons   link    state   yes
awarding.award             tested    yes     yes     yes
bundle_doors.pull          script    tested  own     open
bundle_doors.push          script    tested  own     open
bulk.of_needs              tested    state   state   yes
capacity.show              yes       sets    own     yes
cards.drop                 buttons   sets    last    yes
cards.make                 yes       tested  adds    yes
cards.measure              buttons   anew    last    yes
cards.save                 yes       sets    yes     yes
centre_people.close        buttons   once    state   yes
centre_people.drop_factor  buttons   once    state   yes
centre_people.end_role     buttons   once    state   yes
centre_people.end_sessions buttons   once    state   yes
centre_people.erase        yes       once    state   yes
centre_people.grant        yes       sets    last    yes
centre_people.invite       yes       yes     adds    yes
centre_people.open_again   buttons   sets    last    yes
certificates.decide        yes       yes     adds    yes
certificates.scans_of      yes       yes     own     yes
certificates.see           buttons   sets    last    yes
companies.add              yes       yes     adds    yes
companies.settle           buttons   sets    last    yes
comparison.copy            buttons   yes     adds    yes
comparison.rate            tested    last    last    yes
comparison.want            buttons   sets    last    yes
conditions.correct         yes       sets    yes     yes
conditions.take            tested    sets    last    yes
curating.add               yes       yes     adds    yes
curating.decide            buttons   yes     yes     yes
curating.invite            buttons   state   state   yes
curating.note              any       yes     yes     yes
curating.place             buttons   sets    yes     yes
curating.propose           buttons   anew    last    yes
curating.release           buttons   yes     adds    yes
curating.remind            buttons   once    state   yes
curating.seats             yes       sets    last    yes
curating.undo              buttons   once    yes     yes
drawings.add               yes       yes     adds    yes
drawings.agreement         yes       yes     last    yes
drawings.nda               yes       yes     adds    yes
drawings.replace           yes       tested  last    yes
drawings.withdraw          buttons   once    state   yes
drawings.withdraw_nda      buttons   once    state   yes
duplicates.settle          buttons   state   state   yes
duplicates.several         tested    state   tested  yes
event_deals.tell_deal      tested    sets    last    yes
event_firms.answer_for     yes       sets    last    yes
event_letters.answer_letter tested   sets    last    yes
events.invite              tested    sets    adds    yes
events.mark                buttons   sets    last    yes
events.move                buttons   state   state   yes
events.save                yes       sets    yes     yes
own_events.answer          yes       sets    last    yes
timetables.act             buttons   sets    last    yes
timetables.arrange         tested    sets    state   yes
timetables.note            buttons   sets    last    yes
figures.lock               buttons   state   state   yes
figures.publish            buttons   sets    state   yes
figures.reopen             buttons   once    state   yes
figures.save_plan          yes       sets    last    yes
filling.add_several        buttons   once    own     yes
filling.fill               yes       sets    own     yes
filling.put_aside          buttons   once    own     yes
filling.settle             tested    once    own     yes
imports.act                tested    state   state   yes
imports.send               yes       yes     adds    yes
incoming.pass_on           buttons   state   state   yes
incoming.put_aside         buttons   once    last    yes
incoming.take              tested    tested  state   yes
intake.send                yes       yes     adds    yes
intake.take                yes       yes     adds    yes
keepers.certificate        buttons   sets    last    yes
keepers.need               buttons   sets    last    yes
keepers.profile            buttons   sets    last    yes
keys.end                   buttons   once    own     yes
keys.mine                  yes       yes     own     yes
ladders.add_paper          yes       yes     adds    yes
ladders.record             yes       yes     adds    yes
forming.end               buttons   once    state   yes
forming.form              buttons   sets    state   yes
letter_orders.add_report   tested    tested  adds    yes
letter_orders.answer       tested    once    tested  yes
letter_orders.answer_claim tested    sets    state   yes
letter_orders.claim        tested    tested  adds    yes
letter_orders.close_claim  buttons   once    state   yes
letter_orders.revise       tested    sets    tested  yes
letter_orders.say          tested    tested  adds    yes
letter_quotes.own          tested    tested  tested  yes
letter_quotes.withdraw     buttons   once    state   yes
clusters.join             yes       yes     adds    yes
clusters.leave            buttons   once    last    yes
clusters.link             yes       yes     last    yes
clusters.save             yes       sets    tested  yes
clusters.unlink           buttons   once    last    yes
localisation.judge        buttons   state   last    yes
localisation.make         yes       yes     adds    yes
localisation.post_need    yes       yes     adds    yes
localisation.remove       buttons   once    last    yes
messages.thread            yes       yes     adds    yes
needs.correct              buttons   sets    last    yes
needs.edit                 yes       sets    yes     yes
needs.move                 yes       state   state   yes
needs.set_openness         yes       sets    last    yes
needs.set_strictness       buttons   sets    last    yes
neighbours.add             yes       sets    last    yes
neighbours.make_bundle     tested    anew    last    yes
neighbours.make_key        buttons   sets    last    yes
neighbours.pull            buttons   anew    last    yes
neighbours.push            buttons   anew    last    yes
neighbours.remove          buttons   once    last    yes
neighbours.take            tested    tested  state   yes
network.invite             yes       yes     adds    yes
network.save               yes       sets    last    yes
operator.put_aside         buttons   once    state   yes
operator.retry             buttons   once    state   yes
orders.add_report          yes       yes     adds    yes
orders.answer              yes       once    yes     yes
orders.answer_claim        yes       sets    yes     yes
orders.book                tested    sets    last    yes
orders.claim               yes       yes     adds    yes
orders.close_claim         buttons   once    yes     yes
orders.describe            yes       sets    yes     yes
orders.revise              yes       sets    yes     yes
orders.say                 yes       yes     adds    yes
orders.show_record         buttons   sets    own     yes
own_account.confirm_email  buttons   once    own     yes
own_account.email          yes       yes     own     yes
own_account.join           yes       yes     own     yes
own_account.password       yes       sets    own     yes
own_account.rename         yes       sets    own     yes
own_ladders.add_paper      yes       tested  adds    yes
own_ladders.ask            yes       yes     adds    yes
people.accept              tested    link    state   secret
people.block               buttons   sets    last    yes
people.choose_chief        buttons   sets    last    yes
people.decide              buttons   once    state   yes
people.end_role            buttons   once    state   yes
people.invite              yes       yes     adds    yes
personal_data.erase        yes       once    own     yes
photos.own                 yes       yes     own     yes
photos.remove              buttons   once    own     yes
positions.entry            yes       state   yes     yes
positions.take             buttons   once    state   yes
positions.remove           buttons   once    state   yes
posting.new                yes       yes     adds    yes
profile.basics             yes       sets    yes     yes
profile.confirm            buttons   once    own     yes
profile.discard            buttons   once    own     yes
profile.entry              yes       yes     yes     yes
profile.remove             buttons   once    own     yes
profile.submit             buttons   state   own     yes
public.keep                any       looks   last    yes
public.set_language        buttons   sets    last    yes
public.try_need            yes       looks   last    yes
quotes.ask                 tested    tested  last    yes
quotes.behalf              yes       yes     adds    yes
quotes.cancel              buttons   once    state   yes
quotes.deadline            yes       sets    last    yes
quotes.own                 yes       yes     yes     yes
quotes.withdraw            buttons   once    state   yes
rates.listed               yes       sets    last    yes
recovery.ask               same      tested  last    secret
recovery.confirm           buttons   once    state   secret
recovery.reset             tested    once    state   secret
reviews.decide             any       state   yes     yes
saved_views.keep           yes       sets    own     yes
searches.delete            buttons   once    own     yes
searches.look              buttons   sets    own     yes
searches.save              yes       yes     own     yes
second_factor.code         guess     once    own     secret
second_factor.enrol        yes       once    own     secret
second_factor.turn_off     guess     once    own     secret
support.end                buttons   sets    last    yes
support.save               yes       sets    yes     yes
years.ask                  buttons   tested  adds    yes
years.tell                 yes       sets    yes     yes
years.tell_by_letter       tested    sets    tested  yes
years.tell_for             yes       sets    yes     yes
standing.answer            yes       yes     adds    yes
standing.ask               buttons   yes     adds    yes
typed.keep                 script    sets    own     yes
teams.offer               tested    sets    last    yes
teams.take_back           buttons   once    state   yes
webhooks.again             buttons   state   own     yes
webhooks.end               buttons   once    own     yes
webhooks.mine              yes       sets    own     yes
"""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong value: who types it, where (the first object of the row's group, or `at`), and the fields that are wrong."""

    who: str
    form: Mapping[str, str]
    fields: tuple[str, ...]
    kept: str = ""
    at: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


TEXT = "Особые слова & знаки"
WRONG: dict[str, Wrong] = {
    "account.register": Wrong(
        "AN", {"name": TEXT, "email": "none", "password": "long enough 1", "consent": "1"}, ("email",), TEXT
    ),
    "capacity.show": Wrong("SO", {"block": TEXT}, ("block",), TEXT),
    "centre_people.erase": Wrong("OO", {}, ("sure",)),
    "centre_people.grant": Wrong("OO", {"role": "none"}, ("role",)),
    "centre_people.invite": Wrong("OO", {"email": TEXT, "role": "operator"}, ("email",), TEXT),
    "certificates.decide": Wrong("OO", {"decision": "verify", "how": "", "evidence": TEXT}, ("how",), TEXT),
    "certificates.scans_of": Wrong("SO", {}, ("file",)),
    "conditions.correct": Wrong("CO", {"quantity": "много"}, ("quantity",), "много", at="draft"),
    "companies.add": Wrong("OO", {"kind": "task", "text": TEXT, "due_on": "2001-01-01"}, ("due_on",), TEXT),
    "curating.add": Wrong("OO", {"supplier": TEXT}, ("supplier",), TEXT),
    "curating.seats": Wrong("OO", {"most": TEXT}, ("most",), TEXT),
    "drawings.add": Wrong("CO", {}, ("file",)),
    "drawings.agreement": Wrong("CO", {}, ("file",)),
    "drawings.nda": Wrong("SI", {}, ("agree",)),
    "drawings.replace": Wrong("CO", {}, ("file",)),
    "event_firms.answer_for": Wrong("OO", {"answer": "registered", "people": "много"}, ("people",), "много"),
    "events.save": Wrong("OO", {"kind": "none", "title": TEXT}, ("kind",), TEXT),
    "own_events.answer": Wrong("SO", {"answer": "registered", "people": "много"}, ("people",), "много"),
    "figures.save_plan": Wrong("OO", {"contracts": TEXT}, ("contracts",), TEXT),
    "filling.fill": Wrong("SO", {"text": ""}, ("text",)),
    "imports.send": Wrong("OO", {"kind": "supplier"}, ("file",)),
    "intake.send": Wrong("OO", {"to": "none", "text": TEXT, "language": "ru"}, ("to",), TEXT),
    "intake.take": Wrong("OO", {"act": "save", "text": "", "contact": TEXT}, ("text",), TEXT),
    "keys.mine": Wrong("SO", {"name": TEXT, "scope": "read", "days": "много"}, ("days",), TEXT),
    "clusters.join": Wrong("OO", {"role": "none", "name": TEXT}, ("role",), TEXT),
    "clusters.link": Wrong("OO", {"supplier": "none", "what": TEXT}, ("supplier",), TEXT),
    "clusters.save": Wrong("OO", {"kind": "none", "name_ru": TEXT}, ("kind",), TEXT),
    "localisation.make": Wrong("CO", {"name": TEXT, "text": "x"}, ("text",), TEXT),
    "localisation.post_need": Wrong("CO", {"parts": "99"}, ("parts",)),
    "messages.thread": Wrong("CO", {"text": " ", "audience": "all"}, ("text",)),
    "needs.edit": Wrong("CO", {"text": TEXT, "quantity": "много"}, ("quantity",), TEXT),
    "needs.move": Wrong("OO", {"state": "closed"}, ("reason",)),
    "positions.entry": Wrong("CO", {"title": TEXT, "quantity": "много"}, ("quantity",), TEXT, at="draft"),
    "posting.new": Wrong("CO", {"text": TEXT, "quantity": "много"}, ("quantity",), TEXT),
    "needs.set_openness": Wrong("CO", {"disclosure": "none", "reach": "network"}, ("disclosure",)),
    "neighbours.add": Wrong(
        "OO", {"name": TEXT, "key": "x", "fingerprint": "y"}, ("key", "fingerprint", "level"), TEXT
    ),
    "network.invite": Wrong("NA", {"email": TEXT}, ("email-centre",), TEXT),
    "ladders.add_paper": Wrong("OO", {}, ("file",)),
    "ladders.record": Wrong(
        "OO", {"stage": "none at all", "on": "вчера", "note": TEXT}, ("stage", "on"), TEXT
    ),
    "own_ladders.add_paper": Wrong("SO", {}, ("file",)),
    "own_ladders.ask": Wrong("SO", {"standard": "none", "note": TEXT}, ("standard",), TEXT),
    "cards.make": Wrong("OO", {"closes": "none", "note": TEXT}, ("closes",), TEXT),
    "cards.save": Wrong("OO", {"closes": "none", "note": TEXT}, ("closes",), TEXT),
    "support.save": Wrong("OO", {"kind": "none", "name": TEXT}, ("kind",), TEXT),
    "years.tell": Wrong("SO", {"staff": "много", "invested": "1,000.50"}, ("staff", "invested"), "много"),
    "years.tell_for": Wrong(
        "OO", {"staff": "много", "revenue_band": "none"}, ("staff", "revenue_band"), "много"
    ),
    "network.save": Wrong("NA", {"code": "", "name_ru": TEXT}, ("code",), TEXT),
    "orders.add_report": Wrong("SO", {"text": TEXT}, ("file",), TEXT),
    "orders.answer": Wrong("SO", {"do": "refuse", "text": " "}, ("text",)),
    "orders.answer_claim": Wrong("SO", {"cause": TEXT, "revision": "1"}, ("remedy", "due_on"), TEXT),
    "orders.claim": Wrong("CO", {"what": TEXT, "pieces": "много"}, ("pieces",), TEXT),
    "orders.describe": Wrong("CO", {"number": "9" * 101, "terms": TEXT, "revision": "1"}, ("number",), TEXT),
    "orders.revise": Wrong("SO", {"pieces": "много"}, ("pieces",), "много"),
    "orders.say": Wrong("SO", {"kind": "delivery", "pieces": "много"}, ("pieces",), "много"),
    "own_account.email": Wrong("SO", {"email": TEXT, "current": "x"}, ("current",), TEXT),
    "own_account.join": Wrong(
        "SO", {"inn": "123", "organisation": TEXT, "role": "supplier_editor"}, ("inn",), TEXT
    ),
    "own_account.password": Wrong("SO", {"current": "x", "password": "short"}, ("current",)),
    "own_account.rename": Wrong("SO", {"name": " "}, ("name",)),
    "people.invite": Wrong("SO", {"email": TEXT, "role": "supplier_editor"}, ("email",), TEXT),
    "personal_data.erase": Wrong("SO", {}, ("sure",)),
    "photos.own": Wrong("SO", {"caption": TEXT}, ("file",), TEXT),
    "profile.basics": Wrong("SO", {"name-ru": TEXT, "founded": "давно"}, ("founded",), TEXT),
    "profile.entry": Wrong(
        "SO", {"standard": "ISO 9001", "scope": TEXT, "valid_until": "2026-02-30"}, ("valid_until",), TEXT
    ),
    "public.try_need": Wrong("AN", {"text": " "}, ("text",)),
    "quotes.behalf": Wrong("OO", {"amount": "много", "text": TEXT, "do": "submit"}, ("amount",), TEXT),
    "quotes.deadline": Wrong("CO", {"until": "вчера"}, ("until",)),
    "quotes.own": Wrong("SN", {"amount": "много", "text": TEXT, "do": "submit"}, ("amount",), TEXT),
    "rates.listed": Wrong("OO", {"currency": "EUR", "roubles": "много"}, ("roubles", "on"), "много"),
    "saved_views.keep": Wrong("SO", {"name": " ", "query": "state=draft"}, ("name",)),
    "searches.save": Wrong("SO", {"name": " ", "query": "q=turning"}, ("name",)),
    "second_factor.enrol": Wrong("SO", {"code": "none"}, ("code",)),
    "webhooks.mine": Wrong("SO", {"address": "http://10.0.0.1/"}, ("address",), "http://10.0.0.1/"),
    "standing.answer": Wrong("SI", {"answer": "not_ours"}, ("reason",)),
}


@dataclass(frozen=True, slots=True)
class Twice:
    """A form that makes something: who sends it, on what; `page` is a page whose hidden values go with it, `state` what its
    need is moved to before.
    """

    who: str
    form: Mapping[str, object]
    at: str = ""
    page: str = ""
    file: str = ""
    state: str = ""
    more: frozenset[str] = frozenset()


TWICE: dict[str, Twice] = {
    "centre_people.invite": Twice(
        "OO", {"email": "twice-1@people.example", "role": "operator"}, page="centre_people.listed"
    ),
    "certificates.decide": Twice("OO", {"decision": "verify", "how": "fsa.gov.ru"}),
    "certificates.scans_of": Twice("SO", {}, file="scan.pdf"),
    "awarding.award": Twice("CO", {}, at="invited", state="shortlisting"),
    "comparison.copy": Twice("CO", {}, at="draft", page="needs.show"),
    "companies.add": Twice("OO", {"kind": "note", "text": TEXT}, page="companies.show"),
    "ladders.add_paper": Twice("OO", {}, file="scan.pdf"),
    "ladders.record": Twice("OO", {"stage": "diagnosis", "on": "2026-11-01"}, page="ladders.show"),
    "own_ladders.ask": Twice("SO", {"standard": "iso-14001"}, page="own_ladders.show"),
    "curating.add": Twice("OO", {"supplier": "PROFILE"}, at="open"),
    "curating.decide": Twice("OO", {"decision": "approved"}, at="draft"),
    "curating.note": Twice("OO", {"note": TEXT}, at="open"),
    "curating.release": Twice("OO", {}, at="open"),
    "drawings.add": Twice("CO", {}, at="draft", file="paper.png"),
    "drawings.agreement": Twice("CO", {}, at="draft", file="scan.pdf"),
    "drawings.nda": Twice("SI", {"agree": "yes"}, at="name-hidden"),
    "imports.send": Twice("OO", {"kind": "supplier"}, file="list.csv"),
    "intake.send": Twice(
        "OO", {"to": "ask@people.example", "text": TEXT, "language": "ru"}, at="draft", page="intake.letter"
    ),
    "intake.take": Twice(
        "OO", {"act": "save", "text": "Токарная обработка, 30 шт", "channel": "phone"}, page="intake.form"
    ),
    "clusters.join": Twice("OO", {"role": "finance", "name": TEXT}),
    "clusters.link": Twice("OO", {"what": TEXT}),
    "localisation.make": Twice(
        "CO", {"name": TEXT, "text": "деталь\tкол-во\nвал\t3\nвтулка\t5"}, page="localisation.listed"
    ),
    "localisation.post_need": Twice("CO", {"parts": "1"}, page="localisation.show"),
    "keys.mine": Twice(
        "SO",
        {"name": "Twice", "scope": "read", "days": "90"},
        page="keys.mine",
        more=frozenset({"access_key", "audit_entry"}),  # the first key, whose secret nobody saw, is ended
    ),
    "messages.thread": Twice("CO", {"text": TEXT, "audience": "all"}),
    "network.invite": Twice("NA", {"email": "twice-2@people.example"}, page="network.show"),
    "orders.add_report": Twice("SO", {"text": TEXT}, page="orders.show", file="report.pdf"),
    "orders.claim": Twice("CO", {"what": TEXT}, page="orders.show"),
    "orders.say": Twice("SO", {"kind": "delivery", "pieces": "7"}, page="orders.show"),
    "own_account.email": Twice(
        "CX", {"email": "twice-3@people.example", "current": "PASSWORD"}, page="own_account.email"
    ),
    "own_account.join": Twice("U0", {"inn": "7707083893", "organisation": TEXT, "role": "supplier_editor"}),
    "people.invite": Twice(
        "SO", {"email": "twice-4@people.example", "role": "supplier_editor"}, page="people.show"
    ),
    "photos.own": Twice("SO", {"caption": TEXT}, file="photo.png"),
    "posting.new": Twice("CO", {"text": "Токарная обработка, 40 шт"}, page="posting.new"),
    "profile.entry": Twice(
        "SO", {"standard": "ISO 9001", "status": "certified", "number": "7"}, page="profile.entry"
    ),
    "quotes.behalf": Twice(
        "OO", {"amount": "100", "currency": "RUB", "lead_time_days": "20", "do": "submit"}, at="name-hidden"
    ),
    "quotes.own": Twice(
        "SN",
        {"amount": "100", "currency": "RUB", "lead_time_days": "20", "do": "submit"},
        at="nda",
        page="quotes.own",
    ),
    "searches.save": Twice("SO", {"name": "Twice", "query": "q=turning"}),
    "standing.answer": Twice("SI", {"answer": "interested"}, at="nda"),
    "standing.ask": Twice("SX", {}, at="open"),
}

# Forms of which every press is an act of its own, though it leaves one thing: why.
EACH_TOLD = {
    "keys.mine": "a secret is shown once: a further press ends the key whose secret nobody saw and makes another"
}


@dataclass(frozen=True, slots=True)
class Stale:
    """A form made before somebody else saved: what is typed into it must be on the answer, beside what is there now."""

    who: str
    form: Mapping[str, str]
    at: str = ""
    kept: str = TEXT


STALE: dict[str, Stale] = {
    "awarding.award": Stale("CO", {}, at="open", kept=""),
    "conditions.correct": Stale("CO", {"title": TEXT}, at="draft", kept=""),
    "curating.decide": Stale("OO", {"decision": "approved"}, at="open", kept=""),
    "curating.note": Stale("OO", {"note": f"{TEXT} иначе"}, at="open"),
    "curating.place": Stale("OO", {"to": "0"}, at="open", kept=""),
    "curating.undo": Stale("OO", {}, at="open", kept=""),
    "needs.edit": Stale("CO", {"text": TEXT}, at="draft"),
    "orders.answer": Stale("SO", {"do": "refuse", "text": TEXT}),
    "orders.answer_claim": Stale("SO", {"cause": TEXT, "remedy": TEXT, "due_on": "2026-12-20"}),
    "orders.close_claim": Stale("SO", {}, kept=""),
    "orders.describe": Stale("CO", {"number": TEXT}),
    "orders.revise": Stale("SO", {"pieces": "8173"}, kept="8173"),
    "positions.entry": Stale("CO", {"title": TEXT}, at="draft"),
    "profile.basics": Stale("SO", {"name-ru": TEXT, "city": "Тверь"}),
    "profile.entry": Stale("SO", {"standard": "ISO 9001", "status": "certified", "scope": TEXT}),
    "support.save": Stale("OO", {"kind": "subsidy", "name": TEXT}),
    "years.tell": Stale("SO", {"staff": "8173"}, kept="8173"),
    "years.tell_for": Stale("OO", {"staff": "8173"}, kept="8173"),
    "events.save": Stale(
        "OO",
        {
            "kind": "fair",
            "title": TEXT,
            "place": "x",
            "day": "2027-06-01",
            "register_by": "2027-05-01",
            "starts": "10:00",
            "ends": "12:00",
            "tables": "2",
            "minutes": "20",
            "pause": "5",
            "people": "20",
            "wishes": "3",
        },
    ),
    "cards.save": Stale("OO", {"closes": "machine", "what": TEXT, "due_on": "2027-06-01"}),
    "quotes.own": Stale(
        "SN",
        {"amount": "100", "currency": "RUB", "lead_time_days": "20", "text": TEXT, "do": "submit"},
        at="open",
    ),
    "reviews.decide": Stale("OO", {"remark-basics": TEXT, "decision": "return"}),
}


@dataclass(frozen=True, slots=True)
class Promise:
    wrong: str
    twice: str
    stale: str
    ended: str


PROMISES = {name: Promise(*said) for name, *said in map(str.split, _PROMISES.strip().splitlines()[1:])}
