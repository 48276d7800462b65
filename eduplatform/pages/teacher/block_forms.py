"""The form of the block that is open in a lesson's editor, one per kind."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.rows_editor import form_values_button
from eduplatform.components.lesson.blocks import show_block
from eduplatform.components.live.autosave import autosave
from eduplatform.components.live.file_upload import file_upload
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _
from eduplatform.components.ui import button, callout, checkbox, icon, select, text_input, textarea
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.code_blocks import LANGUAGES
from eduplatform.state.lessons import LessonEditorState
from eduplatform.state.shell import ShellState

_S: Any = LessonEditorState

FORM = "block-form"
_VALUES = _S.values
_ERRORS = _S.errors
_KEPT = {"data-draft": ""}
_SMALL_BUTTON = (
    "h-8 rounded-lg border border-line bg-raised px-3 text-sm font-medium text-ink shadow-sm "
    "hover:border-line-strong pointer-coarse:h-10"
)


def block_form(row: Any) -> rx.Component:
    """The form of a block, with what else is needed while it is open."""
    return rx.el.div(
        rx.el.form(
            local_draft(
                FORM,
                rx.cond(_S.editing != "", f"block:{ShellState.person}:{_S.editing}", ""),
                saved=_S.saved,
                ready=_S.editing != "",
            ),
            _conflict(),
            rx.el.input(type="hidden", name="block", value=_S.editing, read_only=True),
            rx.el.input(type="hidden", name="version", value=_S.editing_version.to(str), read_only=True),
            rx.el.input(type="hidden", name="base", default_value="", custom_attrs=_KEPT),
            rx.match(
                row["kind"],
                ("text", _text(row)),
                ("image", _image(row)),
                ("video", _video(row)),
                ("file", _file(row)),
                ("code", _code(row)),
                ("formula", _formula(row)),
                ("callout", _callout(row)),
                ("quiz", _quiz()),
                rx.fragment(),
            ),
            id=FORM,
            key=_S.editing + _S.revision.to(str),
            on_submit=_S.save,
            class_name="flex flex-col gap-5",
        ),
        rx.el.div(
            autosave(FORM, on_save=_S.save, saved=_S.saved, failed=_S.failed, class_name="flex-1"),
            button(_("Done"), id="block-done", icon="check", size="sm", on_click=_S.close),
            class_name="mt-4 flex items-center gap-3",
        ),
    )


def _conflict() -> rx.Component:
    return rx.cond(
        _S.conflict != "",
        callout(
            rx.el.p(
                _(
                    "Your words are still in the field below and not saved. This is what was saved in the meantime:"
                )
            ),
            rich_text(
                _S.theirs_html,
                class_name=(
                    "prose-compact mt-3 max-h-60 max-w-none overflow-auto rounded-lg border border-line bg-surface p-3"
                ),
                tab_index=0,
                role="group",
                aria_label=_("Saved in the meantime"),
            ),
            title=_S.conflict,
            tone="warning",
            role="alert",
            id="block-conflict",
            actions=[
                form_values_button(
                    _("Keep mine"), form=FORM, on_press=_S.keep_mine, class_name=_SMALL_BUTTON
                ),
                button(_("Take the other one"), size="sm", on_click=_S.take_theirs),
            ],
        ),
        rx.fragment(),
    )


def _id(name: str) -> Any:
    return field_id(f"block-field-{name}")


def _line(name: str, label: Any, *, limit: int, hint: Any = "", **props: Any) -> rx.Component:
    return text_input(
        name=name,
        id=_id(name),
        label=label,
        hint=hint,
        max_length=limit,
        default_value=_VALUES[name],
        error=_ERRORS[name],
        **props,
    )


def _lines(name: str, label: Any, *, rows: Any, limit: int, hint: Any = "", **props: Any) -> rx.Component:
    return textarea(
        name=name,
        id=_id(name),
        label=label,
        hint=hint,
        rows=rows,
        max_length=limit,
        default_value=_VALUES[name],
        error=_ERRORS[name],
        **props,
    )


def _text(row: Any) -> rx.Component:
    return _markdown(row, rows=14)


def _markdown(row: Any, *, rows: int) -> rx.Component:
    return markdown_editor(
        id="block-field-text",
        name="text",
        label=_("Text"),
        hide_label=True,
        value=_VALUES["text"],
        revision=_S.revision,
        preview_html=row["view"]["html"],
        rows=rows,
        max_length=100_000,
        error=_ERRORS["text"],
    )


def _preview(row: Any) -> rx.Component:
    return rx.cond(
        row["empty"],
        rx.fragment(),
        rx.el.div(
            rx.el.p(_("Preview"), class_name="text-xs font-medium text-ink-muted"),
            show_block(row["view"]),
            class_name="rounded-lg border border-line bg-canvas p-4",
        ),
    )


def _image(row: Any) -> rx.Component:
    return rx.fragment(
        _preview(row),
        _upload(_("Picture"), "image/*"),
        _line(
            "alt",
            _("Description for those who do not see it"),
            hint=_("What matters in the picture, in a sentence."),
            limit=500,
        ),
        checkbox(
            name="decorative",
            id=_id("decorative"),
            value="1",
            label=_("Only decoration: there is nothing to describe"),
            default_checked=_VALUES["decorative"] != "",
        ),
        _line("caption", _("Caption"), limit=500),
    )


def _video(row: Any) -> rx.Component:
    return rx.fragment(
        _line("title", _("Title"), hint=_("What the video shows, in a few words."), limit=160),
        _upload(_("Video file (MP4 or WebM)"), "video/mp4,video/webm"),
        _line(
            "href",
            _("Or the address of a video elsewhere"),
            hint=_("Begins with https://. Students see a link with the title; it opens in a new tab."),
            limit=500,
            type="url",
        ),
        _lines(
            "captions",
            _("Captions"),
            hint=_("WebVTT or SubRip, for example 00:01.000 --> 00:04.000 and what is said below."),
            rows=6,
            limit=60_000,
            class_name="font-mono",
        ),
        _lines(
            "transcript",
            _("Transcript"),
            hint=_("All that is said and shown. Left empty, it is made from the captions."),
            rows=8,
            limit=60_000,
        ),
        _preview(row),
    )


def _file(row: Any) -> rx.Component:
    return rx.fragment(
        _preview(row),
        _upload(_("File")),
        _line("title", _("Title"), hint=_("Left empty, the file's own name is shown."), limit=160),
        _line("note", _("What it is for"), limit=300),
    )


def _code(row: Any) -> rx.Component:
    return rx.fragment(
        select(
            name="language",
            id=_id("language"),
            label=_("Language"),
            options=[(name, name) for name in sorted(set(LANGUAGES.values()))],
            placeholder=_("Plain text"),
            default_value=_VALUES["language"],
            error=_ERRORS["language"],
        ),
        _lines(
            "code", _("Code"), rows=12, limit=20_000, class_name="font-mono", spell_check=False, dir="ltr"
        ),
        _line("caption", _("Caption"), limit=500),
        _preview(row),
    )


def _formula(row: Any) -> rx.Component:
    return rx.fragment(
        _lines(
            "latex",
            _("Formula"),
            hint=_("As in LaTeX, for example E = mc^2 or \\frac{1}{2}."),
            rows=3,
            limit=2000,
            class_name="font-mono",
            spell_check=False,
            dir="ltr",
        ),
        _line("caption", _("In words"), hint=_("How one would read it aloud."), limit=500),
        _preview(row),
    )


def _callout(row: Any) -> rx.Component:
    return rx.fragment(
        rx.el.div(
            select(
                name="tone",
                id=_id("tone"),
                label=_("Kind"),
                options=[
                    ("note", _("Note")),
                    ("tip", _("Tip")),
                    ("warning", _("Watch out")),
                    ("example", _("Example")),
                ],
                default_value=_VALUES["tone"],
                error=_ERRORS["tone"],
            ),
            _line("title", _("Title"), limit=160),
            class_name="grid gap-5 sm:grid-cols-[12rem_minmax(0,1fr)]",
        ),
        _markdown(row, rows=6),
    )


def _quiz() -> rx.Component:
    return rx.fragment(
        rx.cond(
            _S.quizzes.length() > 0,
            select(
                name="assessment_id",
                id=_id("assessment_id"),
                label=_("Which one"),
                hint=_("Students start it from here; its own dates and limits hold."),
                options=_S.quizzes,
                placeholder=_("Choose"),
                default_value=_VALUES["assessment_id"],
                error=_ERRORS["assessment_id"],
            ),
            rx.el.p(
                _(
                    "This course has no assessment yet. Make one on the page Assessments, then choose it here."
                ),
                class_name="text-sm text-ink-muted",
            ),
        ),
        _line("note", _("What it is for"), limit=300),
    )


def _upload(label: Any, accept: str = "") -> rx.Component:
    """Choose and send the file of the block; the one that is there is named."""
    return rx.el.div(
        rx.cond(
            _VALUES["name"] != "",
            rx.el.p(
                icon("paperclip", class_name="shrink-0 text-ink-muted"),
                rx.el.span(_("Now: {name}", name=_VALUES["name"]), class_name="min-w-0 truncate"),
                class_name="mb-2 flex items-center gap-2 text-sm text-ink",
            ),
            rx.fragment(),
        ),
        file_upload(
            id="block-field-file",
            purpose="lesson",
            label=label,
            course_id=_S.lesson["course_id"],
            multiple=False,
            accept=accept,
            revision=_VALUES["file_id"],
            on_uploaded=_S.attach,
            error=_ERRORS["file"],
        ),
        custom_attrs={"data-no-save": "", "data-no-draft": ""},
    )
