"""After sign-in nobody is led to another site, whatever the address of the sign-in page said."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.state.accounts import safe_target

HERE = "https://school.example"

ATTACKS = [
    "https://evil.example",
    "HTTPS:evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\t\\evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/%0a//evil.example",
    "/a//..//evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    "/\u3000/evil.example",
    "/\u2215/evil.example",
    "",
    "evil.example",
    "/api/session",
    "/auth/sign-out",
    "/login",
    "/login?next=/login",
    "/_event",
    "/" + "a" * 5000,
]


@pytest.mark.parametrize("target", ATTACKS)
def test_attacks_lead_to_the_root(target: str) -> None:
    assert safe_target(target) == "/"


@pytest.mark.parametrize(
    "target", ["/", "/teach", "/learn/courses/0199-aa?tab=2&q=a/b//c", "/settings/security", "/a-b_c.d~e#x"]
)
def test_own_pages_are_kept(target: str) -> None:
    assert safe_target(target) == target


def _as_a_browser_reads(target: str) -> str:
    """What browsers make of an address before they resolve it: no tabs or line ends, a backslash is a slash."""
    for dropped in "\t\r\n":
        target = target.replace(dropped, "")
    return target.strip("".join(map(chr, range(33)))).replace("\\", "/")


@given(
    st.text(alphabet=st.sampled_from("/\\\t\n\r .:@?#%evilcom2fF\u3000"), max_size=30) | st.text(max_size=40)
)
def test_no_text_leads_away(text: str) -> None:
    for target in (text, f"/{text}"):
        resolved = urlsplit(urljoin(HERE, _as_a_browser_reads(safe_target(target))))
        assert (resolved.scheme, resolved.netloc) == ("https", "school.example")
