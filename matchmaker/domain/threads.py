"""Threads as drawings designate them, and the nominal diameter in mm that a shop compares."""

import re

INCH = 25.4  # mm
# Metric, trapezoidal, buttress, round and conical metric threads give their diameter in mm.
_METRIC = re.compile(r"(?:[MМ][KКJ]?|[TТ][rRрР]|S|Rd|Кр)\s?(\d{1,4}(?:[.,]\d{1,2})?)(?![\d/])")
# Pipe threads (ISO 228-1) are named after the bore of the pipe; the outer diameter of the thread is larger.
_PIPE = re.compile(r"(?:BSPP?|BSPT|NPTF?|Rc|Rp|G|R|K|К|труб\w*)\s?(\d/\d{1,2}|\d{1,2}(?:[ -]\d/\d{1,2})?)")
_PIPE_MM = {
    "1/8": 9.728, "1/4": 13.157, "3/8": 16.662, "1/2": 20.955, "5/8": 22.911, "3/4": 26.441, "7/8": 30.201,
    "1": 33.249, "1 1/4": 41.910, "1 1/2": 47.803, "2": 59.614, "2 1/2": 75.184, "3": 87.884, "4": 113.030,
}  # fmt: skip
# Unified threads: inches and threads an inch, "1/4-20 UNC".
_UNIFIED = re.compile(
    r"(?:(\d{1,2})[ -])?(\d{1,2})/(\d{1,2})(?:\"|”)?\s?-\s?\d{1,2}|(\d{1,2})(?:\"|”)?\s?-\s?\d{1,2}\s?UN"
)


def nominal_mm(designation: str) -> float | None:
    """The nominal outer diameter of a thread, "M16×1.5-6g", "Tr 40×7", "G 1/2", "1/4-20 UNC"; None for anything else."""
    text = designation.strip().removeprefix("резьба").strip()
    if found := _METRIC.match(text):
        return float(found[1].replace(",", "."))
    if found := _PIPE.match(text):
        return _PIPE_MM.get(found[1].replace("-", " "))
    if found := _UNIFIED.match(text):
        whole, over, under, inches = found.groups()
        return INCH * (float(inches) if inches else float(whole or 0) + float(over) / float(under))
    return None
