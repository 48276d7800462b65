"""From the grades of a course to one: dropped work, categories by weight, extra credit, a letter, and every step in words.

Everything here is pure and exact. Points are ``Decimal``; shares of them are compared by multiplying out and added as
fractions, so that nothing is rounded before the total, which is rounded once, half to even, to two places.

What counts: work with a final number, and missing work as the course says. Excused work, work that is still to be graded and
work that was not due yet do not count, and a category without anything that counts leaves its weight to the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import NamedTuple

from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.points import points_step, readable
from eduplatform.i18n import N_

_CENT = Decimal("0.01")
_ZERO = Decimal(0)
_FINAL = frozenset({GradeStatus.GRADED, GradeStatus.LATE})


class CourseCell(NamedTuple):
    """What a student has for one column.

    Attributes:
        key: Tells columns apart, and orders what is equal otherwise.
        title: Its name, for the explanation.
        category: Key of its category; empty without one.
        points: None without a number.
        possible: Points of the column; 0 for work that can only add.
        status: A `GradeStatus`.
        extra_credit: Its points are added, its possible points are not.
        counts: False for work that is in the gradebook for information only.
    """

    key: str
    title: str
    category: str
    points: Decimal | None
    possible: Decimal
    status: str
    extra_credit: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """Work that counts together.

    Attributes:
        key: What `CourseCell.category` names.
        name: Its name.
        weight: Percent of the total; of an extra category, the most percent it can add at full points.
        drop_lowest: How many of the worst results do not count. One result always stays.
        drop_highest: How many of the best results do not count.
        extra_credit: It only adds: its work never costs anything.
    """

    key: str
    name: str
    weight: Decimal = _ZERO
    drop_lowest: int = 0
    drop_highest: int = 0
    extra_credit: bool = False

    def __post_init__(self) -> None:
        """Refuse what is negative."""
        if self.weight < 0 or self.drop_lowest < 0 or self.drop_highest < 0:
            raise ValueError("weights and numbers of dropped results are not negative")


@dataclass(frozen=True, slots=True)
class Band:
    """A letter and the lowest percentage that earns it."""

    letter: str
    minimum: Decimal


Scheme = tuple[Band, ...]
"""Letters in any order; empty for a course without letters."""


@dataclass(frozen=True, slots=True)
class CourseGrade:
    """A student's total.

    Attributes:
        percent: Two places, more than 100 with extra credit; None while nothing counts.
        letter: Empty without a scheme, without a total, or below every band.
        explanation: The steps in order.
    """

    percent: Decimal | None
    letter: str
    explanation: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Sum:
    """Counted results of a category or of the whole course."""

    earned: Decimal
    possible: Decimal

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.earned) / Fraction(self.possible) if self.possible else None


@dataclass(frozen=True, slots=True)
class _Group:
    """A category with what counts in it; ``category`` is None for columns without one."""

    category: Category | None
    regular: tuple[_Counted, ...]
    extra: tuple[_Counted, ...]

    @property
    def only_adds(self) -> bool:
        return self.category is not None and self.category.extra_credit


class _Counted(NamedTuple):
    cell: CourseCell
    points: Decimal

    def gain(self, total: _Sum) -> Decimal:
        """Above zero when counting this raises a share, below zero when it lowers it; exact."""
        return self.points * total.possible - total.earned * self.cell.possible

    @property
    def order(self) -> tuple[str, str]:
        return self.cell.title, self.cell.key


def course_grade(
    cells: Iterable[CourseCell],
    categories: Sequence[Category] = (),
    scheme: Scheme = (),
    *,
    weighted: bool = False,
    missing_counts: bool = True,
) -> CourseGrade:
    """Work out a student's total.

    Args:
        cells: Everything that belongs to the course, or to one period of it, in any order.
        categories: The categories of the course, in the order in which they are explained.
        scheme: The letters.
        weighted: Each category counts by its weight; columns without a category count nothing. Otherwise all points
            count together. A course without categories always counts points.
        missing_counts: Missing work without points of its own counts zero; otherwise it does not count.
    """
    known = sorted(cells, key=lambda cell: (cell.title, cell.key))
    steps: list[Message] = list(_left_out(known, missing_counts))
    groups = _grouped(known, categories, missing_counts)
    by_weight = weighted and bool(categories)
    share = _by_weight(groups, steps) if by_weight else _by_points(groups, steps)
    if share is None:
        return CourseGrade(None, "", (*steps, Message(N_("Nothing counts yet, so there is no total"))))
    percent = rounded_percent(share * 100)
    steps.append(Message(N_("Total: {percent} %"), {"percent": readable(percent)}))
    band = band_of(percent, scheme)
    if band is not None:
        steps.append(
            Message(
                N_("{letter} is given from {minimum} %"),
                {"letter": band.letter, "minimum": readable(band.minimum)},
            )
        )
    return CourseGrade(percent, band.letter if band is not None else "", tuple(steps))


def band_of(percent: Decimal, scheme: Scheme) -> Band | None:
    """The best band whose minimum is reached; None without one."""
    reached = [band for band in scheme if band.minimum <= percent]
    return max(reached, key=lambda band: band.minimum, default=None)


def rounded_percent(percent: Fraction) -> Decimal:
    """The only rounding: two places, half to even, straight from the exact fraction."""
    hundredths = percent * 100
    whole, rest = divmod(hundredths.numerator, hundredths.denominator)
    twice = 2 * rest
    if twice > hundredths.denominator or (twice == hundredths.denominator and whole % 2):
        whole += 1
    return (Decimal(whole) / 100).quantize(_CENT, ROUND_HALF_EVEN)


def _left_out(cells: Sequence[CourseCell], missing_counts: bool) -> Iterable[Message]:
    excused = [cell.title for cell in cells if cell.counts and cell.status == GradeStatus.EXCUSED]
    if excused:
        yield Message(N_("Excused, does not count: {titles}"), {"titles": ", ".join(excused)})
    missing = [
        cell.title
        for cell in cells
        if cell.counts
        and cell.status == GradeStatus.MISSING
        and cell.points is None
        and not cell.extra_credit
    ]
    if missing:
        key = (
            N_("Missing, counts as zero: {titles}")
            if missing_counts
            else N_("Missing, does not count here: {titles}")
        )
        yield Message(key, {"titles": ", ".join(missing)})
    waiting = [cell.title for cell in cells if cell.counts and cell.status == GradeStatus.IN_REVIEW]
    if waiting:
        yield Message(N_("Not graded yet, does not count: {titles}"), {"titles": ", ".join(waiting)})


def _counted(cell: CourseCell, missing_counts: bool) -> _Counted | None:
    if not cell.counts:
        return None
    if cell.status in _FINAL and cell.points is not None:
        return _Counted(cell, cell.points)
    if cell.status == GradeStatus.MISSING:
        if cell.points is not None:
            return _Counted(cell, cell.points)
        if missing_counts:
            return _Counted(cell, _ZERO)
    return None


def _grouped(
    cells: Sequence[CourseCell], categories: Sequence[Category], missing_counts: bool
) -> list[_Group]:
    """The counted results by category, in the categories' order; those without one last."""
    by_key: dict[str, list[_Counted]] = {one.key: [] for one in categories}
    rest: list[_Counted] = []
    for cell in cells:
        counted = _counted(cell, missing_counts)
        if counted is not None:
            by_key.get(cell.category, rest).append(counted)
    named: list[tuple[Category | None, list[_Counted]]] = [(one, by_key[one.key]) for one in categories]
    groups: list[_Group] = []
    for category, found in [*named, (None, rest)]:
        # Work without possible points can only add, whatever its column says.
        regular = tuple(one for one in found if not one.cell.extra_credit and one.cell.possible > 0)
        extra = tuple(one for one in found if one.cell.extra_credit or one.cell.possible <= 0)
        groups.append(_Group(category, regular, extra))
    return groups


def _by_weight(groups: Sequence[_Group], steps: list[Message]) -> Fraction | None:
    parts: list[tuple[Category, Fraction]] = []
    bonus = Fraction(0)
    empty: list[str] = []
    for group in groups:
        category = group.category
        if category is None:
            _say_unused(group, steps)
            continue
        total = _sum_after_drops([group], steps, only_added=False)
        if group.only_adds:
            bonus += _say_bonus(category, total, steps)
        elif total.share is None:
            empty.append(category.name)
        else:
            parts.append((category, total.share))
            _say_category(category, total, steps)
    weights = sum((Fraction(category.weight) for category, _ in parts), Fraction(0))
    if not weights:
        return None
    if empty:
        steps.append(
            Message(
                N_("Nothing counts yet in {names}: the other weights take its place"),
                {"names": ", ".join(empty)},
            )
        )
    return (
        sum((Fraction(category.weight) * share for category, share in parts), Fraction(0)) / weights + bonus
    )


def _by_points(groups: Sequence[_Group], steps: list[Message]) -> Fraction | None:
    total = _sum_after_drops(groups, steps, only_added=True)
    if total.share is not None:
        steps.append(
            points_step(N_("All points together: {earned} of {possible}"), total.earned, total.possible)
        )
    return total.share


def _say_unused(group: _Group, steps: list[Message]) -> None:
    titles = [one.cell.title for one in (*group.regular, *group.extra)]
    if titles:
        steps.append(Message(N_("Has no category, does not count: {titles}"), {"titles": ", ".join(titles)}))


def _say_category(category: Category, total: _Sum, steps: list[Message]) -> None:
    steps.append(
        Message(
            N_("{name}: {earned} of {possible} points, {percent} %, with a weight of {weight}"),
            {
                "name": category.name,
                "earned": readable(total.earned),
                "possible": readable(total.possible),
                "percent": readable(rounded_percent((total.share or Fraction(0)) * 100)),
                "weight": readable(category.weight),
            },
        )
    )


def _say_bonus(category: Category, total: _Sum, steps: list[Message]) -> Fraction:
    """What a category of extra credit adds to the share of the course."""
    if total.share is None:
        return Fraction(0)
    bonus = Fraction(category.weight) / 100 * total.share
    steps.append(
        Message(
            N_("Extra credit in {name}: {earned} of {possible} points add {percent} %"),
            {
                "name": category.name,
                "earned": readable(total.earned),
                "possible": readable(total.possible),
                "percent": readable(rounded_percent(bonus * 100)),
            },
        )
    )
    return bonus


def _sum_after_drops(groups: Sequence[_Group], steps: list[Message], *, only_added: bool) -> _Sum:
    """The sum of what counts after the drop rules of each category.

    The best results go first, by their share of their own points. Of the rest, those go whose leaving helps the common
    share most (Dinkelbach's method: take the share of what is kept, drop what lies below it, and repeat until nothing
    changes). A result is never dropped when that would lower the share, so dropping the lowest never costs anything.
    With ``only_added`` the work of an extra category is added without being counted against.
    """
    bonus = _ZERO
    pools: list[tuple[_Group, list[_Counted], list[_Counted]]] = []
    for group in groups:
        extra = sum((one.points for one in group.extra), _ZERO)
        if only_added and group.only_adds:
            extra += sum((one.points for one in group.regular), _ZERO)
            _say_extra(group, (*group.regular, *group.extra), steps)
        else:
            kept, highest = _without_highest(group)
            pools.append((group, kept, highest))
            _say_extra(group, group.extra, steps)
        bonus += extra
    dropped = _lowest(pools, bonus)
    total = _total([one for _, kept, _ in pools for one in kept if one.cell.key not in dropped], bonus)
    for _group, kept, highest in pools:
        _say_dropped(N_("Dropped as highest: {title} ({earned} of {possible})"), highest, steps)
        lowest = [one for one in kept if one.cell.key in dropped]
        _say_dropped(N_("Dropped as lowest: {title} ({earned} of {possible})"), lowest, steps)
    return total


def _total(kept: Iterable[_Counted], bonus: Decimal) -> _Sum:
    rows = tuple(kept)
    earned = sum((one.points for one in rows), _ZERO)
    return _Sum(earned + bonus, sum((one.cell.possible for one in rows), _ZERO))


def _without_highest(group: _Group) -> tuple[list[_Counted], list[_Counted]]:
    wanted = group.category.drop_highest if group.category is not None else 0
    number = max(0, min(wanted, len(group.regular) - 1))
    ordered = (
        sorted(
            group.regular, key=lambda one: (-Fraction(one.points) / Fraction(one.cell.possible), *one.order)
        )
        if number
        else list(group.regular)
    )
    return ordered[number:], ordered[:number]


def _lowest(pools: Sequence[tuple[_Group, list[_Counted], list[_Counted]]], bonus: Decimal) -> set[str]:
    """Keys of the results that the rules for the lowest drop."""
    if not any(group.category is not None and group.category.drop_lowest for group, _, _ in pools):
        return set()
    everything = [one for _, kept, _ in pools for one in kept]
    total, dropped = _total(everything, bonus), set[str]()
    while True:
        chosen = {one.cell.key for group, kept, _ in pools for one in _worst(group, kept, total)}
        better = _total((one for one in everything if one.cell.key not in chosen), bonus)
        # Compared as products: is the new share really above the old one?
        if chosen == dropped or better.earned * total.possible <= total.earned * better.possible:
            return dropped or chosen
        total, dropped = better, chosen


def _worst(group: _Group, kept: Sequence[_Counted], total: _Sum) -> list[_Counted]:
    wanted = group.category.drop_lowest if group.category is not None else 0
    number = max(0, min(wanted, len(kept) - 1))
    below = [(gain, one) for one in kept if (gain := one.gain(total)) <= 0] if number else []
    return [one for _, one in sorted(below, key=lambda pair: (pair[0], *pair[1].order))[:number]]


def _say_extra(group: _Group, rows: Iterable[_Counted], steps: list[Message]) -> None:
    steps.extend(
        Message(
            N_("Extra credit: {title} adds points: {earned}"),
            {"title": one.cell.title, "earned": readable(one.points)},
        )
        for one in rows
        if one.points
    )


def _say_dropped(key: str, rows: Iterable[_Counted], steps: list[Message]) -> None:
    steps.extend(
        Message(
            key,
            {
                "title": one.cell.title,
                "earned": readable(one.points),
                "possible": readable(one.cell.possible),
            },
        )
        for one in sorted(rows, key=lambda one: one.order)
    )
