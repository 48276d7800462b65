"""The student's input of each question type: which script draws it.

A question type names its widget (`QuestionType.widget`). An extension that needs an input of its own registers it in the
way in which the built-in ones are registered below; its script exports an object with ``Input``, ``isBlank`` and
``inWords``, as ``widget_choice.js`` explains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.base import VarData

from eduplatform.components.live.file_upload import UPLOAD_CLASSES, upload_texts
from eduplatform.components.text import _
from eduplatform.domain.assessment.question_types import all_types
from eduplatform.domain.files.policy import PURPOSES
from eduplatform.errors import Misconfigured

Texts = Mapping[str, Any]
"""Texts by name; one of them may itself be a mapping, for an input inside."""


@dataclass(frozen=True, slots=True)
class _Widget:
    script: str
    export: str
    texts: Callable[[], Texts] = field(default=dict[str, Any])


_registry: dict[str, _Widget] = {}


def register_widget(
    name: str, *, script: str, export: str, texts: Callable[[], Texts] = dict[str, Any]
) -> None:
    """Install an input under the name that question types give.

    Args:
        name: As in `QuestionType.widget`.
        script: Importable path of its module, from ``rx.asset(..., shared=True).importable_path``.
        export: Name of the exported object.
        texts: Makes the texts that it finds in ``texts``; their names must not be those of others.

    Raises:
        Misconfigured: The name is taken.
    """
    if name in _registry:
        raise Misconfigured(f"Two inputs share the name {name}")
    _registry[name] = _Widget(script, export, texts)


def widgets_of_types() -> rx.Var[dict[str, Any]]:
    """The inputs by question type, for the scripts that show questions."""
    used = {kind.key: _registry[kind.widget] for kind in all_types() if kind.widget in _registry}
    imports: dict[str, list[ImportVar]] = {}
    for widget in dict.fromkeys(used.values()):
        imports.setdefault(widget.script, []).append(ImportVar(tag=widget.export))
    pairs = ", ".join(f"{key}: {widget.export}" for key, widget in used.items())
    return rx.Var(_js_expr="({" + pairs + "})", _var_type=dict[str, Any], _var_data=VarData(imports=imports))


def widget_texts() -> dict[str, Any]:
    """The texts of all inputs."""
    return {name: text for widget in _registry.values() for name, text in widget.texts().items()}


WIDGET_CLASSES = {
    "options": "flex min-w-0 flex-col gap-2 border-0 p-0",
    "option": (
        "flex min-h-11 cursor-pointer items-start gap-3 rounded-lg border border-line bg-surface px-3.5 py-2.5 "
        "text-sm text-ink transition-colors hover:border-line-strong has-checked:border-accent "
        "has-checked:bg-accent-soft has-disabled:cursor-not-allowed has-disabled:opacity-70 [&>input]:mt-0.5"
    ),
    "optionText": "min-w-0 break-words",
    "clear": (
        "w-fit rounded-sm px-1 py-1 text-sm text-ink-muted underline underline-offset-3 hover:text-ink "
        "pointer-coarse:py-2.5"
    ),
    "lineFrame": "flex flex-col gap-1.5",
    "line": (
        "h-11 w-full max-w-md rounded-lg border border-line-strong bg-surface px-3 text-sm text-ink shadow-sm "
        "hover:border-ink-muted focus-visible:border-accent disabled:bg-sunken disabled:text-ink-muted"
    ),
    "essay": (
        "ui-grow min-h-60 w-full resize-y rounded-lg border border-line-strong bg-surface px-3.5 py-3 text-sm "
        "leading-relaxed text-ink shadow-sm hover:border-ink-muted focus-visible:border-accent disabled:bg-sunken "
        "disabled:text-ink-muted"
    ),
    "hintOver": "text-sm font-medium text-warning",
    "clozeText": "text-sm leading-[2.9] whitespace-pre-wrap text-ink",
    "clozeLine": (
        "mx-1 inline-block h-9 w-36 max-w-full rounded-lg border border-line-strong bg-surface px-2.5 align-middle text-sm "
        "leading-normal text-ink shadow-sm hover:border-ink-muted focus-visible:border-accent disabled:bg-sunken "
        "disabled:text-ink-muted pointer-coarse:h-11"
    ),
    "clozeSelect": (
        "mx-1 inline-block h-9 w-auto max-w-full rounded-lg border border-line-strong bg-surface px-2 "
        "align-middle text-sm leading-normal text-ink shadow-sm hover:border-ink-muted focus-visible:border-accent "
        "disabled:bg-sunken disabled:text-ink-muted pointer-coarse:h-11"
    ),
    "pairs": "flex list-none flex-col gap-2 p-0",
    "pair": (
        "grid items-center gap-x-3 gap-y-2 rounded-lg border border-line bg-surface px-3.5 py-2.5 "
        "sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]"
    ),
    "pairDone": (
        "grid items-center gap-x-3 gap-y-2 rounded-lg border border-accent bg-accent-soft px-3.5 py-2.5 "
        "sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]"
    ),
    "pairLeft": "text-sm font-medium break-words text-ink",
    "pairArrow": "hidden text-ink-muted sm:block rtl:rotate-180",
    "pairSelect": (
        "h-10 w-full min-w-0 rounded-lg border border-line-strong bg-surface px-2.5 text-sm text-ink shadow-sm "
        "hover:border-ink-muted focus-visible:border-accent disabled:bg-sunken disabled:text-ink-muted pointer-coarse:h-11"
    ),
    "orderList": "flex list-none flex-col gap-2 p-0",
    "orderItem": (
        "flex min-h-12 items-center gap-3 rounded-lg border border-line bg-surface py-1.5 ps-3.5 pe-1.5 text-sm text-ink "
        "shadow-sm sm:cursor-grab"
    ),
    "orderHeld": (
        "flex min-h-12 items-center gap-3 rounded-lg border border-accent bg-accent-soft py-1.5 ps-3.5 pe-1.5 text-sm "
        "text-ink opacity-70 shadow-sm"
    ),
    "orderNumber": "w-5 shrink-0 text-ink-muted tabular-nums",
    "orderText": "min-w-0 grow break-words",
    "orderTool": (
        "grid size-9 shrink-0 place-items-center rounded-lg text-lg leading-none text-ink-muted hover:bg-ink/7 "
        "hover:text-ink disabled:cursor-not-allowed disabled:opacity-35 pointer-coarse:size-11"
    ),
    "files": "flex list-none flex-col gap-2 p-0",
    "file": "flex items-center justify-between gap-3 rounded-lg border border-line bg-surface ps-3.5 pe-1.5 py-1.5",
    "fileLink": "min-w-0 truncate rounded-sm text-sm font-medium text-accent underline underline-offset-2",
    "upload": UPLOAD_CLASSES,
    "orderFoot": "flex flex-wrap items-center gap-x-4 gap-y-2",
}


def _choice_texts() -> Texts:
    return {
        "clear": _("Clear the choice"),
        "several": _("Choose all that apply."),
        "yes": _("True"),
        "no": _("False"),
    }


def _text_texts() -> Texts:
    return {
        "yourAnswer": _("Your answer"),
        "unitNone": _("A number without a unit."),
        "unitOptional": _("A number; you may add its unit."),
        "unitRequired": _("A number with its unit."),
        "figures": _("Significant figures asked for: {count}."),
        "words": _("Words: {count}"),
        "atLeast": _("at least {limit}"),
        "atMost": _("at most {limit}"),
    }


def _gap_texts() -> Texts:
    return {"gap": _("Gap {number}"), "pick": _("Choose")}


def _ordering_texts() -> Texts:
    return {
        "moveUp": _("Move up: {text}"),
        "moveDown": _("Move down: {text}"),
        "placed": _("Now in place {number} of {total}"),
        "notOrdered": _("Move the steps with the arrows, or drag them."),
        "orderIsRight": _("Keep this order"),
    }


def _file_texts() -> Texts:
    limit = PURPOSES["answer"].max_bytes
    return {
        "filesThere": _("Files handed in"),
        "removeFile": _("Remove {name}"),
        "filesInTrial": _("Students choose their files here."),
        "uploadBytes": limit,
        "upload": upload_texts(_("Your files"), limit),
    }


# The scripts import these helpers by their built path: they have to be there whenever a widget is.
PARTS_SCRIPT = rx.asset("widget_parts.js", shared=True).importable_path
_CHOICE = rx.asset("widget_choice.js", shared=True).importable_path
_TEXT = rx.asset("widget_text.js", shared=True).importable_path
_GAPS = rx.asset("widget_gaps.js", shared=True).importable_path
_FILES = rx.asset("widget_files.js", shared=True).importable_path
_ORDERING = rx.asset("widget_ordering.js", shared=True).importable_path

register_widget("single_choice", script=_CHOICE, export="singleChoiceWidget", texts=_choice_texts)
register_widget("multiple_choice", script=_CHOICE, export="multipleChoiceWidget")
register_widget("true_false", script=_CHOICE, export="trueFalseWidget")
register_widget("line", script=_TEXT, export="lineWidget", texts=_text_texts)
register_widget("essay", script=_TEXT, export="essayWidget")
register_widget("cloze", script=_GAPS, export="clozeWidget", texts=_gap_texts)
register_widget("matching", script=_GAPS, export="matchingWidget")
register_widget("file_upload", script=_FILES, export="filesWidget", texts=_file_texts)
register_widget("ordering", script=_ORDERING, export="orderingWidget", texts=_ordering_texts)

__all__ = ["PARTS_SCRIPT", "WIDGET_CLASSES", "register_widget", "widget_texts", "widgets_of_types"]
