"""Ctrl-C is never lost, not even where Python drops exceptions."""

from __future__ import annotations

import os
import signal
import threading
import weakref
from collections.abc import Iterator

import pytest

from coopbot.cli.interrupts import noticed


class Thing:
    """What a finalizer can be called for."""


class Dying:
    """What is interrupted while it is removed."""

    def __del__(self) -> None:
        interrupt()


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True)
def python_s_own_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_interrupts_at_once_and_python_handles_the_next_one() -> None:
    with pytest.raises(KeyboardInterrupt), noticed():
        interrupt()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_in_a_finalizer_interrupts_at_the_next_check() -> None:
    with noticed() as check:
        check()
        thing = Thing()
        weakref.finalize(thing, interrupt)
        del thing
        with pytest.raises(KeyboardInterrupt):
            check()
    with noticed() as check:
        dying = Dying()
        del dying
        with pytest.raises(KeyboardInterrupt):
            check()


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with noticed() as check:
        interrupt()
        check()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_in_another_thread_nothing_is_changed() -> None:
    seen = []

    def look() -> None:
        with noticed():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
