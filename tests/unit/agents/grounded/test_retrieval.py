"""Passages are ranked by what they say, quotes are verbatim, and an index survives being stored."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from eduplatform.agents.grounded.retrieval import Passage, PassageIndex

HARBOUR = [
    Passage("a", "The lighthouse of Alexandria guided ships at night. Its fire burned on a tall tower."),
    Passage("b", "Grain was unloaded in the harbour. He counted the sacks and went home."),
    Passage("c", "Glass makers melted sand. The furnace had to be very hot."),
    Passage("d", "The library collected scrolls from every ship that came in."),
]


def best(question: str) -> str:
    hits = PassageIndex(HARBOUR).search(question)
    return hits[0].id if hits else ""


def test_finds_inflected_and_irregular_forms() -> None:
    assert best("What did the glass maker melt?") == "c"
    assert best("Where did he go after counting?") == "b"
    assert best("What burns on the tower?") == "a"


def test_finds_nothing_where_no_word_is_shared() -> None:
    assert PassageIndex(HARBOUR).search("volcano") == []
    assert PassageIndex([]).search("anything") == []
    assert PassageIndex(HARBOUR).search("") == []


def test_coverage_tells_a_passage_that_speaks_of_the_question() -> None:
    index = PassageIndex(HARBOUR)
    assert index.search("What did the library collect?")[0].coverage == 1
    assert index.search("Which ship carried volcanoes, penguins and telescopes?")[0].coverage < 0.34


def test_a_stored_index_answers_the_same() -> None:
    index = PassageIndex(HARBOUR)
    copy = pickle.loads(pickle.dumps(index))
    assert copy.search("ships in the harbour") == index.search("ships in the harbour")


def test_words_of_the_passage_before_count_only_in_a_running_text() -> None:
    heroes = ["Orla", "Bram", "Cato", "Dido", "Edda", "Finn", "Gull", "Hero", "Ivar", "Juno"]
    story: list[Passage] = []
    for number, name in enumerate(heroes):
        story.append(Passage(f"{number}a", f"{name} of {name}land lived by {name}water with a {name}dog."))
        story.append(
            Passage(f"{number}b", f"In {name}land the {name}dog ran along {name}water, which was deep.")
        )
    running = PassageIndex(story)
    assert len(running.search("Orla", 20)) > 1
    apart = story[::2] + story[1::2]
    assert len(PassageIndex(apart).search("Orla", 20)) == 1


@given(st.lists(st.text(max_size=200), max_size=6), st.text(max_size=60))
def test_quotes_are_verbatim_and_in_passages_that_were_found(texts: list[str], question: str) -> None:
    index = PassageIndex(Passage(str(number), text) for number, text in enumerate(texts))
    hits = index.search(question)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for quote in index.quotes(question, hits):
        assert index.passage(quote.passage).text[quote.start : quote.end] == quote.text
        assert quote.passage in {hit.id for hit in hits}
        assert 0 < quote.coverage <= 1.000001
