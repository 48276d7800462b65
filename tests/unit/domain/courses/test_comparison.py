"""The difference of two texts tells both of them, and that of two lessons every block."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.courses.blocks import BlockKind, empty
from eduplatform.domain.courses.comparison import Change, Piece, compare, pieces, shortened
from eduplatform.domain.courses.document import Content

TEXTS = st.text(alphabet="ab .,\n¿é1", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_tell_both_texts(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(one.text for one in found if one.change is not Change.ADDED) == before
    assert "".join(one.text for one in found if one.change is not Change.REMOVED) == after


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(one.change is Change.SAME for one in pieces(text, text))


def test_words_are_compared_and_not_letters() -> None:
    assert pieces("a small room", "a smart room") == [
        Piece(Change.SAME, "a "),
        Piece(Change.REMOVED, "small"),
        Piece(Change.ADDED, "smart"),
        Piece(Change.SAME, " room"),
    ]


def test_long_unchanged_text_is_cut_between_changes() -> None:
    text = "word " * 400
    found = shortened(pieces(f"one {text} two", f"1 {text} 2"))
    middle = next(one.text for one in found if one.change is Change.SAME)
    assert " … " in middle
    assert len(middle) < 400


def content(text: str, key: object = None) -> Content:
    return Content(key or uuid4(), BlockKind.TEXT, {**empty(BlockKind.TEXT), "text": text})  # pyright: ignore[reportArgumentType]


@given(st.lists(st.integers(0, 6), unique=True), st.lists(st.integers(0, 6), unique=True))
def test_each_block_is_told_once_and_rightly(before: list[int], after: list[int]) -> None:
    blocks = [content(f"Text {number}") for number in range(7)]
    found = compare([blocks[one] for one in before], [blocks[one] for one in after])
    assert sorted(str(one.id) for one in found) == sorted(str(blocks[one].id) for one in {*before, *after})
    kept = [one for one in found if one.change is not Change.REMOVED]
    assert [one.id for one in kept] == [blocks[one].id for one in after]
    gone = [one.id for one in found if one.change is Change.REMOVED]
    assert gone == [blocks[one].id for one in before if one not in after] or set(gone) == {
        blocks[one].id for one in before if one not in after
    }
    added = {one.id for one in found if one.change is Change.ADDED}
    assert added == {blocks[one].id for one in after if one not in before}


def test_a_changed_block_is_changed_and_a_moved_one_moved() -> None:
    one, two, three = content("One"), content("Two"), content("Three")
    found = compare([one, two, three], [three, one, content("Two!", two.id)])
    assert [(block.change, [part.label for part in block.parts]) for block in found] == [
        (Change.MOVED, []),
        (Change.SAME, []),
        (Change.CHANGED, ["Text"]),
    ]
