"""LaTeX formulas as MathML, safe for text written by anybody.

The converter library writes its own markup by un-escaping a serialised tree; here the tree is serialised by us, so that
whatever a formula holds stays text. What could grow without bound (macros) or carry markup (links, styles) is refused.
"""

from __future__ import annotations

import html
import inspect
import re
from functools import lru_cache
from typing import Final, Literal
from xml.etree.ElementTree import Element, tostring

from latex2mathml import converter, exceptions

MAX_FORMULA_CHARACTERS: Final = 2_000
_MAX_BRACES: Final = 40

_REFUSED_COMMANDS: Final = re.compile(
    r"\\(?:def|newcommand|renewcommand|providecommand|newenvironment|DeclareMathOperator|href|class|style|verb|unicode)"
    r"(?![a-zA-Z])"
)
_ENTITY_ONLY: Final = re.compile(r"&(?:#x[0-9A-Fa-f]{1,6}|#[0-9]{1,7}|[A-Za-z]{1,31});")

# What the converter raises for formulas that are not LaTeX; RuntimeError covers recursion and exhausted iterators.
_NOT_A_FORMULA: Final[tuple[type[Exception], ...]] = (
    *(kind for _, kind in inspect.getmembers(exceptions, inspect.isclass) if issubclass(kind, Exception)),
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)

# Attributes of the tree that are worth keeping; lengths are those the converter writes or a formula may name.
_LENGTH: Final = re.compile(r"[+-]?\d{0,4}(?:\.\d{1,4})?(?:em|ex|px|pt|mu|cm|mm|in)?")
_ATTRIBUTES: Final[dict[str, re.Pattern[str]]] = {
    **dict.fromkeys(
        (
            "width",
            "height",
            "depth",
            "lspace",
            "rspace",
            "voffset",
            "minsize",
            "maxsize",
            "mathsize",
            "linethickness",
        ),
        _LENGTH,
    ),
    **dict.fromkeys(
        (
            "displaystyle",
            "stretchy",
            "fence",
            "form",
            "largeop",
            "movablelimits",
            "accent",
            "accentunder",
            "separator",
        ),
        re.compile(r"[a-z]{1,8}"),
    ),
    "scriptlevel": re.compile(r"[+-]?\d"),
    "mathvariant": re.compile(r"[a-z-]{1,24}"),
    **dict.fromkeys(
        ("columnalign", "columnlines", "rowlines", "columnspacing", "rowspacing"),
        re.compile(r"[a-z0-9. ]{1,200}"),
    ),
}
_LIMIT_OPERATORS: Final = frozenset({"lim", "max", "min", "sup", "inf", "det", "gcd", "Pr"})
_TAGS: Final = frozenset(
    [
        "math",
        "menclose",
        "merror",
        "mfrac",
        "mi",
        "mmultiscripts",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mroot",
        "mrow",
        "ms",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
    ]
)
MATHML_TAGS: Final = _TAGS | {"semantics", "annotation"}
MATHML_ATTRIBUTES: Final[dict[str, set[str]]] = {tag: set(_ATTRIBUTES) for tag in sorted(_TAGS)}


def _too_deep(latex: str) -> bool:
    """Tell whether braces and brackets nest deeper than any formula that people write."""
    depth = 0
    for character in latex:
        if character == "{":
            depth += 1
            if depth > _MAX_BRACES:
                return True
        elif character == "}":
            depth -= 1
    return False


def _tidy(node: Element) -> None:
    """Turn the converter's entity references into characters and drop attributes that nobody needs."""
    if node.tag not in _TAGS:
        node.tag = "mrow"
    if node.tag == "msub" and len(node) == 2 and node[0].tag == "mo" and node[0].text in _LIMIT_OPERATORS:
        # Below the operator on a line of its own, beside it within text: the browser decides by this attribute.
        node.tag = "munder"
        node[0].set("movablelimits", "true")
    if node.text:
        node.text = _ENTITY_ONLY.sub(lambda found: html.unescape(found.group()), node.text)
    for name, value in list(node.attrib.items()):
        pattern = _ATTRIBUTES.get(name)
        if pattern is None or not pattern.fullmatch(value):
            del node.attrib[name]
    for child in node:
        _tidy(child)


@lru_cache(maxsize=4_096)
def formula_to_mathml(latex: str, *, display: Literal["inline", "block"] = "inline") -> str:
    """Return one formula as a ``<math>`` element, or its source as ``<code class="formula-error">``.

    The LaTeX source stays in the element as an annotation, which screen readers and copying can use.

    Args:
        latex: The formula without its dollar signs.
        display: ``block`` for a formula on a line of its own.
    """
    source = latex.strip()
    failed = f'<code class="formula-error">{html.escape(source)}</code>'
    if (
        not source
        or len(source) > MAX_FORMULA_CHARACTERS
        or _too_deep(source)
        or _REFUSED_COMMANDS.search(source)
    ):
        return failed
    try:
        tree = converter.convert_to_element(source, display=display)
        _tidy(tree)
        row = "".join(tostring(child, encoding="unicode") for child in tree)
    except _NOT_A_FORMULA:
        return failed
    return (
        f'<math display="{display}"><semantics>{row}'
        f'<annotation encoding="application/x-tex">{html.escape(source)}</annotation></semantics></math>'
    )
