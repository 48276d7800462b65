"""The script that keeps the answers of an attempt in the browser until the server has stored them.

It shows nothing; the attempt sheet (``components/assessment/attempt_sheet.py``) works with it. Operations wait in
IndexedDB, or in memory where there is none, and leave in batches over HTTP. See ``attempt_journal.js``.
"""

from __future__ import annotations

import reflex as rx

JOURNAL_SCRIPT = rx.asset("attempt_journal.js", shared=True).importable_path

__all__ = ["JOURNAL_SCRIPT"]
