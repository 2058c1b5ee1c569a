"""Limits count for all processes, at once too, and say the true time to return."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from matchmaker.domain.errors import TooManyAttempts
from matchmaker.models import RateLimit
from matchmaker.models.base import now
from matchmaker.models.database import DatabaseError, Sessions, make_sessions
from matchmaker.services.core import rate_limits
from matchmaker.services.core.rate_limits import Count, Limit, RateLimits

ACCOUNT = Limit("account", 10, 300).of("somebody")
SITE = Limit("site", 15, 300).of("")


def passes(limits: RateLimits, *counts: Count) -> bool:
    try:
        limits.take(counts)
    except TooManyAttempts:
        return False
    return True


def wait(limits: RateLimits, *counts: Count) -> int:
    with pytest.raises(TooManyAttempts) as refused:
        limits.take(counts)
    return refused.value.seconds


def test_the_time_to_return_is_true(each_sessions: Sessions) -> None:
    limits = RateLimits(lambda: each_sessions)
    with time_machine.travel(now(), tick=False) as clock:
        assert all(passes(limits, ACCOUNT, SITE) for _ in range(10))
        seconds = wait(limits, ACCOUNT, SITE)
        assert seconds == 30
        clock.shift(timedelta(seconds=seconds - 1))
        assert wait(limits, ACCOUNT, SITE) == 1
        clock.shift(timedelta(seconds=1))
        assert passes(limits, ACCOUNT, SITE)
        assert not passes(limits, ACCOUNT, SITE)
        clock.shift(timedelta(seconds=301))
        assert all(passes(limits, ACCOUNT) for _ in range(10))


def test_a_refused_act_counts_for_nobody(each_sessions: Sessions) -> None:
    limits = RateLimits(lambda: each_sessions)
    with time_machine.travel(now(), tick=False):
        assert all(passes(limits, ACCOUNT) for _ in range(10))
        assert not any(passes(limits, ACCOUNT, SITE) for _ in range(20))
        assert sum(passes(limits, SITE) for _ in range(20)) == 15


def test_a_right_guess_is_taken_back_and_one_s_own_count_begins_anew(each_sessions: Sessions) -> None:
    limits = RateLimits(lambda: each_sessions)
    with time_machine.travel(now(), tick=False):
        for _ in range(10):
            limits.take((ACCOUNT, SITE))
        with each_sessions.begin() as session:
            rate_limits.forget(session, [ACCOUNT])
            rate_limits.give_back(session, [SITE])
        assert sum(passes(limits, ACCOUNT) for _ in range(20)) == 10
        assert sum(passes(limits, SITE) for _ in range(20)) == 6


def test_a_clock_put_back_locks_nobody_out(each_sessions: Sessions) -> None:
    limits, moment = RateLimits(lambda: each_sessions), now()
    with time_machine.travel(moment, tick=False):
        assert all(passes(limits, ACCOUNT) for _ in range(10))
    with time_machine.travel(moment - timedelta(hours=1), tick=False):
        assert passes(limits, ACCOUNT)


def test_twenty_acts_at_once_of_several_processes_are_all_counted(each_url: str) -> None:
    processes = [make_sessions(each_url) for _ in range(4)]
    start, passed = threading.Barrier(20), list[bool]()

    def act(number: int) -> None:
        start.wait()
        counts = (ACCOUNT, SITE) if number % 2 else (SITE, ACCOUNT)
        passed.append(passes(RateLimits(lambda: processes[number % 4]), *counts))

    threads = [threading.Thread(target=act, args=(number,)) for number in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for one in processes:
        one.engine.dispose()
    assert sorted(passed) == [False] * 10 + [True] * 10


def test_acts_are_counted_while_others_are_forgotten(each_url: str) -> None:
    errors: list[BaseException] = []
    processes = [make_sessions(each_url) for _ in range(2)]

    def act(sessions: Sessions, *, forget: bool) -> None:
        try:
            for _ in range(150):
                with sessions.begin() as session:
                    if forget:
                        rate_limits.forget(session, [ACCOUNT, SITE])
                    else:
                        rate_limits.take(session, [ACCOUNT, SITE], factor=1000)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            errors.append(error)

    acts = [
        threading.Thread(target=act, args=(processes[forget],), kwargs={"forget": bool(forget)})
        for forget in (0, 1)
    ]
    for one in acts:
        one.start()
    for one in acts:
        one.join()
    for sessions in processes:
        sessions.engine.dispose()
    assert errors == []


def test_reads_of_several_processes_count_together_and_outlive_a_restart(each_sessions: Sessions) -> None:
    reads = Limit("reads", 60, 60).of("reader")

    def read(limits: RateLimits) -> bool:
        try:
            if limits.read((reads,))[1]:
                limits.save_reads()
        except TooManyAttempts:
            return False
        return True

    with time_machine.travel(now(), tick=False):
        one, other = RateLimits(lambda: each_sessions), RateLimits(lambda: each_sessions)
        passed = sum(read(each) for _ in range(60) for each in (one, other))
        assert 60 <= passed <= 60 + 2 * rate_limits.STEP
        assert (
            sum(read(RateLimits(lambda: each_sessions)) for _ in range(1)) == 1
        )  # fewer than STEP are forgotten
        restarted = RateLimits(lambda: each_sessions)
        assert sum(read(restarted) for _ in range(60)) == rate_limits.STEP


def test_reads_go_on_without_a_store_and_acts_do_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("away")
    sessions = make_sessions(f"sqlite:///{folder}/a.sqlite3")
    limits = RateLimits(lambda: sessions)
    with sessions.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE rate_limit")
        connection.commit()
    reads = Limit("reads", 60, 60).of("reader")
    with time_machine.travel(now(), tick=False):
        for _ in range(30):
            if limits.read((reads,))[1]:
                limits.save_reads()
        with pytest.raises(DatabaseError):
            limits.take((ACCOUNT,))
    sessions.engine.dispose()


def test_rows_that_limit_nothing_are_tidied_away(each_sessions: Sessions) -> None:
    limits = RateLimits(lambda: each_sessions)
    with time_machine.travel(now(), tick=False) as clock:
        limits.take((ACCOUNT,))
        clock.shift(timedelta(seconds=20))
        limits.take((SITE,))
        clock.shift(timedelta(seconds=15))
        with each_sessions.begin() as session:
            rate_limits.tidy(session)
            assert session.scalar(select(func.count()).select_from(RateLimit)) == 1
