"""The right answers: what somebody came for, or that somebody else was faster."""

_OVERTAKEN = 409
_SIGN_IN_AGAIN = 'action="/login"'


def problem_of(status: int, text: str, place: str, says: str, leads: str | None, overtaken: str = "") -> str:
    """What is wrong with an answer, "" where nothing is. A form that somebody else has overtaken is answered rightly by 409 with
    a page that says so, and by nothing else.
    """
    if leads is not None:
        if status == _OVERTAKEN and overtaken and overtaken in text:
            return ""
        if status != 302:
            return f"{status} in place of a redirect to {leads}"
        return "" if place.startswith(leads) else f"leads to {place} in place of {leads}"
    if status != 200:
        return f"{status} {place or text[:80]}".strip()
    if says not in text:
        return f"the page does not say {says!r}" + (": sign in again" if _SIGN_IN_AGAIN in text else "")
    return ""
