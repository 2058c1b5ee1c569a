"""Events for programs: what is announced, the own part of a firm, the timetable of a centre. What no page of an event does may not be done here."""
