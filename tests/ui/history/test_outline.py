"""Rows are found by addition and keys by bisection, whatever comes and goes in between."""

import random
from itertools import pairwise

from smsdesk.desk.acting import Span
from smsdesk.ui.history.outline import BLOCK, Outline


def outline_of(keys: list[int]) -> Outline:
    outline = Outline()
    outline.newest = keys[0]
    outline.extend_down(keys)
    outline.complete()
    return outline


def test_a_row_leads_to_its_block_and_the_place_there() -> None:
    outline = outline_of(list(range(3 * BLOCK, 0, -1)))

    assert outline.count == 3 * BLOCK
    assert outline.place(0) == (2, 0)
    assert outline.place(BLOCK - 1) == (2, BLOCK - 1)
    assert outline.place(BLOCK) == (1, 0)
    assert outline.place(3 * BLOCK - 1) == (0, BLOCK - 1)


def test_a_key_belongs_to_one_block_even_where_there_is_no_message() -> None:
    outline = outline_of(list(range(10 * BLOCK * 2, 0, -10)))

    assert outline.block_of(10 * BLOCK + 15) == outline.block_of(10 * BLOCK + 10)
    assert outline.block_of(3) == 0, "below the oldest is the oldest block"
    assert outline.block_of(10 * BLOCK * 2 + 1) is None, "above the newest is nothing yet"


def test_spans_follow_each_other_without_a_gap() -> None:
    outline = outline_of(list(range(7 * BLOCK, 0, -3)))

    spans = [outline.span(block) for block in range(len(outline))]

    assert spans[0].oldest == 0
    assert spans[-1].newest == outline.newest
    for lower, upper in pairwise(spans):
        assert upper.oldest == lower.newest + 1


def test_what_comes_in_above_changes_nothing_below() -> None:
    outline = outline_of(list(range(2 * BLOCK, 0, -1)))
    before = [outline.span(block) for block in range(len(outline) - 1)]

    outline.extend_up(list(range(5 * BLOCK, 2 * BLOCK, -1)))

    assert outline.count == 5 * BLOCK
    assert [outline.span(block) for block in range(len(before))] == before
    assert outline.newest == 5 * BLOCK


def test_a_log_without_gaps_is_filled_without_being_read() -> None:
    outline = Outline()
    outline.newest = 1_000_000
    outline.extend_down(list(range(1_000_000, 1_000_000 - BLOCK, -1)))
    outline.fill_down(17)

    assert outline.is_complete
    assert outline.count == 1_000_000 - 17 + 1
    block, offset = outline.place(outline.count - 1)
    assert (block, outline.span(block).oldest) == (0, 0)
    assert offset == outline.size(0) - 1


def test_an_empty_list_has_a_place_for_what_comes_to_fit() -> None:
    outline = Outline()
    outline.newest = 40
    outline.complete()

    assert outline.count == 0
    assert outline.block_of(12) == 0
    assert outline.span(0) == Span(newest=40, oldest=0)


def test_a_block_that_has_grown_is_divided_and_every_row_stays_where_it_was() -> None:
    keys = list(range(3 * BLOCK, 0, -1))
    outline = Outline()
    outline.newest = keys[0]
    outline.complete()
    outline.change(0, len(keys))

    outline.divide(0, keys)

    assert len(outline) == 3
    assert outline.count == len(keys)
    for row in (0, BLOCK, 2 * BLOCK + 5):
        block, _offset = outline.place(row)
        assert outline.block_of(keys[row]) == block


def test_whatever_comes_and_goes_a_row_and_its_key_agree() -> None:
    rng = random.Random(7)
    keys = sorted(rng.sample(range(1, 5_000), 700), reverse=True)
    outline = outline_of(keys)
    for _time in range(500):
        key = rng.choice(range(1, 5_000))
        block = outline.block_of(key)
        if block is None:
            continue
        if key in keys:
            keys.remove(key)
            outline.change(block, -1)
        else:
            keys.append(key)
            keys.sort(reverse=True)
            outline.change(block, 1)
    assert outline.count == len(keys)
    for row, key in enumerate(keys):
        block = outline.block_of(key)
        assert block is not None
        assert outline.place(row)[0] == block
        assert outline.first_row(block) <= row < outline.first_row(block) + outline.size(block)
