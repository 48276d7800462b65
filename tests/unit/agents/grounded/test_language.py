"""The parser is loaded late, and only if it is the one that was reviewed."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.agents.grounded import language
from eduplatform.agents.grounded.words import sentences, words
from eduplatform.errors import ProviderFailed


def test_importing_the_engine_loads_no_language_data() -> None:
    names = "retrieval, grading, items, leaks, evaluation, language"
    code = (
        f"import sys; from eduplatform.agents.grounded import {names}; import eduplatform.cli; "
        "print([m for m in ('spacy', 'numpy', 'snowballstemmer', 'thinc') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").write_bytes(b"other weights")
    before = language.fingerprint(tmp_path)
    (tmp_path / "model").write_bytes(b"other weightS")
    assert language.fingerprint(tmp_path) != before
    monkeypatch.setattr(language, "_SHA256", before)
    language.parser.cache_clear()
    with pytest.raises(ProviderFailed):
        language.parser()


@given(st.text(max_size=300))
def test_words_and_sentences_are_verbatim_and_in_order(text: str) -> None:
    spans = sentences(text)
    assert all(text[span.start : span.end] == span.text for span in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert "".join("".join(span.text.split()) for span in spans) == "".join(text.split())
    assert all(word.end > word.start for word in words(text))


def test_abbreviations_and_decimals_do_not_end_sentences() -> None:
    text = "Dr. Smith weighed 2.5 g, e.g. of salt. It was little. “Enough!” she said."
    assert [span.text for span in sentences(text)] == [
        "Dr. Smith weighed 2.5 g, e.g. of salt.",
        "It was little.",
        "“Enough!” she said.",
    ]
