"""The words for the journal's entries in the reader's language."""

from collections.abc import Sequence

from flask import Flask
from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.models import Need, Profile, Quote, UndoableAct
from matchmaker.models.base import now
from matchmaker.services.core import undoing
from matchmaker.services.reports import audit
from matchmaker.web.kit import context
from matchmaker.web.kit.labels import ACTS, state_label

# Acts on other objects than needs and matches, whose words stand in `labels`.
_ACTS = {
    "answer.by_link": N_("invitation answered by an e-mail's link"),
    "bulk.assigning": N_("several needs assigned at once"),
    "bulk.assigning_undone": N_("assigning of several needs undone"),
    "bulk.closing": N_("several needs closed at once"),
    "bulk.closing_undone": N_("closing of several needs undone"),
    "bulk.publishing": N_("several needs published at once"),
    "bulk.publishing_undone": N_("publishing of several needs undone"),
    "bundle.expired": N_("bundle of a neighbour expired"),
    "bundle.key_made": N_("key that signs bundles made"),
    "bundle.key_renewed": N_("key that signs bundles renewed"),
    "bundle.made": N_("bundle made for a neighbour"),
    "bundle.taken": N_("bundle of a neighbour taken"),
    "capacity.stated": N_("spare hours stated"),
    "card.changed": N_("development card changed"),
    "card.dropped": N_("development card given up"),
    "card.made": N_("development card made"),
    "card.measured": N_("development card measured anew"),
    "centre.created": N_("centre added"),
    "centre.renamed": N_("centre renamed"),
    "certificate.end_seen": N_("coming end of a certificate seen"),
    "certificate.lifted": N_("suspension of a certificate lifted"),
    "certificate.suspended": N_("certificate suspended"),
    "certificate.verified": N_("certificate verified"),
    "certificate.withdrawn": N_("verification of a certificate revoked"),
    "contract.taken": N_("agreement of contract downloaded"),
    "cluster.joined": N_("participant added to a cluster"),
    "cluster.leaving": N_("participant taken out of a cluster"),
    "cluster.leaving_undone": N_("taking a participant out of a cluster undone"),
    "cluster.left": N_("participant taken out of a cluster"),
    "cluster.linked": N_("supply within a cluster declared"),
    "cluster.saved": N_("cluster registered or changed"),
    "cluster.unlinking": N_("declared supply within a cluster taken back"),
    "cluster.unlinking_undone": N_("taking back of a declared supply undone"),
    "cluster.unlinked": N_("declared supply within a cluster taken back"),
    "deal.answered": N_("answered whether a contract came of it"),
    "firm.call": N_("call with the firm noted"),
    "firm.note": N_("note about the firm"),
    "firm.task": N_("task about the firm"),
    "firm.task_done": N_("task about the firm done"),
    "firm.task_opened": N_("task about the firm opened again"),
    "import.discarded": N_("file dropped before the import"),
    "import.mapping_gone": N_("mapping of a list removed"),
    "import.mapping_saved": N_("mapping of a list saved"),
    "import.received": N_("file uploaded for import"),
    "ladder.asked": N_("help on the way to a certificate asked for"),
    "ladder.corrected": N_("step to a certificate corrected"),
    "ladder.step": N_("step to a certificate recorded"),
    "incoming.aside": N_("letter that came put aside"),
    "incoming.passed_on": N_("letter that came passed on into its thread"),
    "letter.aside": N_("undelivered letter put aside"),
    "import.undone": N_("import rolled back"),
    "key.ended": N_("key for a program revoked"),
    "key.made": N_("key for a program created"),
    "list.exported": N_("list downloaded"),
    "message.written": N_("message written"),
    "organisation.blocked": N_("organisation blocked"),
    "organisation.created": N_("organisation added"),
    "organisation.unblocked": N_("organisation unblocked"),
    "neighbour.added": N_("neighbour added"),
    "neighbour.changed": N_("neighbour changed"),
    "neighbour.removed": N_("neighbour removed"),
    "order.claim_answered": N_("claim answered"),
    "order.claim_closed": N_("claim settled by one side"),
    "order.claimed": N_("claim about an order"),
    "order.confirmed": N_("entry of an order confirmed"),
    "order.corrected": N_("entry of an order said otherwise"),
    "order.described": N_("number and terms of an order set"),
    "order.hours_booked": N_("hours booked for an order"),
    "order.hours_released": N_("hours of an order given back"),
    "order.opened": N_("order begun"),
    "order.refused": N_("entry of an order refused"),
    "order.report_opened": N_("inspection report opened"),
    "order.said": N_("said about an order"),
    "order.withdrawn": N_("entry of an order taken back"),
    "period.exported": N_("report of a period downloaded"),
    "period.locked": N_("period locked"),
    "event.announced": N_("event announced"),
    "event.attendance": N_("attendance of an event marked"),
    "event.called-off": N_("event called off"),
    "event.changed": N_("event changed"),
    "event.cleared": N_("timetable of an event cleared"),
    "event.declined": N_("event declined"),
    "event.held": N_("event held"),
    "event.invited": N_("firms put on the list of an event"),
    "event.meeting_locked": N_("meeting locked"),
    "event.meeting_moved": N_("meeting moved"),
    "event.meeting_removed": N_("meeting removed"),
    "event.meeting_unlocked": N_("meeting unlocked"),
    "event.registered": N_("registered for an event"),
    "event.results": N_("results of meetings noted"),
    "event.solved": N_("timetable of an event solved"),
    "event.timetabled": N_("timetable of an event told"),
    "event.timetables_sent": N_("timetables sent to the firms"),
    "event.wish_put_back": N_("wish for a meeting put back"),
    "event.written": N_("event written"),
    "event.answered": N_("answered what came of an event"),
    "period.planned": N_("plan of a period set"),
    "period.published": N_("figures of a period shown to everybody"),
    "period.reopened": N_("locked period opened again"),
    "period.unpublished": N_("figures of a period shown to nobody else any more"),
    "parts.removal": N_("parts list of an assembly deleted"),
    "parts.removal_undone": N_("deleting of a parts list undone"),
    "person.invited": N_("person invited"),
    "photo.added": N_("photo added"),
    "photo.removal": N_("photo removed"),
    "photo.removal_undone": N_("removing of a photo undone"),
    "photo.removed": N_("photo removed"),
    "profile.confirmed": N_("profile confirmed as it stands"),
    "quote.accepted": N_("quote accepted"),
    "quote.drafted": N_("quote begun"),
    "quote.entered": N_("paper quote entered"),
    "quote.paper_added": N_("attachment added to a quote"),
    "quote.paper_opened": N_("attachment of a quote opened"),
    "quote.paper_removed": N_("attachment of a quote removed"),
    "quote.submitted": N_("quote sent"),
    "quote.withdrawal": N_("quote withdrawn"),
    "quote.withdrawal_undone": N_("withdrawing of a quote undone"),
    "quote.withdrawn": N_("quote withdrawn"),
    "rate.set": N_("exchange rate set"),
    "role.accepted": N_("admitted to the organisation"),
    "role.asked": N_("asked to join the organisation"),
    "ranker.promoted": N_("another ranker orders suppliers"),
    "role.chief": N_("put in charge of the organisation's members"),
    "role.ended": N_("role ended"),
    "role.granted": N_("role given"),
    "role.no_chief": N_("no longer in charge of the organisation's members"),
    "role.refused": N_("not admitted to the organisation"),
    "parts.judged": N_("parts list compared with suppliers anew"),
    "parts.made": N_("parts list of an assembly kept"),
    "parts.removed": N_("parts list of an assembly deleted"),
    "paper.added": N_("paper of the way to a certificate added"),
    "paper.opened": N_("paper of the way to a certificate opened"),
    "scan.added": N_("scan of a certificate added"),
    "support.added": N_("support measure or helper added"),
    "support.changed": N_("support measure or helper changed"),
    "support.ended": N_("support measure or helper taken off the lists"),
    "support.renewed": N_("support measure or helper put back"),
    "scan.opened": N_("scan of a certificate opened"),
    "supplier.changed": N_("profile changed by a file"),
    "supplier.created": N_("profile added"),
    "supplier.deliveries_shown": N_("record of deliveries shown or hidden"),
    "supplier.discarded": N_("waiting changes of the profile dropped"),
    "supplier.discarding": N_("waiting changes of the profile dropped"),
    "supplier.discarding_undone": N_("dropping of the profile's changes undone"),
    "supplier.entry_removed": N_("entry removed from the profile's draft"),
    "supplier.merger": N_("profiles merged"),
    "supplier.merger_undone": N_("merging of profiles undone"),
    "supplier.removal": N_("entry removed from the profile's draft"),
    "supplier.removal_undone": N_("removing of an entry undone"),
    "supplier.distinct": N_("decided to be no duplicate"),
    "supplier.drafted": N_("profile written on"),
    "supplier.edited": N_("profile changed"),
    "supplier.merged": N_("profiles merged"),
    "supplier.returned": N_("profile returned"),
    "supplier.started": N_("profile begun"),
    "supplier.submitted": N_("profile submitted"),
    "supplier.waiting": N_("changes of the profile wait"),
    "site.key_changed": N_("key that signs cookies and links changed"),
    "site.key_noted": N_("key that signs cookies and links first used"),
    "team.ended": N_("team of suppliers ended"),
    "team.formed": N_("team of suppliers formed"),
    "team.offered": N_("joint quote handed in"),
    "team.taken_back": N_("joint quote taken back"),
    "user.closed": N_("account closed"),
    "user.confirmed": N_("address confirmed"),
    "user.created": N_("account created"),
    "user.data": N_("data of the person downloaded"),
    "user.email": N_("address changed"),
    "user.erased": N_("person deleted"),
    "user.factor_dropped": N_("lost second factor turned off"),
    "user.mails": N_("choice of e-mails changed"),
    "user.named": N_("choice to be named changed"),
    "user.opened": N_("account opened again"),
    "user.password": N_("password changed"),
    "user.recovery_code": N_("recovery code used"),
    "user.renamed": N_("name changed"),
    "user.second_factor_off": N_("second factor turned off"),
    "user.second_factor_on": N_("second factor turned on"),
    "user.sessions_ended": N_("all sessions and keys ended"),
    "user.time_zone": N_("time zone changed"),
    "journal.resealed": N_("journal sealed as it stands, after its key was lost"),
    "work.retried": N_("work that was given up tried again"),
    "webhook.ended": N_("messages to a program ended"),
    "webhook.repeated": N_("message to a program sent again"),
    "webhook.made": N_("messages to a program asked for"),
    "year.asked": N_("participants asked how the year went"),
    "year.told": N_("a year told of"),
}
FAMILIES = {
    "need": N_("needs"),
    "match": N_("places on shortlists"),
    "decision": N_("decisions"),
    "quote": N_("quotes"),
    "team": N_("teams of suppliers"),
    "order": N_("orders"),
    "drawing": N_("drawings"),
    "nda": N_("agreements on secrecy"),
    "message": N_("messages"),
    "supplier": N_("profiles"),
    "certificate": N_("certificates"),
    "ladder": N_("steps to certificates"),
    "card": N_("development cards"),
    "cluster": N_("clusters"),
    "year": N_("years of participants"),
    "organisation": N_("organisations"),
    "import": N_("imported files"),
    "role": N_("roles"),
    "user": N_("accounts"),
    "key": N_("keys for programs"),
    "webhook": N_("messages to programs"),
    "list": N_("downloaded lists"),
    "support": N_("support measures and helpers"),
    "parts": N_("parts lists of assemblies"),
    "event": N_("events"),
    "period": N_("figures of periods"),
    "neighbour": N_("neighbour centres"),
    "bundle": N_("bundles of neighbours"),
    "site": N_("the installation"),
}
_MACHINES = {
    "demo": N_("demo data"),
    "import": N_("an imported file"),
    "registration": N_("registration"),
    "invitation": N_("an invitation"),
    "schedule": N_("the timetable"),
    "command line": N_("the command line"),
}
_STATES = {"supplier": "profile", "decision": "decision", "need": "need"}


def register(app: Flask) -> None:
    app.jinja_env.globals.update(journal_words=journal_words, actor_words=actor_words, acts_on=acts_on)


def known(action: str) -> bool:
    """Whether an act has its own words."""
    return action in _ACTS or action in ACTS


def journal_words(action: str) -> str:
    """The words for an act; states of profiles, needs and matches by their label."""
    if known(action):
        return gettext(_ACTS.get(action) or ACTS[action])
    family, _, state = action.partition(".")
    label = state_label(_STATES.get(family, family), state)
    subjects = {"supplier": gettext("profile"), "need": gettext("need"), "decision": gettext("supplier")}
    return f"{subjects[family]}: {label.lower()}" if family in subjects and label != state else action


def acts_on(thing: Need | Profile | Quote, *, always: bool = False) -> Sequence[UndoableAct]:
    """What the reader can still take back of its acts on a record; nothing is asked of the database where the record did
    not change lately, unless `always`.
    """
    who = context.person()
    if who is None or not (always or now() - thing.changed_at < undoing.UNDO):
        return ()
    return undoing.open_acts(context.database(), thing, who.user)


def actor_words(line: audit.JournalLine) -> str:
    """The actor in words: the person's name, or the program part that acted where no person did."""
    actor = line.entry.actor
    return line.who or (gettext(_MACHINES[actor]) if actor in _MACHINES else actor)
