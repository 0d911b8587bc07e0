"""Ctrl-C while something long is done: it is never lost."""

from __future__ import annotations

import signal
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_FINALIZE = weakref.finalize.__call__.__code__


@contextmanager
def noticed() -> Iterator[Callable[[], None]]:
    """Yield what raises KeyboardInterrupt, to be called now and then, if one could not be raised.

    Python drops an exception in the finalizer of an object, and its collector may run those at any
    moment (https://docs.python.org/3/reference/datamodel.html#object.__del__). Elsewhere Ctrl-C
    interrupts at once. Where it is ignored, or not for this thread, it stays so.
    """
    late = False

    def handle(_number: int, frame: FrameType | None) -> None:
        nonlocal late
        late = _is_in_finalizer(frame)
        if not late:
            raise KeyboardInterrupt

    def check() -> None:
        if late:
            raise KeyboardInterrupt

    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield check
        return
    signal.signal(signal.SIGINT, handle)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_in_finalizer(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "__del__" or frame.f_code is _FINALIZE:
            return True
        frame = frame.f_back
    return False
