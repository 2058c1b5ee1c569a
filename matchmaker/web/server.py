"""The site under waitress, with an end that loses no answer: waitress itself stops in the middle of requests."""

import ctypes
import select
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic, time
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ThreadedTaskDispatcher

from matchmaker.web.kit import draining

THREADS = 8
# Connections held at once. Where they are all taken, one that has not sent a whole request gives way to who comes, so that a
# few hundred that were opened and left do not shut the door.
CONNECTIONS = 500
# What watches a site asks these; each has a thread of its own, so that it is answered while all others are busy.
WATCHED = ("/healthz", "/readyz")
_LOOK_SECONDS = 0.25
# For connections that were opened, or that answered, a moment ago.
_LINGER_SECONDS = 0.2
_LONGEST_LINGER_SECONDS = 1.0
# For a connection that was half made when the door was closed.
_HANDSHAKE_SECONDS = 0.1
# Packet filter (Linux, socket(7)): drop what asks for a new connection (SYN in the 14th octet of its header), keep the rest.
_SO_ATTACH_FILTER = 26
_NO_NEW_CONNECTION = ((0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFF))


class _Threads(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads of a site: some for all pages, and one for each page by which the site is watched."""

    def __init__(self) -> None:
        super().__init__()
        self._own = {path: ThreadedTaskDispatcher() for path in WATCHED}

    def set_thread_count(self, count: int) -> None:
        super().set_thread_count(count)
        for own in self._own.values():
            own.set_thread_count(min(count, 1))

    @property
    def waiting(self) -> int:
        """The number of requests that no thread has taken yet."""
        return len(self.queue) + sum(len(own.queue) for own in self._own.values())

    def add_task(self, task: HTTPChannel) -> None:
        # A request that could not be read has no path.
        own = self._own.get(getattr(task.requests[0], "path", ""))
        if own is None:
            super().add_task(task)
        else:
            own.add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        for own in self._own.values():
            own.shutdown(cancel_pending, timeout)
        return bool(super().shutdown(cancel_pending, timeout))


class SiteServer:
    """The server of a site, with at most so many connections at once. Raises OSError where it cannot listen."""

    def __init__(self, app: Flask, host: str, port: int, connections: int = CONNECTIONS) -> None:
        self._drain = draining.of(app)
        self._sockets: dict[int, Any] = {}
        self._most = connections
        self._server = create_server(
            app,
            map=self._sockets,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=2 * connections,  # only where so many wait for an answer
            _dispatcher=_threads(),
            clear_untrusted_proxy_headers=False,  # the site itself decides whom it trusts
        )

    @property
    def port(self) -> int:
        """The port, also where the system chose it."""
        return next(listening.effective_port for listening in self._listening())

    def run(self, asked: Callable[[], bool], ending: Callable[[], None], seconds: float) -> None:
        """Serve until the process is `asked` to end, call `ending`, and answer in at most `seconds` what has come.

        Requests that come meanwhile are refused with 503 and Retry-After.
        """
        while not asked():
            self._look(_LOOK_SECONDS)
        until = monotonic() + seconds
        held = [request for channel in self._channels() for request in channel.requests]
        self._drain.begin(self._server.task_dispatcher.waiting)
        ending()
        while monotonic() < until and self._unanswered(held):
            self._look(0.02)
        self._close_door()
        until = min(until, monotonic() + _LONGEST_LINGER_SECONDS)
        while monotonic() < until and any(map(_is_busy, self._channels())):
            self._look(0.02)
        self._server.task_dispatcher.shutdown(timeout=0.1)
        wasyncore.close_all(self._sockets)

    def _look(self, seconds: float) -> None:
        """Move what can be moved over the connections, waiting for it at most `seconds`."""
        self._make_room()
        wasyncore.loop(timeout=seconds, map=self._sockets, count=1, use_poll=True)

    def _make_room(self) -> None:
        """Close what is too much: the connections without a request before those that have sent a part of one, and of them the
        silent ones first. Who waits for an answer is never one of them.
        """
        channels = list(self._channels())
        too_many = len(channels) - self._most + 1
        if too_many > 0:
            idle = [one for one in channels if not one.requests and not one.total_outbufs_len]
            for channel in sorted(idle, key=_worth)[:too_many]:
                channel.will_close = True

    def _listening(self) -> list[BaseWSGIServer]:
        return [one for one in self._sockets.values() if isinstance(one, BaseWSGIServer)]

    def _channels(self) -> Iterator[HTTPChannel]:
        return (one for one in list(self._sockets.values()) if isinstance(one, HTTPChannel))

    def _unanswered(self, held: list[Any]) -> bool:
        """Whether one of the requests is being worked on, or its answer is on its way."""
        return any(
            channel.total_outbufs_len or any(request in held for request in channel.requests)
            for channel in self._channels()
        )

    def _close_door(self) -> None:
        """Accept the connections that the system has already taken, then no more."""
        doors, until = self._listening(), monotonic() + _LONGEST_LINGER_SECONDS
        for door in doors:
            _hold_back(door.socket)
        quiet = monotonic() + _HANDSHAKE_SECONDS
        while monotonic() < until and (monotonic() < quiet or _has_visitors(doors)):
            self._look(0.01)
        for door in doors:
            wasyncore.dispatcher.close(door)  # its own `close` would cut off answers under way


def _threads() -> _Threads:
    """The threads, begun."""
    made = _Threads()
    made.set_thread_count(THREADS)
    return made


def _hold_back(listening: socket.socket) -> None:
    """Let the system make no further connection at a door; who knocks is refused once it is closed."""
    listening.listen(0)
    if sys.platform == "linux":
        steps = ctypes.create_string_buffer(
            b"".join(struct.pack("HBBI", *step) for step in _NO_NEW_CONNECTION)
        )
        program = struct.pack("HP", len(_NO_NEW_CONNECTION), ctypes.addressof(steps))
        with suppress(OSError):  # a system without filters still holds most of them back
            listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def _has_visitors(doors: list[BaseWSGIServer]) -> bool:
    """Whether a connection was made that nobody has accepted yet."""
    return bool(select.select([door.socket for door in doors], (), (), 0)[0])


def _worth(channel: HTTPChannel) -> tuple[bool, float]:
    """What a connection without a whole request has sent: whether its body has begun, and when it was last heard."""
    has_begun = channel.request is not None and channel.request.headers_finished
    return has_begun, channel.last_activity


def _is_busy(channel: HTTPChannel) -> bool:
    return bool(
        channel.requests
        or channel.request
        or channel.total_outbufs_len
        or time() - channel.last_activity < _LINGER_SECONDS
    )
