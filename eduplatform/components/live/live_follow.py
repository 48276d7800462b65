"""Goes along with the teacher of a live lesson."""

from __future__ import annotations

import reflex as rx

_SCRIPT = rx.asset("live_follow.js", shared=True).importable_path


class _LiveFollow(rx.Component):
    """Marks a block and scrolls to it; shows nothing."""

    library = _SCRIPT
    tag = "LiveFollow"

    block: rx.Var[str]
    follow: rx.Var[bool]
    occasion: rx.Var[str]


def live_follow(
    block: rx.Var[str], *, follow: rx.Var[bool] | bool = True, occasion: rx.Var[str] | str = ""
) -> rx.Component:
    """Give the block ``data-live-block`` wherever the page shows it.

    Args:
        block: Id of the block, as in its ``data-block``; empty: none.
        follow: Whether the page scrolls to it, without motion for readers who do not want any.
        occasion: When it changes, what lies over the page has another height, and the block is brought into sight anew.
    """
    return _LiveFollow.create(block=block, follow=follow, occasion=occasion)


__all__ = ["live_follow"]
