"""Cookies that are none, and passwords that are easily guessed."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from eduplatform.errors import Invalid
from eduplatform.security import passwords
from eduplatform.security.cookies import cookie_name, session_cookie, session_digest, without_cookie


@pytest.mark.parametrize(
    "header", ["", "other=1", "edu session=x", "a b=1; \x00=2", "(x)=1", "a@b=1; edu_locale=en"]
)
def test_a_header_without_our_cookie_signs_nobody_in(header: str) -> None:
    assert session_cookie(header) == session_digest(header) == ""
    kept = without_cookie([(b"Cookie", header.encode("latin-1")), (b"X-Edu-Session", b"forged")])
    assert kept == [(b"x-edu-session", b"")]


def test_the_handshake_keeps_the_language_and_loses_the_secret() -> None:
    cookie = f"edu_locale=en; {cookie_name()}=secret".encode()
    kept = dict(without_cookie([(b"cookie", cookie), (b"host", b"x")]))
    assert b"secret" not in b"".join(kept.values())
    assert len(kept[b"x-edu-session"]) == 64


@pytest.mark.parametrize(
    "password", ["x" * 11, "Ab1!" * 33, "abababababab", "lovelace2026!!", "2026-Lovelace"]
)
def test_what_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_new_password(password, context=("ada@lovelace", "Ada"))
    assert set(refused.value.fields) == {"password"}


@pytest.mark.parametrize("password", ["correct-horse-battery", "пароль-из-слов", "lovelace and engines"])
def test_long_sentences_are_accepted(password: str) -> None:
    passwords.check_new_password(password, context=("ada@lovelace", "Ada"))


def test_threads_have_a_priority_of_their_own_on_linux_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere the call would slow the whole process down."""
    monkeypatch.setattr(sys, "platform", "darwin")
    asked: list[int] = []
    monkeypatch.setattr(os, "setpriority", lambda *words: asked.append(words[-1]))
    thread = threading.Thread(target=passwords._step_back)
    thread.start()
    thread.join()
    assert asked == []
