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


def live_follow(block: rx.Var[str], *, follow: rx.Var[bool] | bool = True) -> rx.Component:
    """Give the block ``data-live-block`` wherever the page shows it.

    Args:
        block: Id of the block, as in its ``data-block``; empty: none.
        follow: Whether the page scrolls to it, without motion for readers who do not want any.
    """
    return _LiveFollow.create(block=block, follow=follow)


__all__ = ["live_follow"]
