"""The events of a centre: invitations, answers by letter, timetables of meetings, and what came of them after months.

What is due on a day is asked by `schedule`; the solving of a timetable knows numbers alone, no table and no person.
"""
