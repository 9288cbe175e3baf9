"""The jobs that wait."""

import threading

from hardware.printing.queue import PrintQueue
from tests.fakes.printer import print_job


def test_jobs_come_out_in_the_order_they_came_in() -> None:
    """The first stays at its place until it is printed."""
    queue, first, second = PrintQueue(), print_job(), print_job()
    assert queue.add(first, 0)
    assert queue.add(second, 0)
    waiting = queue.first()
    assert waiting is not None
    assert waiting.job is first
    assert len(queue) == 2
    queue.remove(waiting)
    following = queue.first()
    assert following is not None
    assert following.job is second


def test_a_full_queue_and_a_closed_one_take_nothing() -> None:
    """A printer that is gone for long does not fill the memory."""
    queue = PrintQueue(length_max=2)
    assert [queue.add(print_job(), 0) for _ in range(3)] == [True, True, False]
    queue.cancel()
    queue.close()
    assert not queue.add(print_job(), 0)


def test_what_is_on_the_line_is_not_cancelled_but_not_tried_again() -> None:
    """It is on paper in part already; the others are forgotten and named."""
    queue, jobs = PrintQueue(), [print_job() for _ in range(3)]
    for job in jobs:
        queue.add(job, 0)
    first = queue.first()
    assert first is not None
    assert queue.begin(first)
    assert queue.cancel() == tuple(job.job_id for job in jobs[1:])
    assert (len(queue), first.is_cancelled) == (1, True)


def test_a_job_that_was_cancelled_is_not_begun() -> None:
    """Between looking at it and beginning it, another thread may have come."""
    queue = PrintQueue()
    queue.add(print_job(), 0)
    first = queue.first()
    assert first is not None
    queue.cancel()
    assert not queue.begin(first)
    assert queue.first() is None


def test_many_threads_put_in_and_none_is_lost() -> None:
    """The window, the command line's and the register's threads print as well."""
    queue = PrintQueue(length_max=1_000)

    def put() -> None:
        for _ in range(100):
            queue.add(print_job(), 0)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(queue.cancel())) == 800
