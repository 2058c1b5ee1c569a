"""The marks of what happened once, on both databases."""

from datetime import timedelta

import time_machine

from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import signed_links


def test_marks_are_forgotten_when_no_link_can_bring_the_act_again_but_never_a_refusal(
    each_sessions: Sessions,
) -> None:
    with each_sessions.begin() as session:
        assert signed_links.first(session, "answer", "a")
        assert signed_links.first(session, "no_letters", "a")
        assert not signed_links.first(session, "answer", "a")
    for days, used in ((390, True), (410, False)):
        with time_machine.travel(now() + timedelta(days=days), tick=False), each_sessions.begin() as session:
            signed_links.tidy(session)
            assert signed_links.used(session, "answer", "a") is used
            assert signed_links.used(session, "no_letters", "a")
