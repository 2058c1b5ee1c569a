"""The 47 rows of the access table, each with its two doors: pages and the operations of programs that do the same.

A row without an operation says why; `never` is the table's own word for what no key may. `=` pairs must give every subject
the same verdict on every object; what a field of an answer shows is held by the canaries of the matrix.
"""

_TABLE = """
1   profile published              public.supplier GET = api.supplier GET; public.supplier GET = api.shell GET; public.supplier GET = api.manufacturing_capability GET
2   profile draft or blocked       public.supplier GET = api.supplier GET
3   contact persons                public.supplier GET = api.supplier GET
4   free capacity                  public.supplier GET = api.supplier GET
5   hourly rates                   none: no hourly rates are kept
6   internal rating                curating.shortlist GET = api_dealings.shortlist GET
7   edit profile                   profile.basics POST = api_shop.change PUT; profile.submit POST = api_shop.submit_profile POST; profile.discard POST = api_shop.discard_draft DELETE; profile.confirm POST = api_shop.confirm POST; capacity.show POST = api_shop.state PUT; photos.own POST = api_certificates.add_photo POST; photos.remove POST = api_certificates.remove_photo DELETE; own_ladders.show GET = api_certificates.ladders_of_shop GET; own_ladders.ask POST = api_certificates.ask_for_help POST; years.own GET = api_own.own_year GET; years.tell POST = api_own.tell_year PUT; own_events.show GET = api_events.participation GET; own_events.answer POST = api_events.answer PUT
8   edit centre's fields           none: refused by name in both, as keys that a record or form does not have
9   publish, block                 never: reviews.decide POST, people.block POST
10  merge                          never: duplicates.settle POST, duplicates.several POST
11  certificate facts              public.supplier GET = api.supplier GET
12  certificate scan: download     certificates.scan GET = api_certificates.scan GET; ladders.paper GET = api_certificates.ladder_paper GET
13  certificate scan: upload       certificates.scans_of POST = api_certificates.add_scan POST; own_ladders.add_paper POST = api_certificates.add_ladder_paper POST
14  certificate: verify            never: certificates.decide POST
15  need list, released            needs.show GET = api_needs.summary GET; needs.mine GET = api_needs.mine GET
16  need not released              needs.show GET = api_needs.summary GET
17  need by invitation             needs.show GET = api_needs.summary GET; standing.answer POST = api_dealings.answer POST; standing.ask POST = api_dealings.ask POST
18  contractor's name              needs.show GET = api_needs.summary GET
19  create need                    posting.new POST = api_needs.post POST
20  edit, cancel need              needs.edit POST = api_needs.change PUT; needs.edit GET = api_needs.read GET; needs.edit GET = api_needs.shell GET; needs.move POST = api_lifecycle.move POST; needs.set_openness POST = api_lifecycle.set_openness PUT; needs.set_strictness POST = api_lifecycle.set_strictness PUT; comparison.copy POST = api_lifecycle.copy POST; quotes.deadline POST = api_rounds.set_deadline PUT; quotes.cancel POST = api_rounds.cancel DELETE; quotes.ask POST = api_rounds.ask POST
21  release need                   never: curating.release POST
22  that drawings exist            needs.show GET = api_needs.summary GET
23  drawing names                  drawings.listed GET = api_drawings.listed GET
24  drawing download               drawings.download GET = api_drawings.download GET
25  drawing upload, revoke         drawings.add POST = api_drawings.add POST; drawings.replace POST = api_drawings.replace POST; drawings.withdraw POST = api_drawings.withdraw DELETE; drawings.withdraw_nda POST = api_drawings.end_agreement DELETE
26  accept NDA                     never: drawings.nda POST
27  NDA register                   none: a part of the page of drawings; the operation api_drawings.agreements is decided by nda.register itself
28  submit own quote               quotes.own POST = api_dealings.save_quote PUT; quotes.withdraw POST = api_dealings.withdraw_quote DELETE; quotes.behalf POST = api_rounds.enter PUT; quotes.own POST = api_rounds.add_paper POST; teams.offer POST = api_joint_work.offer PUT; teams.take_back POST = api_joint_work.take_offer_back DELETE
29  same after deadline            quotes.own POST = api_dealings.save_quote PUT
30  own quote, read                quotes.own GET = api_dealings.own_quote GET; teams.own GET = api_joint_work.own_team GET
31  another's quote, sealed        quotes.listed GET = api_dealings.opened_quotes GET
32  another's quote, opened        quotes.listed GET = api_dealings.opened_quotes GET; quotes.listed GET = api_joint_work.joint_offers GET; quotes.paper GET = api_rounds.paper GET
33  figures of quotes              figures.show GET = api_lists.figures GET; figures.one GET = api_lists.figure GET; figures.download GET = api_lists.figure_report GET; clusters.listed GET = api_clusters.listed GET; clusters.show GET = api_clusters.read GET; clusters.download GET = api_clusters.as_file GET; localisation.listed GET = api_localisation.listed GET; localisation.show GET = api_localisation.read GET; localisation.download GET = api_localisation.as_file GET; localisation.make POST = api_localisation.make POST; localisation.post_need POST = api_localisation.post_need POST; localisation.remove POST = api_localisation.remove DELETE; missing.show GET = api_missing.missing GET; missing.told GET = api_missing.told GET; missing.download GET = api_missing.as_file GET; resting.show GET = api_resting.resting GET; resting.stopped GET = api_resting.stopped GET; resting.download GET = api_resting.as_file GET; years.download GET = api_lists.years GET
34  award                          never: awarding.award POST
35  match list                     none: parts of the need's page and the shortlist's; the operation api_needs.matches is decided by match.view itself
36  accept, reject, pin, reorder   curating.decide POST = api_dealings.decide PUT; curating.undo POST = api_shortlists.undo DELETE; curating.place POST = api_shortlists.place PUT; curating.propose POST = api_dealings.propose POST; curating.add POST = api_shortlists.add POST; curating.invite POST = api_shortlists.invite POST; forming.listed GET = api_joint_work.formed GET; forming.form POST = api_joint_work.form POST; forming.end POST = api_joint_work.end_team POST; curating.seats POST = api_shortlists.set_seats PUT; comparison.want POST = api_shortlists.want PUT; comparison.rate POST = api_shortlists.rate PUT
37  operator notes                 never: curating.note POST
38  messages of a need             messages.listed GET = api_messages.listed GET; messages.thread GET = api_messages.read GET; messages.thread POST = api_messages.write POST
39  export                         exports.suppliers GET = api_lists.suppliers GET; exports.own_needs GET = api_lists.needs GET; exports.certificates_at_work GET = api_lists.certificates GET; exports.orders GET = api_lists.orders GET; ladders.download GET = api_lists.ladders GET; reports.shortlist GET = api_lists.shortlist GET
40  import                         imports.start GET = api_imports.listed GET; imports.send POST = api_imports.send POST; imports.show GET = api_imports.read GET; imports.act POST = api_imports.start POST; imports.act POST = api_imports.discard POST; imports.act POST = api_imports.undo POST; imports.act POST = api_imports.set_columns PUT
41  users of a company             never: people.invite POST, people.end_role POST
42  grant a role                   never: centre_people.grant POST, network.invite POST
43  API tokens                     never: keys.mine POST, keys.end POST
44  audit log                      audit.show GET = api_lists.journal GET
45  configuration, reindex         none: commands of the host
46  personal data: export, erase   never: personal_data.take GET, personal_data.erase POST, centre_people.data GET, centre_people.erase POST
47  an order, its course, claims   orders.mine GET = api_orders.listed GET; orders.show GET = api_orders.read GET; orders.show_record POST = api_orders.show_record PUT; orders.report GET = api_orders.report GET; orders.say POST = api_orders.say POST; orders.add_report POST = api_orders.add_report POST; orders.answer POST = api_orders.answer PUT; orders.revise POST = api_orders.correct PUT; orders.revise POST = api_orders.withdraw DELETE; orders.claim POST = api_orders.claim POST; orders.answer_claim POST = api_orders.answer_claim PUT; orders.close_claim POST = api_orders.close_claim POST; orders.describe POST = api_orders.describe PUT; orders.book POST = api_orders.book PUT
"""


def rows() -> dict[int, str]:
    """What stands beside each row of the access table."""
    lines = [line.split(maxsplit=1) for line in _TABLE.strip().splitlines()]
    return {int(number): rest[31:].strip() for number, rest in lines}


def pairs() -> list[tuple[int, tuple[str, str], tuple[str, str]]]:
    """The doors that must decide alike: row, page and operation, each an endpoint and a method."""
    return [
        (number, *(tuple(door.split()) for door in pair.split(" = ")))  # type: ignore[misc]
        for number, said in rows().items()
        if " = " in said
        for pair in said.split("; ")
    ]


def never() -> dict[int, list[tuple[str, str]]]:
    """The pages of what no key may, by row."""
    return {
        number: [tuple(door.split()) for door in said.removeprefix("never: ").split(", ")]  # type: ignore[misc]
        for number, said in rows().items()
        if said.startswith("never: ")
    }
