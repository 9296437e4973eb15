"""One mistake does not burn a whole batch (F32)."""

from smsdesk.delivery.refusals import IN_A_ROW, MOST_BATCHES, SAMPLE, RefusalWatch


def feed(watch: RefusalWatch, batch: str, outcomes: str) -> list[int]:
    """Feed refused (x) and taken (.) messages; returns where the watch called out."""
    return [
        place
        for place, outcome in enumerate(outcomes, 1)
        if watch.is_suspicious(batch, is_refused=outcome == "x")
    ]


def test_twenty_in_a_row_are_suspicious() -> None:
    assert feed(RefusalWatch(), "B", "x" * IN_A_ROW) == [IN_A_ROW]


def test_one_that_passes_breaks_the_row() -> None:
    assert feed(RefusalWatch(), "B", ("x" * 19 + ".") * 1) == []
    assert feed(RefusalWatch(), "B", "x" * 19 + "." + "x" * 19) == []


def test_only_the_batches_of_late_are_remembered() -> None:
    watch = RefusalWatch()
    feed(watch, "first", "x" * 19)
    for number in range(MOST_BATCHES - 1):
        feed(watch, f"B{number}", "x")

    assert feed(watch, "first", "x") == [1]
    for number in range(MOST_BATCHES):
        feed(watch, f"C{number}", "x")
    assert len(watch) == MOST_BATCHES
    assert feed(watch, "B0", "x" * IN_A_ROW) == [IN_A_ROW]


def test_more_than_three_in_ten_of_a_hundred_are_suspicious() -> None:
    spread = ("x.." * 34)[:SAMPLE]
    assert spread.count("x") == 34

    assert feed(RefusalWatch(), "B", spread) == [SAMPLE]


def test_three_in_ten_are_not() -> None:
    assert feed(RefusalWatch(), "B", "xxx......." * 30) == []


def test_less_than_a_hundred_are_too_few_to_judge() -> None:
    assert feed(RefusalWatch(), "B", "xx." * 33) == []


def test_batches_are_judged_apart() -> None:
    watch = RefusalWatch()

    assert feed(watch, "A", "x" * 19) == []
    assert feed(watch, "B", "x" * 19) == []
    assert feed(watch, "A", "x") == [1]
    assert feed(watch, "B", ".") == []


def test_after_the_call_the_count_begins_anew() -> None:
    assert feed(RefusalWatch(), "B", "x" * 60) == [20, 40, 60]
