"""The total of a course: what counts, what is dropped, how weights share what is empty."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplatform.domain.grading.course_grade import (
    Band,
    Category,
    CourseCell,
    CourseGrade,
    band_of,
    course_grade,
    rounded_percent,
)
from eduplatform.domain.grading.letter_schemes import PRESETS

D = Decimal


def cell(
    key: str,
    points: str | None,
    possible: str = "10",
    *,
    status: str = "graded",
    category: str = "",
    extra: bool = False,
    counts: bool = True,
) -> CourseCell:
    return CourseCell(
        key=key,
        title=f"Work {key}",
        category=category,
        points=None if points is None else D(points),
        possible=D(possible),
        status=status,
        extra_credit=extra,
        counts=counts,
    )


def words(grade: CourseGrade) -> list[str]:
    return [step.render("en") for step in grade.explanation]


two_places = st.integers(0, 5000).map(lambda number: D(number) / 100)
possibles = st.integers(1, 5000).map(lambda number: D(number) / 100)
statuses = st.sampled_from(["graded", "graded", "graded", "late", "missing", "excused", "none", "in_review"])


@st.composite
def courses(draw: st.DrawFn, extra: bool = True) -> tuple[list[CourseCell], list[Category], bool]:
    categories = [
        Category(
            key=f"c{number}",
            name=f"Category {number}",
            weight=D(draw(st.integers(0, 100))),
            drop_lowest=draw(st.integers(0, 3)),
            drop_highest=draw(st.integers(0, 2)),
            extra_credit=extra and draw(st.integers(0, 4)) == 0,
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    keys = [one.key for one in categories] + [""]
    cells: list[CourseCell] = []
    for number in range(draw(st.integers(0, 9))):
        status = draw(statuses)
        has_points = status in ("graded", "late") or (status == "missing" and draw(st.booleans()))
        cells.append(
            CourseCell(
                key=f"k{number}",
                title=f"Work {draw(st.integers(0, 3))}",
                category=draw(st.sampled_from(keys)),
                points=draw(two_places) if has_points else None,
                possible=draw(possibles),
                status=status,
                extra_credit=extra and draw(st.integers(0, 5)) == 0,
                counts=draw(st.integers(0, 9)) > 0,
            )
        )
    return cells, categories, draw(st.booleans())


def test_weights_in_words() -> None:
    categories = [
        Category(key="q", name="Quizzes", weight=D(40), drop_lowest=1),
        Category(key="e", name="Exams", weight=D(60)),
        Category(key="p", name="Projects", weight=D(50)),
    ]
    cells = [
        cell("1", "4", category="q"),
        cell("2", "9", category="q"),
        cell("3", "6", category="q", status="late"),
        cell("4", "30", "40", category="e"),
        cell("5", None, category="e", status="excused"),
        cell("6", None, category="e", status="none"),
    ]
    found = course_grade(cells, categories, PRESETS[0].scheme, weighted=True)
    # (15/20 * 40 + 30/40 * 60) / 100
    assert (found.percent, found.letter) == (D("75.00"), "C")
    assert words(found) == [
        "Excused, does not count: Work 5",
        "Dropped as lowest: Work 1 (4 of 10)",
        "Quizzes: 15 of 20 points, 75 %, with a weight of 40",
        "Exams: 30 of 40 points, 75 %, with a weight of 60",
        "Nothing counts yet in Projects: the other weights take its place",
        "Total: 75 %",
        "C is given from 70 %",
    ]


@pytest.mark.parametrize(("counts", "percent"), [(True, D("50.00")), (False, D("100.00"))])
def test_missing_counts_as_the_course_says(counts: bool, percent: Decimal) -> None:
    cells = [cell("1", "10"), cell("2", None, status="missing"), cell("3", None, status="none")]
    assert course_grade(cells, missing_counts=counts).percent == percent


def test_missing_with_points_of_its_own_counts_them() -> None:
    cells = [cell("1", "10"), cell("2", "4", status="missing")]
    assert course_grade(cells, missing_counts=False).percent == D("70.00")


def test_missing_excused_and_zero_are_three_things() -> None:
    others = [cell("1", "8")]
    percents = {
        status: course_grade([*others, cell("2", points, status=status)], missing_counts=False).percent
        for status, points in (("missing", None), ("excused", None), ("graded", "0"), ("in_review", "3"))
    }
    assert percents == {
        "missing": D("80.00"),
        "excused": D("80.00"),
        "graded": D("40.00"),
        "in_review": D("80.00"),
    }


def test_extra_credit_adds_and_never_costs() -> None:
    regular = [cell("1", "18", "20")]
    assert course_grade([*regular, cell("2", "3", "5", extra=True)]).percent == D("105.00")
    assert course_grade([*regular, cell("2", "0", "5", extra=True)]).percent == D("90.00")
    categories = [
        Category(key="w", name="Work", weight=D(100)),
        Category(key="b", name="Bonus", weight=D(5), extra_credit=True),
    ]
    cells = [cell("1", "18", "20", category="w"), cell("2", "6", "10", category="b")]
    found = course_grade(cells, categories, weighted=True)
    assert found.percent == D("93.00")
    assert "Extra credit in Bonus: 6 of 10 points add 3 %" in words(found)
    assert course_grade(cells, categories).percent == D("120.00")


def test_dropping_by_share_is_not_always_best_and_the_best_is_found() -> None:
    """Kane and Kane's example: the two worst shares are not the two whose leaving helps most."""
    cells = [
        cell("1", "80", "100", category="q"),
        cell("2", "20", "100", category="q"),
        cell("3", "1", "20", category="q"),
    ]
    found = course_grade(cells, [Category(key="q", name="Q", weight=D(1), drop_lowest=1)], weighted=True)
    assert found.percent == D("67.50")


def test_nothing_counts_and_there_is_no_total() -> None:
    found = course_grade([cell("1", None, status="none")])
    assert (found.percent, found.letter) == (None, "")
    assert words(found)[-1] == "Nothing counts yet, so there is no total"


def test_columns_without_category_count_with_points_only() -> None:
    cells = [cell("1", "10", category="q"), cell("2", "0")]
    categories = [Category(key="q", name="Quizzes", weight=D(10))]
    found = course_grade(cells, categories, weighted=True)
    assert found.percent == D("100.00")
    assert "Has no category, does not count: Work 2" in words(found)
    assert course_grade(cells, categories).percent == D("50.00")


def test_information_only_is_left_out() -> None:
    assert course_grade([cell("1", "7"), cell("2", "0", counts=False)]).percent == D("70.00")


@settings(max_examples=150, deadline=None)
@given(courses(), st.randoms())
def test_the_order_of_work_does_not_matter(
    course: tuple[list[CourseCell], list[Category], bool], chance: object
) -> None:
    cells, categories, weighted = course
    shuffled = cells[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert course_grade(shuffled, categories, weighted=weighted) == course_grade(
        cells, categories, weighted=weighted
    )


@settings(max_examples=200, deadline=None)
@given(courses(), st.booleans())
def test_dropping_the_lowest_never_lowers_the_total(
    course: tuple[list[CourseCell], list[Category], bool], missing_counts: bool
) -> None:
    cells, categories, weighted = course
    without = [
        Category(
            key=one.key,
            name=one.name,
            weight=one.weight,
            drop_highest=one.drop_highest,
            extra_credit=one.extra_credit,
        )
        for one in categories
    ]
    kept = course_grade(cells, without, weighted=weighted, missing_counts=missing_counts).percent
    dropped = course_grade(cells, categories, weighted=weighted, missing_counts=missing_counts).percent
    assert (kept is None) == (dropped is None)
    assert kept is None or dropped is None or dropped >= kept


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(two_places, possibles), min_size=1, max_size=6), st.integers(0, 4))
def test_what_is_dropped_is_the_best_choice(work: list[tuple[Decimal, Decimal]], number: int) -> None:
    """Compared with trying every choice."""
    cells = [
        CourseCell(
            key=f"{place}", title=f"{place}", category="q", points=points, possible=possible, status="graded"
        )
        for place, (points, possible) in enumerate(work)
    ]
    kept = max(1, len(work) - number)
    best = max(
        Fraction(sum(one[0] for one in chosen)) / Fraction(sum(one[1] for one in chosen))
        for size in range(kept, len(work) + 1)
        for chosen in combinations(work, size)
    )
    category = Category(key="q", name="Q", weight=D(1), drop_lowest=number)
    assert course_grade(cells, [category], weighted=True).percent == rounded_percent(best * 100)


@settings(max_examples=150, deadline=None)
@given(courses(), st.integers(1, 100))
def test_an_empty_category_changes_nothing(
    course: tuple[list[CourseCell], list[Category], bool], weight: int
) -> None:
    cells, categories, weighted = course
    if not categories:
        return
    more = [*categories, Category(key="empty", name="Empty", weight=D(weight), drop_lowest=2)]
    assert (
        course_grade(cells, more, weighted=weighted).percent
        == course_grade(cells, categories, weighted=weighted).percent
    )


@settings(max_examples=100, deadline=None)
@given(courses())
def test_what_is_excused_or_ungraded_changes_nothing(
    course: tuple[list[CourseCell], list[Category], bool],
) -> None:
    cells, categories, weighted = course
    more = [
        *cells,
        cell("x", None, status="excused"),
        cell("y", None, status="in_review"),
        cell("z", None, status="none"),
    ]
    assert (
        course_grade(more, categories, weighted=weighted).percent
        == course_grade(cells, categories, weighted=weighted).percent
    )


@settings(max_examples=100, deadline=None)
@given(courses(extra=False))
def test_without_extra_credit_or_bonus_a_total_is_between_nothing_and_everything(
    course: tuple[list[CourseCell], list[Category], bool],
) -> None:
    cells, categories, weighted = course
    fair = [one for one in cells if one.points is None or one.points <= one.possible]
    percent = course_grade(fair, categories, weighted=weighted).percent
    assert percent is None or 0 <= percent <= 100


def test_rounding_happens_once_and_half_to_even() -> None:
    assert rounded_percent(Fraction(1, 3) * 100) == D("33.33")
    assert rounded_percent(Fraction("0.125")) == D("0.12")
    assert rounded_percent(Fraction("0.135")) == D("0.14")
    # Three thirds are the whole: nothing was rounded on the way.
    categories = [Category(key=key, name=key, weight=D(1)) for key in "abc"]
    cells = [cell(key, "1", "3", category=key) for key in "abc"]
    assert course_grade(cells, categories, weighted=True).percent == D("33.33")


def test_bands() -> None:
    scheme = (Band("pass", D(50)), Band("well", D(90)))
    assert band_of(D("89.99"), scheme) == scheme[0]
    assert band_of(D("104"), scheme) == scheme[1]
    assert band_of(D("49.99"), scheme) is None


def test_negative_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Category(key="q", name="Q", drop_lowest=-1)
