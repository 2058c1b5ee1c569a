"""The desk of events: their list, invitations and timetables for the centre, the answers of firms, and what everybody reads.

Who takes part is told to the centre and to the firms on the list alone.
"""

from matchmaker.web.views.events import event_answers, event_pages, event_timetables, public_events

BLUEPRINTS = (
    event_answers.own,
    event_answers.letters,
    event_answers.deals,
    event_answers.centre,
    event_pages.blueprint,
    event_timetables.blueprint,
    public_events.blueprint,
)
