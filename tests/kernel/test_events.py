"""The event queue: order, what is due, taking back, forks."""

import pytest

from fakecompute.kernel.events import EventQueue


def kinds(queue):
    return [event.kind for event in queue]


def popped(queue, now):
    """The kind of the event that comes out, or None."""
    event = queue.pop_due(now)
    return event and event.kind


def test_events_come_in_the_order_of_their_times():
    queue = EventQueue()
    for due in 30, 10, 20:
        queue.add(due, str(due), "subject")
    assert [popped(queue, 100) for _ in range(3)] == ["10", "20", "30"]


def test_equal_times_keep_the_order_of_their_calls():
    queue = EventQueue()
    for kind in "cab":
        queue.add(10, kind, "subject")
    assert [popped(queue, 10) for _ in range(3)] == ["c", "a", "b"]


def test_only_what_is_due_is_taken_out():
    queue = EventQueue()
    queue.add(10, "early", "subject")
    queue.add(20, "late", "subject")
    assert popped(queue, 9) is None
    assert popped(queue, 10) == "early"
    assert popped(queue, 19) is None
    assert len(queue) == 1


def test_the_next_due_is_the_earliest():
    queue = EventQueue()
    assert queue.next_due() is None
    queue.add(20, "late", "subject")
    queue.add(10, "early", "subject")
    assert queue.next_due() == 10


def test_an_event_carries_its_workflow_and_plain_data():
    event = EventQueue().add(10, "server.step", "some-id", 7, "create", 2)
    assert (event.subject, event.workflow, event.detail) == ("some-id", 7, ("create", 2))


def test_looking_at_the_future_does_not_change_it():
    queue = EventQueue()
    queue.add(20, "late", "subject")
    queue.add(10, "early", "subject")
    assert kinds(queue) == kinds(queue) == ["early", "late"]


def test_events_of_a_transaction_come_to_be_at_its_end():
    queue = EventQueue()
    with queue.transaction():
        queue.add(10, "new", "subject")
        assert kinds(queue) == []
    assert kinds(queue) == ["new"]


def test_events_of_a_broken_transaction_never_were():
    queue = EventQueue()
    with pytest.raises(ZeroDivisionError), queue.transaction():
        queue.add(10, "new", "subject")
        raise ZeroDivisionError
    assert kinds(queue) == []


def test_a_broken_inner_transaction_leaves_the_outer_ones_events():
    queue = EventQueue()
    with queue.transaction():
        queue.add(10, "outer", "subject")
        with pytest.raises(ZeroDivisionError), queue.transaction():
            queue.add(5, "inner", "subject")
            raise ZeroDivisionError
    assert kinds(queue) == ["outer"]


def test_a_broken_outer_transaction_takes_the_inner_ones_events_along():
    queue = EventQueue()
    with pytest.raises(ZeroDivisionError), queue.transaction():
        with queue.transaction():
            queue.add(5, "inner", "subject")
        raise ZeroDivisionError
    assert kinds(queue) == []


def test_a_fork_has_the_same_future_and_a_life_of_its_own():
    queue = EventQueue()
    queue.add(10, "common", "subject")
    twin = queue.fork()
    twin.pop_due(10)
    queue.add(20, "own", "subject")
    assert kinds(queue) == ["common", "own"]
    assert kinds(twin) == []


def test_a_fork_goes_on_numbering_where_its_origin_was():
    queue = EventQueue()
    queue.add(10, "first", "subject")
    twin = queue.fork()
    assert twin.add(10, "second", "subject").number == queue.add(10, "second", "subject").number == 2
