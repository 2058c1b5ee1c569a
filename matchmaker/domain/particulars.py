"""The particulars of a need: keys that suppliers are told and that no requirement of its own compares."""

from matchmaker.domain.language import N_
from matchmaker.domain.requirement_kinds import COUNTS, DAY, TERMS, WORDS, NeedField

# A form has a field `revision` already: that of the stored need.
DRAWING_REVISION = "drawing_revision"
OF_A_PART = (
    NeedField("number", WORDS, label=N_("Part number")),
    NeedField("drawing_number", WORDS, label=N_("Drawing number")),
    NeedField(DRAWING_REVISION, WORDS, label=N_("Revision of the drawing")),
    NeedField("inner_diameter_mm", unit=N_("mm"), label=N_("Inner diameter, mm")),
    NeedField("excluded_processes", TERMS, label=N_("Without these processes")),
    NeedField("price_steps", COUNTS, label=N_("Pieces to quote for")),
    NeedField("desired_by", DAY, label=N_("Desired by")),
)
PARTICULARS = (*OF_A_PART, NeedField("payment", WORDS, label=N_("Payment terms")))
