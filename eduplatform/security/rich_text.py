"""Rich text: markdown that anybody may have written, as HTML that every reader may see.

Three independent walls: the parser knows no raw HTML, the renderer escapes everything it prints and checks every
address, and a strict allow-list goes over the result. Nothing else in the program may produce HTML from text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, cast

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

from eduplatform.errors import Invalid
from eduplatform.i18n import N_
from eduplatform.security.code_blocks import CODE_CLASSES, LANGUAGES, highlight
from eduplatform.security.formulas import MATHML_ATTRIBUTES, MATHML_TAGS, formula_to_mathml

MAX_CHARACTERS: Final = 200_000
"""Longest source that is rendered, in characters."""

_MAX_FORMULAS: Final = 2_000
_MAX_NESTING: Final = 20
_MAX_TABLE_CELLS: Final = 20_000
_WIDE_LINE: Final = 40  # characters; longer code and formulas may need scrolling on a phone, hence a tab stop

_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_ADDRESS_SCHEME: Final = re.compile(r"([^/?#]*?):")
_REL: Final = "noopener nofollow ugc"

_TEXT_TAGS: Final = frozenset(
    [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_ALIGNMENTS: Final = frozenset({"align-left", "align-center", "align-right"})
_CLEANER: Final = nh3.Cleaner(
    tags=_TEXT_TAGS | MATHML_TAGS,
    clean_content_tags={"script", "style"},
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "ol": {"start"},
        **{tag: {"id"} for tag in ("h2", "h3", "h4", "h5", "h6")},
        **MATHML_ATTRIBUTES,
    },
    allowed_classes={
        "span": set(CODE_CLASSES) | {"formula", "formula-block", "task-box"},
        "div": {"table-scroll", "formula-block"},
        "pre": {"code-block"},
        "code": {f"language-{name}" for name in LANGUAGES} | {"formula-error"},
        "th": set(_ALIGNMENTS),
        "td": set(_ALIGNMENTS),
        "li": {"task"},
    },
    tag_attribute_values={
        "pre": {"tabindex": {"0"}},
        "div": {"tabindex": {"0"}},
        "span": {"tabindex": {"0"}},
        "th": {"scope": {"col"}},
        "img": {"loading": {"lazy"}, "decoding": {"async"}},
        "math": {"display": {"inline", "block"}},
        "annotation": {"encoding": {"application/x-tex"}},
    },
    url_schemes=set(_SCHEMES),
    link_rel=_REL,
    strip_comments=True,
)

ProblemCode = Literal["missing_alt", "skipped_heading", "empty_link", "vague_link"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps some readers from a text.

    Attributes:
        code: What kind of problem.
        line: 1-based line of the source.
        message: English sentence, a message key.
    """

    code: ProblemCode
    line: int
    message: str


_MESSAGES: Final[dict[ProblemCode, str]] = {
    "missing_alt": N_("This image has no description. Write one between the square brackets."),
    "skipped_heading": N_("This heading skips a level. Use the next level down."),
    "empty_link": N_("This link has no text. Write between the square brackets where it leads."),
    "vague_link": N_("This link does not say where it leads. Write its target between the square brackets."),
}

_VAGUE_LINKS: Final = frozenset(
    [
        *("here", "click here", "this", "this link", "this page", "link", "more", "read more", "see more"),
        *("learn more", "details", "go", "aquí", "aqui", "haz clic aquí", "pulsa aquí", "pincha aquí"),
        *("este enlace", "enlace", "más", "leer más", "ver más", "más información"),
    ]
)


def _is_forbidden(character: str) -> bool:
    """Tell control characters, lone surrogates, non-characters and direction overrides from text."""
    kind = unicodedata.category(character)
    return (
        (kind == "Cc" and character not in "\n\t")
        or kind == "Cs"
        or ord(character) & 0xFFFE == 0xFFFE
        or character in "\u202d\u202e"
    )


_SUSPECT: Final = re.compile("[^\t\n\x20-\x7e]")


def _clean_source(source: str) -> str:
    """Return the source with ``\\n`` line ends and without characters that are not text.

    Raises:
        Invalid: The source is longer than `MAX_CHARACTERS`.
    """
    if len(source) > MAX_CHARACTERS:
        raise Invalid(
            "This text is too long. The limit is {limit} characters.", params={"limit": MAX_CHARACTERS}
        )
    unified = source.replace("\r\n", "\n").replace("\r", "\n")
    return _SUSPECT.sub(lambda found: "" if _is_forbidden(found.group()) else found.group(), unified)


def is_safe_link(address: str) -> bool:
    """Tell whether a link may lead to this address: http, https, mailto, or a place on this site."""
    plain = html.unescape(address).strip().lower()
    if not plain or "\\" in plain or plain.startswith("//") or any(ord(c) <= 32 for c in plain):
        return False
    scheme = _ADDRESS_SCHEME.match(plain)
    return scheme is None or scheme.group(1) in _SCHEMES


def is_safe_image(address: str) -> bool:
    """Tell whether an image may come from this address: an absolute path on this site only."""
    return address.startswith("/") and is_safe_link(address) and not address.lower().startswith("/%5c")


class _Renderer(RendererHTML):
    """Prints tokens; every method named after a token type escapes what it prints."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return html.escape(tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return html.escape(tokens[idx].content)

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return html.escape(tokens[idx].content)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        address = str(token.attrGet("src") or "")
        alt = html.escape(self.renderInlineAsText(token.children or [], options, env))
        if not is_safe_image(address):
            return f"<em>{alt}</em>" if alt else ""
        title = html.escape(str(token.attrGet("title") or ""))
        titled = f' title="{title}"' if title else ""
        return f'<img src="{html.escape(address)}" alt="{alt}"{titled} loading="lazy" decoding="async">'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        name = token.info.split(maxsplit=1)[0].lower() if token.info.strip() else ""
        return self._code(token.content, name)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self._code(tokens[idx].content, "")

    @staticmethod
    def _code(source: str, name: str) -> str:
        wide = any(len(line) > _WIDE_LINE for line in source.split("\n"))
        language = LANGUAGES.get(name)
        classed = f' class="language-{name}"' if language else ""
        stop = ' tabindex="0"' if wide else ""
        return f'<pre class="code-block"{stop}><code{classed}>{highlight(source, language)}</code></pre>\n'

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<span class="formula">{formula_to_mathml(tokens[idx].content.strip())}</span>'

    def math_inline_double(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return self._display_formula(tokens[idx].content, "span")

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self._display_formula(tokens[idx].content, "div") + "\n"

    @staticmethod
    def _display_formula(latex: str, tag: Literal["div", "span"]) -> str:
        stop = ' tabindex="0"' if len(latex) > _WIDE_LINE else ""
        return (
            f'<{tag} class="formula-block"{stop}>{formula_to_mathml(latex.strip(), display="block")}</{tag}>'
        )

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table-scroll" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<th scope="col"{_alignment(tokens[idx])}>'

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<td{_alignment(tokens[idx])}>"


def _alignment(cell: Token) -> str:
    """Return a class instead of the style attribute which the table rule gives to a cell."""
    found = re.search(r"left|center|right", str(cell.attrGet("style") or ""))
    return f' class="align-{found.group()}"' if found else ""


def _mark_tasks(state: StateCore) -> None:
    """Turn a leading ``[ ]`` or ``[x]`` of a list item into a box character (no form control: nobody can tick it)."""
    for item, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type != "list_item_open" or paragraph.type != "paragraph_open" or not inline.children:
            continue
        first = inline.children[0]
        mark = re.match(r"\[([ xX])\] ", first.content) if first.type == "text" else None
        if mark is None:
            continue
        box = Token("task_box", "span", 0, content="☐ " if mark.group(1) == " " else "☑ ")
        first.content = first.content[mark.end() :]
        inline.children.insert(0, box)
        item.attrSet("class", "task")


def _link_name(self: object, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return html.escape(tokens[idx].content)


def _task_box(self: object, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return f'<span class="task-box">{tokens[idx].content}</span>'


def _slug(text: str) -> str:
    """Return a short identifier made of the letters and digits of a heading."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")[:60] or "section"


def _outline(state: StateCore) -> None:
    """Give headings ids, and levels that start at 2 (the page owns level 1) and skip none."""
    open_levels: list[int] = list(state.env.get("open_levels", ()))
    prefix = state.env.get("anchor", "h")
    seen: dict[str, int] = {}
    for token, inline in pairwise(state.tokens):
        if token.type == "heading_close":
            token.tag = f"h{min(len(open_levels) + 1, 6)}"
        if token.type != "heading_open":
            continue
        level = int(token.tag[1])
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        slug = _slug(_inline_text(inline.children or []))
        seen[slug] = seen.get(slug, 0) + 1
        token.tag = f"h{min(len(open_levels) + 1, 6)}"
        token.attrs = {"id": f"{prefix}-{slug}" if seen[slug] == 1 else f"{prefix}-{slug}-{seen[slug]}"}


def _name_links(state: StateCore) -> None:
    """Give a link without text its address as text, so that it can be heard and pressed."""
    for block in state.tokens:
        named: list[Token] = []
        opened = -1
        for child in block.children or []:
            if child.type == "link_open":
                opened = len(named)
            elif child.type == "link_close" and not _inline_text(named[opened + 1 :]).strip():
                named.append(Token("link_name", "", 0, content=str(named[opened].attrGet("href") or "")))
            named.append(child)
        if block.children is not None:
            block.children = named


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _MAX_NESTING}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    parser.use(
        dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True
    )
    for name, rule in (
        ("math_inline", _Renderer.math_inline),
        ("math_inline_double", _Renderer.math_inline_double),
        ("math_block", _Renderer.math_block),
    ):
        parser.add_render_rule(name, rule)  # in place of the plugin's own, which do not typeset
    parser.add_render_rule("task_box", _task_box)
    parser.add_render_rule("link_name", _link_name)
    parser.core.ruler.push("tasks", _mark_tasks)
    parser.core.ruler.push("outline", _outline)
    parser.core.ruler.push("link_names", _name_links)
    parser.validateLink = is_safe_link  # type: ignore[method-assign]
    return parser


_PARSER: Final = _parser()


def _parse(source: str, env: EnvType | None = None) -> list[Token]:
    return _PARSER.parse(_clean_source(source), env)


def _refuse_excess(tokens: Sequence[Token]) -> None:
    """Refuse texts that are within the length limit but unreasonable to show.

    Raises:
        Invalid: Too many formulas or table cells.
    """
    formulas = cells = 0
    for token in _walk(tokens):
        formulas += token.type.startswith("math_")
        cells += token.type in ("td_open", "th_open")
    if formulas > _MAX_FORMULAS:
        raise Invalid("This text has too many formulas.")
    if cells > _MAX_TABLE_CELLS:
        raise Invalid("This text has too many table cells.")


def _walk(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield block tokens and, after each, what is inside it."""
    for token in tokens:
        yield token
        if token.children:
            yield from _walk(token.children)


def render_markdown(source: str, *, open_levels: Sequence[int] = (), anchor: str = "h") -> str:
    """Return safe HTML for markdown with tables, strikethrough, task lists, formulas and highlighted code.

    Headings start at level 2 and skip no level; links carry ``rel="noopener nofollow ugc"``; images come from this
    site only. Takes about 20 ms for 10,000 characters of prose, so a long text belongs in a thread.

    Args:
        source: Markdown.
        open_levels: The headings under which the text stands in a longer document (`levels_after` of what precedes).
        anchor: How the ids of its headings begin; another one for each text of a page.

    Raises:
        Invalid: The source is longer than 200,000 characters, or has more formulas or table cells than can be shown.
    """
    tokens = _parse(source, {"open_levels": open_levels, "anchor": anchor})
    _refuse_excess(tokens)
    rendered = cast(str, _PARSER.renderer.render(tokens, _PARSER.options, {}))
    return _CLEANER.clean(rendered)


def _inline_text(children: Sequence[Token]) -> str:
    """Return what a reader hears of inline content."""
    parts: list[str] = []
    for child in children:
        if child.type == "image":
            parts.append(_inline_text(child.children or []))
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type in ("text", "text_special", "code_inline", "task_box") or child.type.startswith(
            "math_"
        ):
            parts.append(child.content)
    return "".join(parts)


def plain_text(source: str) -> str:
    """Return the text without markup, one line per block: for search, excerpts and counting words.

    Raises:
        Invalid: The source is longer than 200,000 characters.
    """
    lines: list[str] = []
    for token in _parse(source):
        if token.type == "inline":
            lines.append(_inline_text(token.children or []))
        elif token.type in ("fence", "code_block", "math_block"):
            lines.append(token.content.strip("\n"))
    return "\n".join(line for line in lines if line.strip())


def _written_level(heading: Token) -> int:
    """The level of a heading as its author wrote it."""
    if heading.markup.startswith("#"):
        return len(heading.markup)
    return 1 if heading.markup == "=" else 2


def levels_after(source: str, open_levels: Sequence[int] = ()) -> tuple[int, ...]:
    """The headings, as written and from the outermost, under which a text that follows this one stands.

    Raises:
        Invalid: The source is longer than 200,000 characters.
    """
    levels = list(open_levels)
    for token in _parse(source):
        if token.type != "heading_open":
            continue
        level = _written_level(token)
        while levels and levels[-1] >= level:
            levels.pop()
        levels.append(level)
    return tuple(levels)


def accessibility_problems(source: str, *, after_level: int = 0) -> list[Problem]:
    """Return what would keep some readers from this text, in the order of its lines.

    Args:
        source: Markdown.
        after_level: The level of the last heading before the text in a longer document; 0 without one.

    Raises:
        Invalid: The source is longer than 200,000 characters.
    """
    problems: list[tuple[int, ProblemCode]] = []
    last = after_level
    for token in _parse(source):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "heading_open":
            level = _written_level(token)
            if last and level > last + 1:
                problems.append((line, "skipped_heading"))
            last = level
        elif token.type == "inline":
            problems.extend(_inline_problems(token.children or [], line))
    return [Problem(code=code, line=line, message=_MESSAGES[code]) for line, code in problems]


def _inline_problems(children: Sequence[Token], line: int) -> Iterator[tuple[int, ProblemCode]]:
    """Yield the problems of one paragraph, heading or cell that starts at ``line``."""
    opened = -1
    for index, child in enumerate(children):
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "image" and not _inline_text(child.children or []).strip():
            yield line, "missing_alt"
        elif child.type == "link_open":
            opened = index
        elif child.type == "link_close":
            name = _inline_text(children[opened + 1 : index]).strip()
            if not name:
                yield line, "empty_link"
            elif name.casefold().strip(" .…!?:>»→") in _VAGUE_LINKS:
                yield line, "vague_link"
