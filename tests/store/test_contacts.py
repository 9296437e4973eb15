"""The address book answers at once, whatever its length, and forgets whom it is told to forget."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.sms.contact import ContactEntry, fold, words_of
from smsdesk.store import migrations
from smsdesk.store.contacts import BATCH, ContactBook, Merged, key_of
from smsdesk.store.database import Database, integrity_check
from smsdesk.store.errors import NameTakenError, NumberTakenError
from smsdesk.store.history import HistoryFilter, HistoryView
from tests.support import Log

ANNA = ContactEntry("Anna Meyer", "+447700900123", "Depot B", ("Drivers",))
ZOE = ContactEntry("Zoë Müller", "+447700900124")
BOB = ContactEntry("Bob O'Brien", "+4915123456789", "", ("Drivers", "Night"))


class Shelf:
    """The book, and how often it told of a change."""

    def __init__(self, database: Database) -> None:
        self.told = 0
        self.database = database
        self.book = ContactBook(database, self._tell)

    def _tell(self) -> None:
        self.told += 1


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return Shelf(database)


def test_a_number_has_one_name_and_is_found_by_it(shelf: Shelf) -> None:
    anna = shelf.book.add(ANNA)

    assert shelf.book.find(ANNA.number) == anna
    assert shelf.book.get(anna.id) == anna
    assert shelf.book.names_of([ANNA.number, ZOE.number]) == {ANNA.number: "Anna Meyer"}
    assert shelf.book.groups_of(anna.id) == ("Drivers",)
    with pytest.raises(NumberTakenError) as caught:
        shelf.book.add(ContactEntry("Somebody else", ANNA.number))
    assert caught.value.taken_by == anna
    assert shelf.told == 1


def test_names_of_very_many_numbers_are_asked_for_some_at_a_time(shelf: Shelf) -> None:
    shelf.book.add(ANNA)
    numbers = [f"+4477009{n:05d}" for n in range(3_000)]

    assert shelf.book.names_of([*numbers, ANNA.number]) == {ANNA.number: "Anna Meyer"}


def test_a_contact_is_changed_with_its_words_and_groups(shelf: Shelf) -> None:
    anna = shelf.book.add(ANNA)
    zoe = shelf.book.add(ZOE)

    assert shelf.book.change(
        anna.id, ContactEntry("Ann Smith", "+447700900999", "", ("Night",))
    )

    assert [one.id for one in shelf.book.complete("meyer", limit=8)] == []
    assert [one.name for one in shelf.book.complete("smi", limit=8)] == ["Ann Smith"]
    assert shelf.book.groups_of(anna.id) == ("Night",)
    with pytest.raises(NumberTakenError):
        shelf.book.change(zoe.id, ContactEntry("Zoë", "+447700900999"))
    assert not shelf.book.change(4711, ContactEntry("Nobody", "+447700900998"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", ["Zoë Müller"]),
        ("MÜL", ["Zoë Müller"]),
        ("brien b", ["Bob O'Brien"]),
        ("7700 900", ["Anna Meyer", "Zoë Müller"]),
        ("00491512", ["Bob O'Brien"]),
        ("nn", []),
        ("%", []),
        ("'; --", []),
    ],
)
def test_people_are_found_by_the_beginning_of_any_word_and_any_part_of_a_number(
    shelf: Shelf, typed: str, found: list[str]
) -> None:
    shelf.book.merge([ANNA, ZOE, BOB], replaces=True)

    assert [one.name for one in shelf.book.complete(typed, limit=8)] == found
    assert [one.name for one in shelf.book.page(search=typed)] == found


def test_who_is_called_so_first_comes_first(shelf: Shelf) -> None:
    shelf.book.merge(
        [ContactEntry("Zara Anders", "+447700900001"), ContactEntry("Anna", "+447700900002")],
        replaces=True,
    )

    assert [one.name for one in shelf.book.complete("an", limit=8)] == ["Anna", "Zara Anders"]


def test_what_is_there_stays_unless_it_is_to_be_replaced(shelf: Shelf) -> None:
    shelf.book.add(ANNA)
    other = ContactEntry("Anna Mayer", ANNA.number, "", ("Night",))

    assert shelf.book.merge([other, ZOE], replaces=False) == Merged(added=1, changed=1)
    anna = shelf.book.find(ANNA.number)
    assert anna is not None
    assert (anna.name, anna.note) == ("Anna Meyer", "Depot B")
    assert shelf.book.groups_of(anna.id) == ("Drivers", "Night")
    assert shelf.book.merge([other], replaces=False) == Merged(left=1)

    assert shelf.book.merge([other], replaces=True) == Merged(changed=1)
    anna = shelf.book.find(ANNA.number)
    assert anna is not None
    assert (anna.name, anna.note) == ("Anna Mayer", "Depot B")


def test_a_long_list_comes_in_piece_by_piece_and_may_be_broken_off(shelf: Shelf) -> None:
    entries = [ContactEntry(f"P{n}", f"+4477009{n:05d}") for n in range(2 * BATCH + 1)]
    answers = iter([True, False])

    assert shelf.book.merge(entries, replaces=False, go_on=lambda: next(answers)) == Merged(
        added=2 * BATCH
    )
    assert shelf.book.merge(entries, replaces=False) == Merged(added=1, left=2 * BATCH)


def test_groups_are_made_renamed_filled_and_removed(shelf: Shelf) -> None:
    shelf.book.merge([ANNA, ZOE, BOB], replaces=True)
    drivers, night = shelf.book.groups()
    assert (drivers.name, drivers.size, night.name, night.size) == ("Drivers", 2, "Night", 1)
    zoe = shelf.book.find(ZOE.number)
    assert zoe is not None

    assert shelf.book.put_in(night.id, [zoe.id]) == 1
    assert shelf.book.put_in(night.id, [zoe.id]) == 0
    assert [one.name for one in shelf.book.members(night.id)] == ["Bob O'Brien", "Zoë Müller"]
    assert [one.name for one in shelf.book.page(group=night.id, search="z")] == ["Zoë Müller"]
    assert shelf.book.take_out(night.id, [zoe.id]) == 1
    with pytest.raises(NameTakenError):
        shelf.book.add_group("DRIVERS")
    with pytest.raises(NameTakenError):
        shelf.book.rename_group(night.id, "drivérs")
    assert shelf.book.rename_group(night.id, "Night shift")
    assert shelf.book.add_group("Empty").size == 0
    assert shelf.book.remove_group(drivers.id)
    assert not shelf.book.remove_group(drivers.id)
    assert [group.name for group in shelf.book.groups()] == ["Empty", "Night shift"]
    assert shelf.book.count() == 3


def test_groups_are_found_by_the_beginning_of_any_word(shelf: Shelf) -> None:
    shelf.book.merge([ContactEntry("A", "+447700900001", "", ("Night shift",))], replaces=True)

    (group,) = shelf.book.complete_group("shi", limit=3)
    assert (group.name, group.size) == ("Night shift", 1)
    assert shelf.book.complete_group("hift", limit=3) == []
    assert shelf.book.complete_group("+44", limit=3) == []


def test_nothing_of_an_erased_person_is_left_in_the_files(shelf: Shelf) -> None:
    secret = ContactEntry("Quetzalcoatl Unforgotten", "+447700900456", "Xylophone", ("Gang",))
    contact = shelf.book.add(secret)
    shelf.book.add(ANNA)

    assert shelf.book.erase([contact.id, 4711]) == 1

    assert shelf.book.find(secret.number) is None
    assert shelf.book.complete("quetz", limit=8) == []
    assert shelf.book.groups()[1].size == 0
    folder = shelf.database.path.parent
    written = b"".join(path.read_bytes() for path in folder.iterdir())
    for trace in (b"uetzalcoatl", b"447700900456", b"ylophone"):
        assert trace not in written
    integrity_check(shelf.database)


def test_pages_by_key_are_the_whole_list_in_order(shelf: Shelf) -> None:
    entries = [ContactEntry(f"Same {n % 7}", f"+4477009{n:05d}") for n in range(100)]
    shelf.book.merge(entries, replaces=True)
    outline = shelf.book.outline(size=30)

    pages = [shelf.book.page(after=end, limit=30) for end in (None, *outline.ends)]

    assert outline.count == 100
    assert [len(page) for page in pages] == [30, 30, 30, 10]
    every = [one for page in pages for one in page]
    assert [key_of(one) for one in every] == sorted(key_of(one) for one in every)
    assert outline.ends == tuple(key_of(page[-1]) for page in pages[:3])


def test_the_log_is_searched_by_the_names_of_those_it_is_about(log: Log) -> None:
    shelf = Shelf(log.database)
    (to_anna,) = log.queue(to=ANNA.number, text="one")
    (to_zoe,) = log.queue(to=ZOE.number, text="annals")
    shelf.book.merge([ANNA, ZOE], replaces=True)
    view = HistoryView(log.database)

    def found(search: str) -> list[str]:
        return [message.id for message in view.page(HistoryFilter(search=search))]

    assert found("anna") == [to_zoe, to_anna]
    assert found("mey ann") == [to_anna]
    assert found("müller") == [to_zoe]
    assert found("nobody") == []


# A hundred thousand -------------------------------------------------------------------

FIRST = ("Anna", "Ana", "Andreas", "Bob", "Björn", "Carla", "Zoë", "Sam", "Ola", "Müşerref")
LAST = ("Meyer", "Müller", "O'Brien", "Smith", "Okonkwo", "Nowak", "Łukasik")
MANY = 100_000


@pytest.fixture(scope="module")
def long_book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    path: Path = tmp_path_factory.mktemp("long") / "smsdesk.db"
    migrations.create(path)
    database = Database(path)
    shelf = Shelf(database)
    dice = random.Random(7)
    entries = [
        ContactEntry(f"{dice.choice(FIRST)} {dice.choice(LAST)} {n}", f"+4477{n:08d}")
        for n in range(MANY)
    ]
    assert shelf.book.merge(entries, replaces=False).added == MANY
    yield shelf
    database.close_thread()


@pytest.mark.parametrize(
    "typed",
    ["a", "an", "anna", "anna m", "mey zoe", "lukasik 99", "77", "99999", "0044 77000999"],
)
def test_completion_in_a_long_book_finds_nobody_but_who_fits(
    long_book: Shelf, typed: str
) -> None:
    found = long_book.book.complete(typed, limit=8)

    assert 1 <= len(found) <= 8
    for contact in found:
        words = words_of(contact.name)
        by_name = all(any(w.startswith(one) for w in words) for one in words_of(typed))
        digits = "".join(char for char in typed if char.isdecimal()).lstrip("0")
        assert by_name or (digits and digits in contact.number)


def test_completion_in_a_long_book_walks_an_index_and_never_the_book(long_book: Shelf) -> None:
    connection = long_book.database.connection
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    for typed in ("a", "anna m", "nobody at all", "99999", "+447712345678"):
        long_book.book.complete(typed, limit=8)
    long_book.book.names_of(["+447700000001", "+447700000002"])
    connection.set_trace_callback(None)

    assert statements
    for statement in statements:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        steps = [row["detail"] for row in plan]
        scans = [one for one in steps if one.startswith("SCAN contact") and "INDEX" not in one]
        assert not scans, (statement, steps)


def test_a_long_book_is_paged_and_searched_at_any_depth(long_book: Shelf) -> None:
    outline = long_book.book.outline(size=200)
    deep = long_book.book.page(after=outline.ends[400], limit=200)

    assert outline.count == MANY
    assert len(deep) == 200
    assert key_of(deep[0]) > outline.ends[400]
    assert key_of(deep[-1]) == outline.ends[401]
    searched = long_book.book.outline(search="zoe mey", size=200)
    assert searched.count == sum(
        1 for one in long_book.book.page(limit=MANY) if fold(one.name).startswith("zoe meyer")
    )
