"""Texts in the reader's language: the English sentence is the key, and the answer when nothing better is known.

Pages write ``_("Sign in")`` (``eduplatform.components.text``), which is looked up in the browser. Everything that is
written on the server (mail, API problems, notices) uses `translate` here, with the locale of the person who reads it.
"""

from __future__ import annotations

from eduplatform.i18n.catalogue import N_, translate, translate_plural
from eduplatform.i18n.languages import DEFAULT_LOCALE, LOCALE_COOKIE, LOCALES, negotiate, text_direction

__all__ = [
    "DEFAULT_LOCALE",
    "LOCALES",
    "LOCALE_COOKIE",
    "N_",
    "negotiate",
    "text_direction",
    "translate",
    "translate_plural",
]
