"""Items are founded on a verbatim sentence, pass every check, and are refused rather than padded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eduplatform.agents.grounded.items import Item, check, make_items

TEXT = """
# Blood

Arteries carry blood away from the heart under high pressure. Veins carry blood back to the heart and contain valves
that prevent backflow. **Capillaries** are tiny vessels with walls only one cell thick. Platelets help the blood to clot at a
wound. It was different in the past. William Harvey described the circulation of the blood in 1628. Marcello Malpighi discovered
capillaries with a microscope in 1661. Karl Landsteiner identified the main blood groups in 1901. Veins have thin walls
because the pressure in them is low. He said that this was wrong. White cells make antibodies against pathogens.

| Vessel | Wall |
| --- | --- |
| artery | thick |
"""


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return make_items(TEXT)


def test_every_item_is_founded_and_has_one_key(items: list[Item]) -> None:
    assert len(items) >= 4
    for item in items:
        assert TEXT[item.start : item.end] == item.quote
        assert check(item, TEXT)[0] == ()
        if item.kind == "single_choice":
            assert item.options.count(item.key) == 1
            assert len(item.options) == 4
            assert item.key.lower() in " ".join(item.quote.lower().split())
        assert "_" not in item.key


def test_sentences_that_lean_on_others_and_tables_are_not_asked_about(items: list[Item]) -> None:
    quotes = " ".join(item.quote for item in items)
    assert "different in the past" not in quotes
    assert "He said" not in quotes
    assert "|" not in "".join(option for item in items for option in item.options)


def test_the_same_text_gives_the_same_items(items: list[Item]) -> None:
    assert make_items(TEXT) == items


def test_why_becomes_a_question_with_the_reason_as_its_answer(items: list[Item]) -> None:
    why = next(item for item in items if item.kind == "short_answer")
    assert why.stem == "Why do veins have thin walls?"
    assert why.key == "the pressure in them is low"


def test_few_rather_than_wrong() -> None:
    assert make_items("It was cold. She left. Why? They said so.") == []
    assert make_items("") == []
    assert len(make_items(TEXT, limit=2)) == 2


GOOD = Item(
    "single_choice",
    "Which of these carry blood away from the heart under high pressure?",
    "arteries",
    ("veins", "arteries", "lungs", "platelets"),
    "Arteries carry blood away from the heart under high pressure.",
    TEXT.index("Arteries"),
    TEXT.index("Arteries") + len("Arteries carry blood away from the heart under high pressure."),
)


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        (replace(GOOD, quote="Arteries carry water."), "quote_verbatim"),
        (replace(GOOD, options=("veins", "arteries", "arteries", "lungs")), "one_key"),
        (replace(GOOD, options=("veins", "arteries", "the veins", "lungs")), "options_differ"),
        (replace(GOOD, key="kidneys", options=("kidneys", "veins", "lungs", "platelets")), "key_in_quote"),
        (replace(GOOD, options=("heart", "arteries", "lungs", "veins")), "distractors_not_in_quote"),
        (replace(GOOD, stem="Which arteries carry blood away from the heart?"), "stem_hides_key"),
        (replace(GOOD, options=("Ox", "arteries", "Ey", "Ut")), "grammar_gives_nothing_away"),
        (replace(GOOD, options=("ox", "arteries", "eye", "ear")), "length_gives_nothing_away"),
        (replace(GOOD, stem="Do you know it?"), "stem_well_formed"),
    ],
)
def test_a_broken_item_fails_its_check(broken: Item, name: str) -> None:
    assert check(GOOD, TEXT)[0] == ()
    assert name in check(broken, TEXT)[0]


def test_calculations_are_done_again() -> None:
    for quote, holds in (("There are 3 × 8 = 24 boxes.", True), ("There are 3 × 8 = 25 boxes.", False)):
        item = replace(GOOD, quote=quote, start=0, end=len(quote))
        assert ("numbers_hold" not in check(item, quote)[0]) is holds
