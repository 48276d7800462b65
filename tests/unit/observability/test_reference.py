"""Reference ids can be read aloud, and pseudonyms cannot be read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.observability.reference import new_reference, pseudonym, read_reference


def test_references_differ_and_have_no_letters_that_are_confused() -> None:
    references = {new_reference() for _ in range(2000)}
    assert len(references) == 2000
    assert not set("".join(references)) & set("ILOU")


@given(st.builds(new_reference))
def test_a_reference_is_understood_as_people_write_it(reference: str) -> None:
    spoken = reference.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert read_reference(spoken) == reference
    assert read_reference(reference) == reference


@given(st.text(max_size=30))
def test_other_text_is_not_a_reference(text: str) -> None:
    found = read_reference(text)
    assert found is None or read_reference(found) == found


def test_pseudonyms_are_stable_per_key_and_hide_the_id() -> None:
    first, second = b"a" * 16, b"b" * 16
    assert pseudonym("ada", key=first) == pseudonym("ada", key=first)
    assert pseudonym("ada", key=first) != pseudonym("ada", key=second)
    assert pseudonym("ada", key=first) != pseudonym("bob", key=first)
    assert "ada" not in pseudonym("ada", key=first)
    with pytest.raises(ValueError, match="16 bytes"):
        pseudonym("ada", key=b"short")
