"""Figures: what was measured, against what, and whether it keeps within its budget.

How they are measured is left to the benchmarks, how they are shown to `page`.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Of(Enum):
    """What a budget limits."""

    RATIO = "× the reference"
    VALUE = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """How far a figure may go: at most `limit`, or at least, where more is better."""

    limit: float
    of: Of = Of.RATIO
    is_floor: bool = False

    def allows(self, value: float) -> bool:
        return value >= self.limit if self.is_floor else value <= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured again and again, and the reference measured in between."""

    name: str
    unit: str
    values: Sequence[float]
    reference: Sequence[float] = ()
    budget: Budget | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def reference_median(self) -> float | None:
        return statistics.median(self.reference) if self.reference else None

    @property
    def ratio(self) -> float | None:
        """The median against the reference's."""
        return None if self.reference_median is None else self.median / self.reference_median

    @property
    def is_met(self) -> bool | None:
        """Is the budget kept? None where there is none."""
        if self.budget is None:
            return None
        value = self.ratio if self.budget.of is Of.RATIO else self.median
        return value is not None and self.budget.allows(value)


@dataclass(frozen=True, slots=True)
class Section:
    """The figures of one benchmark, and how they came about."""

    title: str
    method: str
    reference: str
    """What the column of the reference stands for; empty where there is none."""
    figures: Sequence[Figure]


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` of all, such as 0.99, do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
