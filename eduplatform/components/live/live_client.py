"""The one connection of a tab to the push service, for scripts: ``follow(push, name, listener)``, ``useLive()``, ``onEnded(…)``."""

from __future__ import annotations

import reflex as rx

LIVE_CLIENT = rx.asset("live_client.js", shared=True).importable_path
"""Import path of the script; scripts write ``$/public/external/eduplatform/components/live/live_client/live_client.js``."""

__all__ = ["LIVE_CLIENT"]
