"""Whether a form that was sent is still being worked on, without a round trip to say so."""

from __future__ import annotations

from typing import Any, cast

import reflex as rx
from reflex_base.vars.base import VarData

_SCRIPT = rx.asset("frame.js", shared=True).importable_path


def pending(form_id: str, *settled: rx.Var[Any]) -> rx.Var[bool]:
    """A flag for ``button(loading=...)``: true from the submission until the server has answered.

    Args:
        form_id: Id of the form, a literal; letters, digits and hyphens.
        settled: Vars of the state of which at least one changes with every answer, for example a counter that
            the handler increases and ``State.errors``.
    """
    name = f"pending_{form_id.replace('-', '_')}"
    used = VarData.merge(*(one._get_all_var_data() for one in settled))
    values = ", ".join(str(one) for one in settled)
    hook = f'const {name} = usePending("{form_id}", [{values}]);'
    data = VarData.merge(used, VarData(imports={_SCRIPT: ["usePending"]}, hooks={hook: None}))
    return cast("rx.Var[bool]", rx.Var(name, _var_type=bool, _var_data=data).guess_type())


__all__ = ["pending"]
