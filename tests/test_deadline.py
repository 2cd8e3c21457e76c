"""Time limits: they interrupt, nest, clean up after themselves, and nothing swallows them."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from derive.deadline import DeadlineExceeded, checkpoint, clock, deadline


def spin(seconds: float) -> None:
    end = clock() + seconds
    while clock() < end:
        sum(range(100))


def test_a_long_block_is_interrupted_in_time() -> None:
    start = clock()
    with pytest.raises(DeadlineExceeded), deadline(0.05):
        spin(5)
    assert clock() - start < 1


def test_a_block_within_its_limit_is_left_alone_and_the_timer_is_off_afterwards() -> None:
    with deadline(0.05):
        pass
    spin(0.1)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_the_limit_cannot_be_swallowed_as_an_exception() -> None:
    def careless() -> None:
        try:
            spin(5)
        except Exception:
            pytest.fail("swallowed")

    with pytest.raises(DeadlineExceeded), deadline(0.05):
        careless()


def test_an_outer_limit_ends_an_inner_one() -> None:
    start = clock()
    with pytest.raises(DeadlineExceeded), deadline(0.05), deadline(10):
        spin(5)
    assert clock() - start < 1


def test_an_outer_limit_rings_again_when_the_inner_handler_took_it_for_its_own() -> None:
    def mistaken() -> None:
        try:
            with deadline(10):
                spin(5)
        except DeadlineExceeded:
            spin(5)

    start = clock()
    with pytest.raises(DeadlineExceeded), deadline(0.05):
        mistaken()
    assert clock() - start < 1


def test_an_expired_inner_limit_leaves_the_outer_one_running() -> None:
    with deadline(10) as outer:
        with pytest.raises(DeadlineExceeded), deadline(0.02):
            spin(5)
        assert 8 < outer.remaining <= 10
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 8
        spin(0.3)


def test_waiting_is_not_counted() -> None:
    with deadline(0.2) as guard:
        time.sleep(0.5)
        checkpoint()
        assert guard.remaining > 0.1


def test_no_limit_means_no_limit_but_an_outer_one_still_counts() -> None:
    with pytest.raises(DeadlineExceeded), deadline(0.05), deadline(None):
        spin(5)
    with deadline(None) as guard:
        assert guard.remaining == float("inf")


def test_no_time_left_rings_at_once() -> None:
    with pytest.raises(DeadlineExceeded), deadline(-1):
        spin(5)


def test_a_foreign_timer_is_restored() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGPROF, lambda number, _frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_PROF, 0.15)
        with pytest.raises(DeadlineExceeded), deadline(0.02):
            spin(5)
        assert not rung
        spin(0.3)
        assert rung == [signal.SIGPROF]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_off_the_main_thread_a_checkpoint_raises() -> None:
    caught: list[str] = []

    def work() -> None:
        try:
            with deadline(0.01):
                spin(0.05)
                caught.append("still running")
                checkpoint()
        except DeadlineExceeded:
            caught.append("exceeded")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert caught == ["still running", "exceeded"]


def test_many_short_guards_leave_nothing_behind() -> None:
    for _ in range(2000):
        try:
            with deadline(0.00001):
                spin(0.00002)
        except DeadlineExceeded:
            pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    checkpoint()
