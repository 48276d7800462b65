"""Lessons as one plain page for paper: no frame, no script but the button's, everything opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from eduplatform.domain.courses import document
from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.document import Rendered
from eduplatform.domain.courses.printing import Printed, PrintedLesson
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.languages import text_direction
from eduplatform.security.principal import Principal

_HEADING = re.compile(r"<(/?)h([2-6])(?=[ >])")
_TONES = {
    "note": N_("Note"),
    "tip": N_("Tip"),
    "warning": N_("Watch out"),
    "example": N_("Example"),
}
_HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="/styles/prose.css"><link rel="stylesheet" href="/styles/code.css">'
    '<link rel="stylesheet" href="/styles/paper.css"><script src="/scripts/paper.js" defer></script>'
)


def paper(printed: Printed, me: Principal, *, whole: bool) -> str:
    """A page with all lessons that are printed.

    Args:
        printed: What is printed.
        me: Who reads; decides the language.
        whole: Whether it is a course, which has a list of its lessons.
    """
    lessons = [lesson for module in printed.modules for lesson in module.lessons]
    title = printed.course.title if whole or not lessons else lessons[0].title
    parts = [
        f'<!doctype html><html lang="{escape(me.locale)}" dir="{text_direction(me.locale)}"><head>{_HEAD}'
        f"<title>{escape(title)}</title></head><body><main>",
        f'<p class="screen-only"><button type="button" id="print">{_words(N_("Print"), me)}</button></p>',
    ]
    if whole:
        parts += _contents(printed, me)
        for module in printed.modules:
            parts.append(f'<section class="module"><h2>{escape(module.title)}</h2>')
            if module.closed:
                parts.append(f'<p class="quiet">{_words(N_("Not open to you yet."), me)}</p>')
            parts += [_lesson(one, printed, me, level=3) for one in module.lessons]
            parts.append("</section>")
    else:
        parts.append(
            f'<p class="quiet">{escape(printed.course.title)} · {escape(printed.modules[0].title)}</p>'
        )
        parts += [_lesson(one, printed, me, level=1) for one in lessons]
    return "".join([*parts, "</main></body></html>"])


def _words(text: str, me: Principal) -> str:
    return escape(translate(text, me.locale))


def _contents(printed: Printed, me: Principal) -> Iterator[str]:
    yield f'<header><h1>{escape(printed.course.title)}</h1><p class="quiet">{escape(printed.course.code)}</p>'
    yield f'<div class="prose">{printed.course.summary_html}</div><ol class="contents">'
    for module in printed.modules:
        rows = "".join(f"<li>{escape(one.title)}</li>" for one in module.lessons)
        yield f"<li>{escape(module.title)}<ol>{rows}</ol></li>"
    yield "</ol></header>"


def _lesson(lesson: PrintedLesson, printed: Printed, me: Principal, *, level: int) -> str:
    minutes = translate_plural("About {count} minute", "About {count} minutes", lesson.minutes, me.locale)
    aims = ""
    if lesson.objectives:
        rows = "".join(f"<li>{escape(one)}</li>" for one in lesson.objectives)
        aims = f'<div class="aims"><p>{_words(N_("After this lesson you can"), me)}</p><ul>{rows}</ul></div>'
    blocks = _deeper("".join(_block(one, printed, me) for one in lesson.blocks), level - 1)
    return (
        f'<article class="under-h{level}"><h{level}>{escape(lesson.title)}</h{level}>'
        f'<p class="quiet">{escape(minutes)}</p>{aims}{blocks}</article>'
    )


def _deeper(html: str, levels: int) -> str:
    """Rendered text with its headings some levels further down; it holds no other tags of that form."""
    return _HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + levels, 6)}", html)


def _block(block: Rendered, printed: Printed, me: Principal) -> str:
    data, kind = block.content.data, block.content.kind
    if document.is_empty(block.content):
        return ""
    caption = data.get("caption") or data.get("note") or ""
    note = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    prose = f'<div class="prose">{block.html}</div>'
    if kind is BlockKind.TEXT:
        return prose
    if kind is BlockKind.IMAGE:
        source = (
            data.get("src") or f"/api/files/{data['file_id']}/{quote(data.get('name') or 'file', safe='')}"
        )
        alt = "" if data.get("decorative") else data.get("alt", "")
        return f'<figure><img src="{escape(source)}" alt="{escape(alt)}">{note}</figure>'
    if kind is BlockKind.CALLOUT:
        tone = translate(_TONES.get(data.get("tone", ""), ""), me.locale) if data.get("tone") else ""
        title = ": ".join(one for one in (tone, data.get("title", "")) if one)
        return f'<aside><p class="box-title">{escape(title)}</p>{prose}</aside>'
    if kind is BlockKind.VIDEO:
        where = f" ({escape(data['href'])})" if data.get("href") else ""
        label = _words(N_("Video"), me)
        return (
            f'<aside><p class="box-title">{label}: {escape(data.get("title", ""))}{where}</p>{prose}</aside>'
        )
    if kind is BlockKind.FILE:
        name = data.get("title") or data.get("name", "")
        return f'<aside><p class="box-title">{_words(N_("File"), me)}: {escape(name)}</p>{note}</aside>'
    if kind is BlockKind.QUIZ:
        title = next((text for key, text in printed.quizzes.items() if str(key) == data["assessment_id"]), "")
        return f'<aside><p class="box-title">{_words(N_("Quiz"), me)}: {escape(title)}</p>{note}</aside>'
    return f"<figure>{prose}{note}</figure>"
