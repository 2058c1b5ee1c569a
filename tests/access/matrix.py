"""The decided table of access: every route and method, the action of the policy that it is, and what it is tried on.

A route that has no row here fails the suite: whoever adds one decides who may. `action` is one of `domain.access`, or one
of DOORS, which stand for pages without an object; "operator/ACTION" is a page behind the operator's door, which answers
403 to everybody else before it looks whether the object is there. `on` names the objects of `world.World`, a letter
group of them. `form` names what is posted: forms that are allowed to arrive and then change as little as can be.
"""

from dataclasses import dataclass

from matchmaker.domain.access import (
    MATRIX,
    RELATIONS,
    AccessVerdict,
)

_DOORS = """
              AN   SO   SI   SN   SX   CO   CX   CN   OO   OX   AU   NA
anyone        ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
signed        401  ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
supplier      401  ok   ok   ok   ok   403  403  403  403  403  403  403
operator      401  403  403  403  403  403  403  403  ok   ok   403  403
poster        401  403  403  403  403  ok   ok   ok   ok   ok   403  403
people        401  ok   403  403  403  ok   403  403  ok   ok   403  403
network       401  403  403  403  403  403  403  403  403  403  403  ok
stranger      403  403  403  403  403  403  403  403  403  403  403  403
home          401  403  403  403  403  403  403  403  ok   403  403  403
home.one      401  403  403  403  403  403  403  403  404  403  403  403
journal       401  ok   404  404  404  ok   404  404  ok   ok   404  ok
person.see    401  404  404  404  404  404  404  404  ok   404  404  ok
person.act    401  404  404  404  404  404  404  404  ok   404  404  403
person.role   401  404  404  404  404  404  404  404  ok   404  404  ok
firm.block    401  403  404  404  404  404  404  404  ok   404  404  403
own           401  ok   404  404  404  404  404  404  404  404  404  404
key           401  401  401  401  401  401  401  401  401  401  401  401
invitation    401  404  ok   ok   404  403  403  403  403  403  403  403
one.press     404  404  404  404  404  404  404  404  404  404  404  404
demo          404  404  404  404  404  404  404  404  404  404  404  404
locked        401  403  403  403  403  403  403  403  404  404  403  403
authority     401  403  403  403  403  403  403  403  ok   ok   ok   403
rows.one      401  404  404  404  404  404  404  404  404  404  404  404
cluster.one   401  403  403  403  403  403  403  403  ok   404  403  403
parts.one     401  404  404  404  404  ok   404  404  ok   404  404  404
published     404  404  404  404  404  404  404  404  404  404  404  404
letter        404  404  404  404  404  404  404  404  404  404  404  404
person.invite 401  ok   404  404  404  404  404  404  ok   404  404  403
message.one   401  404  ok   404  404  ok   404  404  ok   404  404  403
quote.paper   401  404  404  ok   404  ok   404  404  ok   404  404  403
quote.mine    401  404  403n ok   403  403  403  403  404  403  403  403
team          401  404  403n 404  403  403  403  403  404  403  403  403
team.one      401  404  404  404  404  404  404  404  404  404  404  404
contract      401  404  404  404  404  404  404  404  404  404  404  404
support.keep  401  403  403  403  403  403  403  403  ok   404  403  403
import.one    401  403  403  403  403  403  403  403  ok   404  403  ok
agreement.text 401 404  ok   ok   404  ok   404  404  ok   404  404  403
order.number  401  403  404  404  404  ok   404  404  ok   404  404  404
order.hours   401  ok   404  404  404  403  404  404  ok   404  404  404
"""
# Why a door is as it is, where it is not the policy's own row.
REASONS = {
    "agreement.text": "who may accept the agreement reads its text, and who may set it",
    "authority": "figure.view of the centres of the person, none for anybody else",
    "own": "a saved search is its owner's alone, an operator has no business with it; of an event a firm reads its own part",
    "key": "a cookie changes nothing where no mark of a form is asked for; what a key may is KEYED",
    "one.press": "a letter as well; a mail program presses it without a mark of a form",
    "invitation": "who was invited answers; for any other supplier there is no invitation",
    "letter": "only the secret of a letter opens these; a made-up one opens nothing for anybody",
    "locked": "operator, of a period that is locked, a letter that came; in this world none is, see test_open_data, test_incoming",
    "stranger": "a neighbour's program alone, by what its key has signed; nobody's account counts",
    "home": "operator, of the centre that the installation stands for: its key and its neighbours are no other centre's",
    "home.one": "home, of one neighbour; in this world there is none, see test_neighbours",
    "cluster.one": "support.keep of a cluster: what a centre registers, that another centre does not know of",
    "rows.one": "a file that is being opened is told of to who sent it; in this world none is, see test_localisation",
    "parts.one": "need.view_unpublished of a parts list: who posted it and its centre, nobody else learns of it",
    "published": "what a centre shows to everybody; in this world nothing is, see test_open_data; a guide as a file of no kind",
    "demo": "of the demo alone: anywhere else there is no such page for anybody",
    "journal": "audit.view over what is one's own: there is no object, so that an operator elsewhere reads its centre's",
    "person.see": "user.manage of one person, for people of its centre; who answers for a firm has people.of_organisation",
    "person.act": "user.manage, token.manage and person.data of somebody else; one's own data is personal_data",
    "person.role": "role.grant of one person; the network's administrator ends what it may give",
    "firm.block": "blocking is the centre's; who answers for the firm may know that",
    "person.invite": "of user.manage the network's administrator has the list of those who run centres only, see network",
    "message.one": "the thread of one invited supplier; the others that are invited have their own",
    "quote.mine": "of quote.submit the operator's part, typing in a letter's quote, is quotes.behalf",
    "contract": "a contract that has stood is its two sides' and the centre's; in this world none has, see test_contracts",
    "team": "quote.mine of the members of a team; in this world there is none, see test_teams",
    "team.one": "match.curate of a team, and in this world there is none, see test_teams",
    "import.one": "registry.import, of a file that another centre does not know of",
    "support.keep": "registry.import's sibling: what a centre keeps for its firms, that another centre does not know of",
    "order.number": "order.record of what is the contractor's own: the number of its order",
    "order.hours": "order.record of what is the supplier's own: its machine-hours",
    "quote.paper": "quote.opened, and the author of the quote, who is SN",
    "supplier": "one's own pages: there is no object but the organisation of the person",
    "poster": "a need goes into the centre of who posts it, so that an operator elsewhere posts elsewhere",
}
# Actions that have no address of their own: where they are decided, and what holds them there.
WITHIN = {
    "profile.view_unpublished": "lets one know of a profile that is not published: the view of things in the small network",
    "profile.contacts": "a part of the profile's page; its canary",
    "profile.capacity": "a part of the profile's page and of its answer to programs; its canary",
    "profile.rates": "no hourly rates are kept",
    "profile.rating": "no rating of a supplier is kept; scores stand on the pages of match.curate and nowhere else",
    "profile.edit_centre_fields": "the forms of the profile refuse them by name with 422",
    "certificate.view": "a part of the profile's page, for everybody who sees that",
    "certificate.upload": "the door supplier, as profile.edit",
    "need.view": "need.see",
    "need.view_unpublished": "need.see",
    "need.view_invited": "need.see",
    "need.contractor": "a part of the need's page; its canary",
    "need.create": "the door poster",
    "drawing.count": "a part of the need's page: the number on its link",
    "quote.submit": "quote.mine for the supplier, quotes.behalf for the operator",
    "quote.submit_late": "409 with what was typed, when the moment has come",
    "quote.own": "quote.mine, which is where one reads it as well",
    "quote.sealed": "quotes.listed until the deadline: who has answered for the centre, nothing for the contractor",
    "quote.figures": "no page counts or averages quotes for anybody",
    "match.notes": "a part of the shortlist's page; its canary",
    "user.manage": "the doors people, person.invite, person.see and person.act",
    "role.grant": "the doors person.invite and person.role, and the door network",
    "token.manage": "keys.mine and keys.end, one's own; person.act ends those of others with the sessions",
    "audit.view": "the door journal",
    "system.configure": "commands of the host; the door network for what the site keeps of it",
    "person.data": "personal_data.own and personal_data.take, one's own; centre_people.data",
}
# What a program does with a key that may write, once the table below has refused everybody without one.
KEYED = """
api_needs.post             POST  poster                 -        record
api_needs.change           PUT   need.edit              needs    record
api_needs.submit           POST  need.edit              needs
api_shop.state             PUT   supplier               -        hours
api_shop.change            PUT   supplier               -        profile
api_events.answer          PUT   own                    participants participation
api_own.tell_year          PUT   supplier               -        year
api_shop.submit_profile    POST  supplier               -
api_localisation.make      POST  poster                 -        parts_list
api_localisation.send_rows POST  poster                 -        file
api_localisation.post_need POST  parts.one              lists    parts_chosen
api_localisation.remove    DELETE  parts.one            lists_anew
api_dealings.propose       POST  operator/match.curate  needs
api_dealings.decide        PUT   operator/match.curate  threads  decision
api_dealings.answer        POST  supplier/invitation    needs    answer
api_dealings.save_quote    PUT   quote.mine             needs    quote
api_dealings.withdraw_quote  DELETE  quote.mine         needs
api_lifecycle.move         POST  need.edit              needs    move
api_lifecycle.copy         POST  need.edit              needs    no_id
api_lifecycle.set_openness  PUT  need.edit              needs    openness
api_lifecycle.set_strictness  PUT  need.edit            needs    strictness
api_dealings.ask           POST  supplier/need.see      needs
api_shortlists.place       PUT   operator/match.curate  threads  place
api_shortlists.undo        DELETE  operator/match.curate  threads
api_shortlists.add         POST  operator/match.curate  needs    nobody
api_shortlists.invite      POST  operator/match.curate  needs    matches
api_shortlists.set_seats   PUT   operator/match.curate  needs    seats
api_shortlists.want        PUT   need.edit              threads  wanted
api_shortlists.rate        PUT   need.edit              threads  rating
api_joint_work.form        POST  operator/match.curate  needs    team
api_joint_work.end_team    POST  operator/team.one      needs
api_joint_work.offer       PUT   team                   needs
api_joint_work.take_offer_back  DELETE  team            needs
api_rounds.set_deadline    PUT   need.edit              needs    past
api_rounds.cancel          DELETE  need.edit            needs
api_rounds.ask             POST  need.edit              needs    matches
api_rounds.enter           PUT   match.curate           threads  quote
api_rounds.add_paper       POST  quote.mine             needs    file
api_rounds.remove_paper    DELETE  quote.mine           needs
api_messages.write         POST  message.one            threads  nothing
api_orders.say             POST  order.record           orders   said
api_orders.add_report      POST  order.record           orders   file
api_orders.answer          PUT   order.answer           orders   disagreed
api_orders.correct         PUT   order.record           orders   side
api_orders.withdraw        DELETE  order.record         orders
api_orders.claim           POST  order.record           orders   claimed
api_orders.answer_claim    PUT   order.record           orders   side
api_orders.close_claim     POST  order.answer           orders
api_orders.describe        PUT   order.number           orders
api_orders.book            PUT   order.hours            orders   booked
api_orders.show_record     PUT   supplier               -        shown
api_own.undo               POST  own                    act
api_drawings.add           POST  drawing.change         needs    file
api_drawings.replace       POST  drawing.change         drawings  file
api_drawings.withdraw      DELETE  drawing.change       drawings
api_drawings.end_agreement  DELETE  drawing.change      agreements
api_shop.confirm           POST  supplier               -        no_fields
api_shop.discard_draft     DELETE  supplier             -
api_certificates.add_scan  POST  supplier               -        file
api_certificates.ask_for_help  POST  supplier           -        wish
api_certificates.add_ladder_paper  POST  supplier       -        file
api_certificates.add_photo  POST  supplier              -        file
api_certificates.remove_photo  DELETE  supplier/own     photos
api_own.save_search        POST  signed                 -        no_name
api_own.look_at_search     POST  own                    search
api_own.delete_search      DELETE  own                  search
api_imports.send           POST  registry.import        -        file
api_imports.set_columns    PUT   import.one             imports  meanings
api_imports.start          POST  import.one             imports
api_imports.discard        POST  import.one             imports
api_imports.undo           POST  import.one             imports
api_webhooks.make          POST  signed                 -        webhook
api_webhooks.end           DELETE  own                  webhook
api_webhooks.again         POST  own                    webhook
"""

_ROUTES = """
static                     GET   anyone                 -
health.alive               GET   anyone                 -
health.ready               GET   anyone                 -
health.version             GET   anyone                 -
metrics.show               GET   anyone                 -
public.home                GET   anyone                 -
public.set_language        POST  anyone                 -
public.search              GET   anyone                 -
public.supplier            GET   profile.view           profiles
public.supplier_sheet      GET   profile.view           profiles
exports.suppliers          GET   list.export            -
exports.own_needs          GET   list.export            -
exports.orders             GET   list.export            -
exports.certificates_at_work  GET  operator             -
public.show_map            GET   anyone                 -
open_data.listed           GET   anyone                 -
guides.listed              GET   anyone                 -
guides.one                 GET   anyone                 -
guides.download            GET   published              -
open_data.download         GET   published              -
public.try_need            GET   anyone                 -
public.try_need            POST  anyone                 -
public.keep                POST  anyone                 -
api.search                 GET   anyone                 -        words
api.supplier               GET   profile.view           profiles
api.shell                  GET   profile.view           profiles
api.manufacturing_capability  GET  profile.view         profiles
api_guides.listed          GET   anyone                 -
api_events.listed          GET   anyone                 -
api_events.one             GET   anyone                 events
api_events.timetable       GET   support.keep           events
api_events.own             GET   signed                 -
api_events.participation   GET   own                    participants
api_events.answer          PUT   key                    participants
api_guides.one             GET   anyone                 -
api.fit                    GET   profile.view           profiles  words
api_needs.mine             GET   signed                 -
api_needs.post             POST  key                    -
api_needs.read             GET   need.edit              needs
api_needs.change           PUT   key                    needs
api_needs.submit           POST  key                    needs
api_needs.matches          GET   match.view             needs
api_joint_work.together    GET   need.edit              needs
api_joint_work.removed     GET   operator/match.curate  needs
api_joint_work.formed      GET   operator/match.curate  needs
api_joint_work.form        POST  key                    needs
api_joint_work.end_team    POST  key                    needs
api_joint_work.own_team    GET   team                   needs
api_joint_work.offer       PUT   key                    needs
api_joint_work.take_offer_back  DELETE  key             needs
api_joint_work.joint_offers  GET  quote.opened          needs
api_shop.hours             GET   supplier               -
api_shop.fitting           GET   supplier               -
api_shop.among_similar     GET   supplier               -
api_shop.state             PUT   key                    -
api_shop.profile           GET   supplier               -
api_shop.change            PUT   key                    -
api_shop.submit_profile    POST  key                    -
api_shop.invitations       GET   supplier               -
api_dealings.shortlist     GET   operator/match.curate  needs
api_dealings.propose       POST  key                    needs
api_dealings.decide        PUT   key                    threads
api_dealings.answer        POST  key                    needs
api_dealings.own_quote     GET   quote.mine             needs
api_dealings.save_quote    PUT   key                    needs
api_dealings.withdraw_quote  DELETE  key                needs
api_dealings.opened_quotes  GET  quote.opened           needs
api_needs.summary          GET   need.see               needs
api_needs.shell            GET   need.edit              needs
api_lifecycle.move         POST  key                    needs
api_lifecycle.copy         POST  key                    needs
api_lifecycle.openness     GET   need.edit              needs
api_lifecycle.set_openness  PUT  key                    needs
api_lifecycle.strictness   GET   need.edit              needs
api_lifecycle.set_strictness  PUT  key                  needs
api_dealings.ask           POST  key                    needs
api_shortlists.place       PUT   key                    threads
api_shortlists.undo        DELETE  key                  threads
api_shortlists.add         POST  key                    needs
api_shortlists.invite      POST  key                    needs
api_shortlists.seats       GET   operator/match.curate  needs
api_shortlists.set_seats   PUT   key                    needs
api_shortlists.compare     GET   need.edit              needs
api_shortlists.want        PUT   key                    threads
api_shortlists.rate        PUT   key                    threads
api_rounds.set_deadline    PUT   key                    needs
api_rounds.cancel          DELETE  key                  needs
api_rounds.ask             POST  key                    needs
api_rounds.enter           PUT   key                    threads
api_rounds.add_paper       POST  key                    needs
api_rounds.remove_paper    DELETE  key                  needs
api_rounds.paper           GET   quote.paper            papers
api_orders.listed          GET   signed                 -
api_orders.record          GET   supplier               -
api_orders.show_record     PUT   key                    -
api_orders.read            GET   order.view             orders
api_orders.report          GET   order.view             reports
api_orders.say             POST  key                    orders
api_orders.add_report      POST  key                    orders
api_orders.answer          PUT   key                    orders
api_orders.correct         PUT   key                    orders
api_orders.withdraw        DELETE  key                  orders
api_orders.claim           POST  key                    orders
api_orders.answer_claim    PUT   key                    orders
api_orders.close_claim     POST  key                    orders
api_orders.describe        PUT   key                    orders
api_orders.book            PUT   key                    orders
api_messages.new           GET   signed                 -
api_own.open_acts          GET   signed                 -
api_own.undo               POST  key                    act
api_messages.listed        GET   message.view           needs
api_messages.read          GET   message.one            threads
api_messages.write         POST  key                    threads
api_drawings.listed        GET   drawing.list           needs
api_drawings.add           POST  key                    needs
api_drawings.replace       POST  key                    drawings
api_drawings.download      GET   drawing.download       drawings
api_drawings.withdraw      DELETE  key                  drawings
api_drawings.agreements    GET   nda.register           needs
api_drawings.end_agreement  DELETE  key                 agreements
api_shop.confirm           POST  key                    -
api_shop.discard_draft     DELETE  key                  -
api_certificates.listed    GET   supplier               -
api_certificates.add_scan  POST  key                    -
api_certificates.scan      GET   certificate.download   scans
api_certificates.ladders_of_shop  GET  supplier         -
api_certificates.ask_for_help  POST  key                -
api_certificates.add_ladder_paper  POST  key            -
api_certificates.ladder_paper  GET  ladder.view         papers_of_ladders
api_certificates.cards_of_shop  GET  supplier           -
api_certificates.support_of_shop  GET  supplier         -
api_certificates.own_photos  GET  supplier              -
api_certificates.add_photo  POST  key                   -
api_own.own_year           GET   supplier               -
api_own.tell_year          PUT   key                    -
api_certificates.remove_photo  DELETE  key              photos
api_certificates.photo     GET   need.see               photos
api_own.searches           GET   signed                 -
api_own.save_search        POST  key                    -
api_own.look_at_search     POST  key                    search
api_own.delete_search      DELETE  key                  search
api_imports.listed         GET   registry.import        -
api_imports.mappings       GET   registry.import        -
api_imports.send           POST  key                    -
api_imports.read           GET   import.one             imports
api_imports.remarks        GET   import.one             imports
api_imports.set_columns    PUT   key                    imports
api_imports.start          POST  key                    imports
api_imports.discard        POST  key                    imports
api_imports.undo           POST  key                    imports
api_lists.suppliers        GET   list.export            -
api_lists.needs            GET   list.export            -
api_lists.certificates     GET   operator               -
api_lists.ladders          GET   operator               -
api_lists.cards            GET   operator               -
api_lists.measures         GET   operator               -
api_lists.helpers          GET   operator               -
api_lists.orders           GET   list.export            -
api_lists.shortlist        GET   need.edit              needs
api_lists.journal          GET   journal                -
api_lists.figures          GET   operator               -
api_lists.figure           GET   operator               -
api_lists.figure_report    GET   operator               -
api_lists.told_figures     GET   figure.view            centres
api_lists.years            GET   operator               -
api_clusters.listed        GET   operator               -
api_clusters.read          GET   cluster.one            clusters
api_clusters.as_file       GET   cluster.one            clusters
api_localisation.listed    GET   poster                 -
api_localisation.make      POST  key                    -
api_localisation.send_rows POST  key                    -
api_localisation.rows      GET   rows.one               lists
api_localisation.read      GET   parts.one              lists
api_localisation.post_need POST  key                    lists
api_localisation.remove    DELETE  key                  lists_anew
api_localisation.as_file   GET   parts.one              lists
api_missing.missing        GET   operator               -
api_missing.told           GET   figure.view            centres
api_missing.as_file        GET   operator               -
api_resting.resting        GET   operator               -
api_resting.stopped        GET   operator/profile.view  profiles
api_resting.as_file        GET   operator               -
api_webhooks.mine          GET   signed                 -
api_webhooks.make          POST  key                    -
api_webhooks.messages      GET   own                    webhook
api_webhooks.end           DELETE  key                  webhook
api_webhooks.again         POST  key                    webhook
api_description.openapi    GET   anyone                 -
api_description.page       GET   anyone                 -
acts.undo                  POST  own                    act
keys.mine                  GET   signed                 -
keys.mine                  POST  signed                 -
keys.end                   POST  signed                 -
design.show                GET   demo                   -
profile.understood         GET   supplier               -        field
site_files.robots          GET   anyone                 -
site_files.sitemap         GET   anyone                 -
site_files.sitemap_part    GET   anyone                 -
site_files.manifest        GET   anyone                 -
site_files.offline         GET   anyone                 -
site_files.shell           GET   anyone                 -
account.login              GET   anyone                 -
account.login              POST  anyone                 -        password
account.logout             POST  anyone                 -
account.register           GET   anyone                 -
account.register           POST  anyone                 -
account.show               GET   signed                 -
typed.given_back           GET   signed                 -
typed.keep                 POST  signed                 -
account.choose_mails       POST  signed                 -
account.choose_zone        POST  signed                 -
account.choose_named       POST  signed                 -
account.confirm_again      POST  signed                 -
own_account.join           GET   signed                 -
own_account.join           POST  signed                 -
own_account.rename         POST  signed                 -        named
own_account.password       GET   signed                 -
own_account.password       POST  signed                 -        new_password
own_account.email          GET   signed                 -
own_account.email          POST  signed                 -
own_account.confirm_email  GET   letter                 -
own_account.confirm_email  POST  letter                 -
personal_data.text         GET   anyone                 -
accessibility.statement    GET   anyone                 -
personal_data.own          GET   signed                 -
personal_data.take         GET   signed                 -
personal_data.erase        POST  signed                 -
audit.show                 GET   journal                -
network.show               GET   network                -
network.save               POST  network                -
network.invite             POST  network                -
neighbours.show            GET   home                   -
neighbours.make_key        POST  home                   -
neighbours.add             POST  home                   -
neighbours.take            POST  home                   -
neighbours.make_bundle     POST  home.one               -
neighbours.remove          POST  home.one               -
neighbours.pull            POST  home.one               -
neighbours.push            POST  home.one               -
bundle_doors.pull          POST  stranger               -
bundle_doors.push          POST  stranger               -
centre_people.listed       GET   operator               -
centre_people.invite       POST  operator               -
centre_people.show         GET   person.see             persons
centre_people.grant        POST  operator/person.see    persons  role_unsaid
centre_people.end_role     POST  person.role            roles
centre_people.close        POST  person.act             persons
centre_people.open_again   POST  person.act             persons
centre_people.end_sessions POST  person.act             persons
centre_people.drop_factor  POST  person.act             persons
centre_people.data         GET   person.act             persons
centre_people.erase        POST  person.act             persons
account.end_one            POST  signed                 -
account.end_all            POST  signed                 -
second_factor.code         GET   anyone                 -
second_factor.code         POST  anyone                 -
second_factor.enrol        GET   signed                 -
second_factor.enrol        POST  signed                 -
second_factor.turn_off     POST  signed                 -        password
recovery.ask               GET   anyone                 -
recovery.ask               POST  anyone                 -        address
recovery.reset             GET   letter                 -
recovery.reset             POST  letter                 -
recovery.confirm           GET   letter                 -
recovery.confirm           POST  letter                 -
people.show                GET   people                 -
people.of_organisation     GET   person.invite          shop
people.block               POST  firm.block             shop
people.invite              POST  person.invite          shop     colleague
people.end_role            POST  person.invite          colleague
people.choose_chief        POST  person.invite          colleague
people.decide              POST  person.invite          asking   refusal
people.accept              GET   letter                 -
people.accept              POST  letter                 -
answers.show               GET   letter                 -
answers.record             POST  letter                 -
letter_quotes.own          GET   letter                 -
letter_quotes.own          POST  letter                 -
letter_quotes.withdraw     POST  letter                 -
letter_orders.show         GET   letter                 -
letter_orders.say          POST  letter                 -
letter_orders.add_report   POST  letter                 -
letter_orders.report       GET   letter                 -
letter_orders.answer       POST  letter                 -
letter_orders.revise       POST  letter                 -
letter_orders.claim        POST  letter                 -
letter_orders.answer_claim POST  letter                 -
letter_orders.close_claim  POST  letter                 -
answers.letters_of_kind    GET   letter                 -
answers.leave_letters      POST  one.press              -
answers.deal               GET   letter                 -
answers.tell_deal          POST  letter                 -
answers.capacity           GET   letter                 -
answers.tell_capacity      POST  letter                 -
answers.contract           GET   letter                 -
answers.fresh              GET   letter                 -
answers.tell_fresh         POST  letter                 -
webhooks.mine              GET   signed                 -
webhooks.mine              POST  signed                 -
webhooks.one               GET   own                    webhook
webhooks.end               POST  own                    webhook
webhooks.again             POST  own                    webhook
companies.show             GET   operator/firm.block    shop
companies.sources          GET   operator/firm.block    shop
companies.add              POST  operator/firm.block    shop     merge
companies.settle           POST  operator/firm.block    shop
bulk.of_needs              POST  operator               -        bulk
saved_views.keep           POST  signed                 -
searches.mine              GET   signed                 -
searches.save              POST  signed                 -
searches.look              POST  own                    search
searches.delete            POST  own                    search
shop.show                  GET   supplier               -
capacity.show              GET   supplier               -
capacity.show              POST  supplier               -
profile.show               GET   supplier               -
profile.basics             GET   supplier               -
profile.basics             POST  supplier               -
profile.entry              GET   supplier               -
profile.entry              POST  supplier               -
profile.remove             POST  supplier               -
filling.fill               GET   supplier               -
filling.fill               POST  supplier               -
filling.found              GET   supplier               -
filling.add_several        POST  supplier               -
filling.settle             POST  supplier/own           findings
filling.put_aside          POST  supplier               -
profile.confirm            POST  supplier               -
profile.submit             POST  supplier               -
profile.discard            POST  supplier               -
certificates.scans_of      GET   supplier               -
certificates.scans_of      POST  supplier               -
certificates.scan          GET   certificate.download   scans
photos.own                 GET   supplier               -
photos.own                 POST  supplier               -
photos.remove              POST  supplier/own           photos
photos.photo               GET   need.see               photos
certificates.queue         GET   operator               -
certificates.show          GET   operator/certificate.verify  certificates
certificates.decide        POST  operator/certificate.verify  certificates  unsaid
certificates.see           POST  operator/certificate.verify  certificates
ladders.listed             GET   operator               -
ladders.download           GET   operator               -
ladders.of_firm            GET   operator/ladder.record  profiles
ladders.show               GET   operator/ladder.record  profiles
ladders.record             POST  operator/ladder.record  profiles
ladders.add_paper          POST  operator/ladder.record  profiles
ladders.paper              GET   ladder.view            papers_of_ladders
cards.listed               GET   operator               -
firms.listed               GET   operator               -
firms.download             GET   operator               -
cards.download             GET   operator               -
cards.new                  GET   operator/match.curate  pairs_of_cards
cards.make                 POST  operator/match.curate  pairs_of_cards
cards.show                 GET   support.keep           cards
cards.save                 POST  support.keep           cards
cards.measure              POST  support.keep           cards
cards.drop                 POST  support.keep           cards
cards.own                  GET   supplier               -
benchmarks.own             GET   supplier               -
benchmarks.of_firm         GET   operator/ladder.record  profiles
support.listed             GET   operator               -
support.download           GET   operator               -
support.offer              GET   support.keep           offers
support.save               POST  support.keep           offers
support.end                POST  support.keep           offers
support.own                GET   supplier               -
events.listed              GET   operator               -
events.download            GET   operator               -
events.form                GET   support.keep           events
events.save                POST  support.keep           events
events.show                GET   support.keep           events
events.move                POST  support.keep           events
events.mark                POST  support.keep           events
events.choose              GET   support.keep           events
events.invite              POST  support.keep           events
event_firms.of_firm        GET   support.keep           firms_of_events
event_firms.answer_for     POST  support.keep           firms_of_events
timetables.show            GET   support.keep           events
timetables.act             POST  support.keep           events
timetables.arrange         POST  support.keep           events
timetables.note            POST  support.keep           events
timetables.download        GET   support.keep           events
timetables.slips           GET   support.keep           events
own_events.listed          GET   signed                 -
own_events.show            GET   own                    participants
own_events.answer          POST  own                    participants
event_letters.open_letter  GET   letter                 -
event_letters.answer_letter POST letter                 -
event_deals.ask_deal       GET   letter                 -
event_deals.tell_deal      POST  letter                 -
public_events.listed       GET   anyone                 -
public_events.show         GET   anyone                 events
public_events.calendar     GET   anyone                 events
own_ladders.show           GET   supplier               -
own_ladders.ask            POST  supplier               -
own_ladders.add_paper      POST  supplier               -
years.own                  GET   supplier               -
years.tell                 POST  supplier               -
years.by_letter            GET   letter                 -
years.tell_by_letter       POST  letter                 -
years.listed               GET   operator               -
years.ask                  POST  operator               -
years.download             GET   operator               -
years.of_firm              GET   operator/profile.edit  profiles
years.tell_for             POST  operator/profile.edit  profiles
reviews.waiting            GET   operator               -
reviews.show               GET   operator/profile.publish     waiting
reviews.decide             POST  operator/profile.publish     waiting
duplicates.pairs           GET   operator               -
duplicates.several         GET   operator               -
duplicates.several         POST  operator               -
duplicates.compare         GET   operator/profile.merge       pairs
duplicates.settle          POST  operator/profile.merge       pairs    merge
operator.queues            GET   operator               -
operator.put_aside         POST  operator               -
operator.retry             POST  operator               -
overview.show              GET   operator               -
authority.listed           GET   authority              -
authority.show             GET   figure.view            centres
authority.download         GET   figure.view            centres
figures.show               GET   operator               -
figures.one                GET   operator               -
figures.download           GET   operator               -
figures.plan               GET   operator               -
figures.save_plan          POST  operator               -
figures.lock               POST  operator               -
figures.reopen             POST  operator               -
figures.publish            POST  locked                 -
clusters.listed            GET   operator               -
clusters.save              POST  cluster.one            clusters
clusters.show              GET   cluster.one            clusters
clusters.join              POST  cluster.one            clusters
clusters.leave             POST  cluster.one            clusters
clusters.link              POST  cluster.one            clusters
clusters.unlink            POST  cluster.one            clusters
clusters.download          GET   cluster.one            clusters
localisation.listed        GET   poster                 -
localisation.make          POST  poster                 -
localisation.show          GET   parts.one              lists
localisation.download      GET   parts.one              lists
localisation.post_need     POST  parts.one              lists    parts
localisation.judge         POST  parts.one              lists
localisation.remove        POST  parts.one              lists_anew
missing.show               GET   operator               -
missing.needs              GET   operator               -
missing.download           GET   operator               -
missing.told               GET   figure.view            centres
missing.told_download      GET   figure.view            centres
missing.published          GET   published              -
resting.show               GET   operator               -
resting.download           GET   operator               -
resting.stopped            GET   operator/profile.view  profiles
rates.listed               GET   operator               -
rates.listed               POST  operator               -
imports.start              GET   registry.import        -
imports.send               POST  registry.import        -
imports.example            GET   registry.import        -
imports.whole              GET   operator               -
imports.show               GET   import.one             imports
imports.progress           GET   import.one             imports
imports.remarks            GET   import.one             imports
imports.to_correct         GET   import.one             imports
imports.act                POST  import.one             imports  discard
keepers.need               POST  operator/match.curate  needs
keepers.profile            POST  operator/profile.publish     waiting
keepers.certificate        POST  operator/certificate.verify  certificates
operator.find              GET   operator               -
operator.firms             GET   operator               -
curating.candidates        GET   operator/match.curate  needs
incoming.listed            GET   operator               -
incoming.show              GET   locked                 -
incoming.file              GET   locked                 -
incoming.take              POST  locked                 -
incoming.pass_on           POST  locked                 -
incoming.put_aside         POST  locked                 -
intake.form                GET   operator               -
intake.take                POST  operator               -
intake.letter              GET   operator/match.curate  needs
intake.send                POST  operator/match.curate  needs    nowhere
needs.mine                 GET   signed                 -
posting.new                GET   poster                 -
posting.new                POST  poster                 -
needs.show                 GET   need.see               needs
needs.edit                 GET   need.edit              needs
needs.edit                 POST  need.edit              needs
positions.entry            GET   need.edit              needs
positions.entry            POST  need.edit              needs
positions.take             POST  need.edit              needs
positions.remove           POST  need.edit              needs
standing.ask               POST  supplier/need.see      needs
standing.answer            POST  supplier/invitation    needs    refusal_unsaid
needs.set_strictness       POST  need.edit              needs
needs.set_openness         POST  need.edit              needs
needs.correct              POST  need.edit              needs
conditions.correct         POST  need.edit              needs
conditions.take            POST  need.edit              needs
needs.move                 POST  need.edit              needs    complete
needs.move                 POST  need.release           needs    publish
comparison.compare         GET   need.edit              needs
joint.together             GET   need.edit              needs
comparison.copy            POST  need.edit              needs
comparison.want            POST  need.edit              needs    match
comparison.rate            POST  need.edit              needs    match
reports.shortlist          GET   need.edit              needs
reports.contract           GET   contract               threads
drawings.listed            GET   drawing.list           needs
drawings.add               POST  drawing.change         needs
drawings.replace           POST  drawing.change         drawings
drawings.download          GET   drawing.download       drawings
drawings.preview           GET   drawing.download       drawings
drawings.withdraw          POST  drawing.change         drawings
drawings.nda               GET   nda.accept             needs
drawings.nda               POST  nda.accept             needs
drawings.agreement         GET   drawing.change         needs
drawings.agreement         POST  drawing.change         needs
drawings.agreement_text    GET   agreement.text         needs
drawings.withdraw_nda      POST  drawing.change         agreements
messages.new               GET   signed                 -
messages.listed            GET   message.view           needs
messages.thread            GET   message.one            threads
messages.thread            POST  message.one            threads
quotes.own                 GET   quote.mine             needs
quotes.own                 POST  quote.mine             needs
quotes.behalf              GET   match.curate           threads
quotes.behalf              POST  match.curate           threads
quotes.withdraw            POST  quote.mine             quotes
quotes.paper               GET   quote.paper            papers
quotes.listed              GET   quote.opened           needs
teams.own                  GET   team                   needs
teams.offer                POST  team                   needs
teams.take_back            POST  team                   needs
quotes.deadline            POST  need.edit              needs
quotes.cancel              POST  need.edit              needs
quotes.ask                 POST  need.edit              needs
awarding.award             GET   need.award             needs
awarding.award             POST  need.award             needs    match
orders.mine                GET   signed                 -
orders.show_record         POST  supplier               -
orders.show                GET   order.view             orders
orders.say                 POST  order.record           orders
orders.add_report          POST  order.record           orders
orders.report              GET   order.view             reports
orders.answer              POST  order.answer           orders   disagree
orders.revise              POST  order.record           orders   side
orders.claim               POST  order.record           orders
orders.answer_claim        POST  order.record           orders   side
orders.close_claim         POST  order.answer           orders
orders.describe            POST  order.number           orders
orders.book                POST  order.hours            orders
curating.shortlist         GET   operator/match.curate  needs
curating.removed           GET   operator/match.curate  needs
curating.changes           GET   operator/match.curate  needs
curating.propose           POST  operator/match.curate  needs
curating.decide            POST  operator/match.curate  needs    approve
curating.undo              POST  operator/match.curate  needs    match
curating.note              POST  operator/match.curate  needs    match
curating.place             POST  operator/match.curate  needs    match
curating.remind            POST  operator/match.curate  needs    match
curating.invite            POST  operator/match.curate  needs
forming.listed             GET   operator/match.curate  needs
forming.form               POST  operator/match.curate  needs
forming.end                POST  operator/team.one      needs
curating.seats             POST  operator/match.curate  needs    seats
curating.add               POST  operator/match.curate  needs    unknown
curating.release           POST  operator/need.release  needs
"""


@dataclass(frozen=True, slots=True)
class Row:
    endpoint: str
    method: str
    action: str
    on: str
    form: str
    door: str

    def __str__(self) -> str:
        return f"{self.endpoint} {self.method} {self.action}"


def _doors() -> dict[str, dict[str, AccessVerdict]]:
    header, *lines = _DOORS.strip().splitlines()
    rows = [line.split() for line in lines]
    return {name: dict(zip(header.split(), map(AccessVerdict, marks), strict=True)) for name, *marks in rows}


def _row(line: str) -> Row:
    endpoint, method, action, on, *form = line.split()
    door, _, rest = action.rpartition("/")
    return Row(endpoint, method, rest, "" if on == "-" else on, form[0] if form else "", door)


DOORS = _doors()
# Rights that a key has only where they are ticked, and what needs them: rows 23, 24, 39, 40 and 44 of the access table.
SCOPED = {
    "drawings": {"api_drawings.listed", "api_drawings.download"},
    "export": {
        "api_lists.suppliers",
        "api_lists.needs",
        "api_lists.certificates",
        "api_lists.ladders",
        "api_lists.cards",
        "api_lists.measures",
        "api_lists.helpers",
        "api_lists.orders",
        "api_lists.shortlist",
        "api_lists.figures",
        "api_lists.figure",
        "api_lists.figure_report",
        "api_lists.told_figures",
        "api_lists.years",
        "api_clusters.as_file",
        "api_localisation.as_file",
        "api_missing.missing",
        "api_missing.told",
        "api_missing.as_file",
        "api_resting.resting",
        "api_resting.stopped",
        "api_resting.as_file",
    },
    "import": {
        "api_imports.listed",
        "api_imports.mappings",
        "api_imports.send",
        "api_imports.read",
        "api_imports.remarks",
        "api_imports.set_columns",
        "api_imports.start",
        "api_imports.discard",
        "api_imports.undo",
    },
    "audit": {"api_lists.journal"},
}
ROWS = tuple(_row(line) for line in _ROUTES.strip().splitlines())
KEYED_ROWS = tuple(_row(line) for line in KEYED.strip().splitlines())


def cell(action: str, relation: str) -> AccessVerdict:
    """The decided answer of an action or a door for a relation."""
    return (DOORS.get(action) or MATRIX[action])[relation]


def expected(row: Row, relation: str, view: str, *, by_invitation: bool) -> AccessVerdict:
    """What the row answers who stands so to an object that only `view` lets know of ("" for no object)."""
    action = view if row.action == "need.see" else row.action
    if action == "key":
        return cell(action, relation)  # before it is looked for what it would be done to
    if relation == "AN" and cell(action, "AN") is AccessVerdict.SIGN_IN:
        return AccessVerdict.SIGN_IN
    if row.door and not cell(row.door, relation).allowed:
        return cell(row.door, relation)
    if view and not cell(view, relation).allowed:
        return AccessVerdict.ABSENT
    found = cell(action, relation)
    hidden = by_invitation and relation in {"SX", "CX", "CN", "OX", "AU", "NA"} and action in MATRIX
    if found is AccessVerdict.NO_CASE or (hidden and found is AccessVerdict.FORBIDDEN):
        return AccessVerdict.ABSENT
    return found


assert set(RELATIONS) == set(DOORS["anyone"])
