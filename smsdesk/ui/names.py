"""Who a number belongs to, as the window shows it: a name where the address book has one.

A name is foreign text, and whoever draws it makes it plain. One process shows one profile at a
time, and so has one address book.
"""

from collections.abc import Callable, Iterable, Mapping

from smsdesk.ui.numbers import show_number

NamesOf = Callable[[Iterable[str]], Mapping[str, str]]


def _nobody(_numbers: Iterable[str]) -> Mapping[str, str]:
    return {}


_names_of: NamesOf = _nobody


def use(names_of: NamesOf | None) -> None:
    """Take names from there from now on; None: there is no address book any more."""
    global _names_of  # one process, one address book
    _names_of = names_of or _nobody


def ask(numbers: Iterable[str]) -> None:
    """All of these will be shown now: have their names looked up in one question."""
    _names_of(numbers)


def name_of(number: str) -> str:
    """The name; "" where there is none."""
    return _names_of((number,)).get(number, "")


def show_person(number: str) -> str:
    """The name, or else the number grouped for reading."""
    return name_of(number) or show_number(number)


def show_both(number: str) -> str:
    """The name with its number, or the number alone."""
    name, shown = name_of(number), show_number(number)
    return f"{name} ({shown})" if name else shown
