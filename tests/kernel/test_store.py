"""The store: reading, writing, indexes, totals, taking back, forks, the feed and the digest."""

from dataclasses import dataclass

import pytest

from fakecompute.kernel.store import FEED_LENGTH, Change, Record, Store


@dataclass(frozen=True, kw_only=True)
class Book(Record):
    indexes = {
        "author": lambda book: book.author,
        "words": lambda book: book.title.split(),
    }
    totals = {"pages": lambda book: (book.author, (1, book.pages)) if book.pages else None}

    title: str = ""
    author: str | None = None
    pages: int = 0


@dataclass(frozen=True, kw_only=True)
class Loan(Record):
    book: str = ""


EMMA = Book(id="1", title="Emma", author="Austen", pages=474)
PERSUASION = Book(id="2", title="Persuasion", author="Austen", pages=249)


@pytest.fixture
def store():
    made = Store()
    made.put(EMMA)
    made.put(PERSUASION)
    return made


def titles(books):
    return sorted(book.title for book in books)


# --- records


def test_a_record_evolves_into_a_copy_with_other_values():
    assert EMMA.evolve(pages=500) == Book(id="1", title="Emma", author="Austen", pages=500)
    assert EMMA.pages == 474


def test_a_record_refuses_a_field_that_it_does_not_have():
    with pytest.raises(TypeError, match=r"Book has no field \['sequel'\]"):
        EMMA.evolve(sequel="none")


# --- reading


def test_a_record_is_found_by_its_id(store):
    assert store.find(Book, "1") is EMMA
    assert store.get(Book, "1") is EMMA


def test_what_is_not_there_is_none(store):
    assert store.find(Book, "3") is None
    assert store.find(Book, None) is None
    assert store.find(Loan, "1") is None


def test_getting_what_is_not_there_is_an_error(store):
    with pytest.raises(KeyError):
        store.get(Book, "3")


def test_kinds_are_apart(store):
    store.put(Loan(id="1", book="1"))
    assert store.find(Book, "1") is EMMA
    assert store.count(Book) == 2


def test_putting_an_id_again_replaces(store):
    store.put(EMMA.evolve(pages=500))
    assert store.get(Book, "1").pages == 500
    assert store.count(Book) == 2


def test_a_dropped_record_is_gone(store):
    store.drop(EMMA)
    assert store.find(Book, "1") is None
    assert store.all(Book) == [PERSUASION]


# --- indexes


def test_records_are_found_by_an_index(store):
    assert titles(store.by(Book, "author", "Austen")) == ["Emma", "Persuasion"]
    assert store.by(Book, "author", "Eliot") == []
    assert store.count(Book, "author", "Austen") == 2


def test_one_of_an_index_or_none(store):
    assert store.one(Book, "words", "Emma") is EMMA
    assert store.one(Book, "words", "Ulysses") is None


def test_a_changed_record_moves_in_the_index(store):
    store.put(EMMA.evolve(author="Anonymous"))
    assert titles(store.by(Book, "author", "Austen")) == ["Persuasion"]
    assert titles(store.by(Book, "author", "Anonymous")) == ["Emma"]


def test_a_record_without_a_key_is_in_no_index(store):
    store.put(EMMA.evolve(author=None))
    assert store.by(Book, "author", None) == []


def test_a_list_of_keys_is_an_entry_for_each(store):
    store.put(EMMA.evolve(title="War and Peace and War"))
    assert titles(store.by(Book, "words", "War")) == ["War and Peace and War"]
    store.put(EMMA)
    assert store.by(Book, "words", "War") == []
    assert store.by(Book, "words", "Peace") == []


# --- totals


def test_a_total_adds_up(store):
    assert store.total(Book, "pages", "Austen") == (2, 723)


def test_a_total_follows_a_change(store):
    store.put(EMMA.evolve(pages=500))
    assert store.total(Book, "pages", "Austen") == (2, 749)


def test_what_does_not_count_is_in_no_total(store):
    store.put(EMMA.evolve(pages=0))
    assert store.total(Book, "pages", "Austen") == (1, 249)


def test_a_total_of_nothing_is_empty(store):
    store.drop(EMMA)
    store.drop(PERSUASION)
    assert store.total(Book, "pages", "Austen") == ()


# --- taking back


def broken(store):
    """Change all there is, and fail."""
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.drop(EMMA)
        store.put(PERSUASION.evolve(author="Anonymous", pages=1))
        store.put(Book(id="3", title="Emma", author="Austen", pages=1))
        raise ZeroDivisionError


def test_an_exception_takes_back_every_write(store):
    broken(store)
    assert store.get(Book, "1") is EMMA
    assert store.get(Book, "2") is PERSUASION
    assert store.find(Book, "3") is None


def test_an_exception_takes_back_indexes_and_totals(store):
    broken(store)
    assert titles(store.by(Book, "author", "Austen")) == ["Emma", "Persuasion"]
    assert store.by(Book, "author", "Anonymous") == []
    assert store.total(Book, "pages", "Austen") == (2, 723)


def test_what_was_taken_back_is_in_neither_digest_nor_feed(store):
    before, version = store.digest(), store.version
    broken(store)
    assert store.digest() == before
    assert store.version == version
    assert store.changes(version) == []


def test_an_inner_transaction_is_taken_back_alone(store):
    with store.transaction():
        store.put(EMMA.evolve(pages=1))
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.put(EMMA.evolve(pages=2))
            raise ZeroDivisionError
    assert store.get(Book, "1").pages == 1


def test_an_outer_transaction_takes_the_inner_one_back(store):
    with pytest.raises(ZeroDivisionError), store.transaction():
        with store.transaction():
            store.put(EMMA.evolve(pages=1))
        raise ZeroDivisionError
    assert store.get(Book, "1") is EMMA


# --- forks


def test_a_fork_begins_as_its_origin(store):
    twin = store.fork()
    assert titles(twin.all(Book)) == ["Emma", "Persuasion"]
    assert twin.total(Book, "pages", "Austen") == (2, 723)
    assert twin.digest() == store.digest()


def test_a_fork_lives_on_its_own(store):
    twin = store.fork()
    twin.drop(EMMA)
    twin.put(Book(id="3", title="Ulysses", author="Joyce", pages=730))
    assert titles(store.all(Book)) == ["Emma", "Persuasion"]
    assert store.one(Book, "author", "Joyce") is None
    assert store.total(Book, "pages", "Austen") == (2, 723)


def test_the_origin_of_a_fork_lives_on_its_own(store):
    twin = store.fork()
    store.put(EMMA.evolve(author="Anonymous", pages=1))
    assert titles(twin.by(Book, "author", "Austen")) == ["Emma", "Persuasion"]
    assert twin.total(Book, "pages", "Austen") == (2, 723)


def test_a_fork_of_a_fork_lives_on_its_own(store):
    twin = store.fork()
    twin.put(EMMA.evolve(pages=1))
    grandchild = twin.fork()
    grandchild.put(EMMA.evolve(pages=2))
    assert [each.get(Book, "1").pages for each in (store, twin, grandchild)] == [474, 1, 2]


def test_a_fork_and_its_origin_come_to_the_digest_of_what_they_hold(store):
    store.put(EMMA.evolve(pages=1))  # not yet in the digest
    twin = store.fork()
    twin.put(PERSUASION.evolve(pages=2))
    fresh = Store()
    fresh.put(EMMA.evolve(pages=1))
    fresh.put(PERSUASION)
    assert store.digest() == fresh.digest()
    assert twin.digest() != fresh.digest()


def test_a_fork_is_not_taken_inside_a_transaction(store):
    with store.transaction(), pytest.raises(AssertionError):
        store.fork()


# --- the feed


def test_changes_tell_what_was_written_since(store):
    seen = store.version
    store.put(Loan(id="9", book="1"))
    store.drop(EMMA)
    assert store.changes(seen) == [Change(seen + 1, "Loan", "9"), Change(seen + 2, "Book", "1")]


def test_changes_come_when_the_transaction_is_over(store):
    seen = store.version
    with store.transaction():
        store.drop(EMMA)
        assert store.changes(seen) == []
    assert len(store.changes(seen)) == 1


def test_the_feed_forgets_the_oldest(store):
    for number in range(FEED_LENGTH + 10):
        store.put(Loan(id=str(number)))
    assert len(store.changes()) == FEED_LENGTH
    assert store.changes()[-1].number == store.version


# --- the digest


def test_the_digest_does_not_depend_on_the_way():
    one, other = Store(), Store()
    one.put(EMMA)
    one.put(PERSUASION)
    other.put(PERSUASION)
    other.put(EMMA.evolve(pages=1))
    other.digest()
    other.put(EMMA)
    assert one.digest() == other.digest()


def test_every_field_is_in_the_digest(store):
    before = store.digest()
    store.put(EMMA.evolve(pages=475))
    assert store.digest() != before


def test_the_kind_is_in_the_digest():
    one, other = Store(), Store()
    one.put(Record(id="1"))
    other.put(Book(id="1"))
    assert one.digest() != other.digest()


def test_a_digest_returns_with_the_records(store):
    before = store.digest()
    store.drop(EMMA)
    assert store.digest() != before
    store.put(EMMA)
    assert store.digest() == before
