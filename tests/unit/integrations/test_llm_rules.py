"""Redaction, prices, the circuit breaker, and which addresses may be called."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.errors import Invalid
from eduplatform.integrations.llm import ProviderKind, Target, addresses
from eduplatform.integrations.llm.addresses import AddressRules
from eduplatform.integrations.llm.prices import as_of, price_of
from eduplatform.integrations.llm.redaction import Redactor

NAMES = ["Maya Castellanos", "Samir Haddad", "Will Grace"]


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Ask Maya Castellanos.", "Maya"),
        ("maya castellanos said so", "maya"),
        ("What does SAMIR think?", "SAMIR"),
        ("Haddad's idea", "Haddad"),
        ("mail me: maya.c+x@school.example.org", "school.example"),
        ("call +49 (0)170 123 45 67", "123"),
        ("call 555-123-4567", "4567"),
        ("my id is 202612345", "202612345"),
        ("0190d5c2-7c3e-7abc-8def-0123456789ab", "7abc"),
        ("IBAN DE89 3704 0044 0532 0130 00", "0532"),
        ("see https://drive.example/u/maya?key=1", "drive"),
        ("from 192.168.1.17", "192.168"),
    ],
)
def test_personal_data_is_taken_out_and_put_back(text: str, gone: str) -> None:
    redactor = Redactor(NAMES)
    redacted = redactor.redact(text)
    assert gone not in redacted
    assert redactor.restore(redacted).casefold() == text.casefold()


@pytest.mark.parametrize(
    "text",
    [
        "In 1789 and 1793 the will of the people changed by grace of nobody.",
        "36 cm³ in 90 s is 0.40 cm³/s, and 10 20 30 40 50 are steps.",
        "Add 1234 and 5678, then divide 1000000 by 3.",
        "The ratio is 3:4:5 and the date 2026-11-23.",
    ],
)
def test_lessons_stay_as_they_are(text: str) -> None:
    assert Redactor(NAMES).redact(text) == text


@given(st.text(max_size=200))
def test_restoring_gives_the_text_back(text: str) -> None:
    redactor = Redactor(NAMES)
    assert redactor.restore(redactor.redact(text)).casefold() == text.casefold() or "[" in text


def test_one_person_has_one_place() -> None:
    redactor = Redactor(NAMES)
    assert (
        redactor.redact("Maya and Maya Castellanos and Samir") == "[person 1] and [person 1] and [person 2]"
    )


def test_prices_are_dated_and_unknown_models_are_dear() -> None:
    assert as_of().year >= 2025
    mini = price_of(Target(ProviderKind.OPENAI, "gpt-4o-mini-2024-07-18"))
    assert (mini.cost(1_000_000, 0), mini.cost(0, 1_000_000), mini.known) == (150_000, 600_000, True)
    unknown = price_of(Target(ProviderKind.COMPATIBLE, "house-model"))
    assert not unknown.known
    assert unknown.cost(1000, 1000) > mini.cost(1000, 1000)
    own = price_of(Target(ProviderKind.COMPATIBLE, "house-model", input_micros=0, output_micros=0))
    assert own.cost(10**6, 10**6) == 0
    assert price_of(Target(ProviderKind.OLLAMA, "llama")).cost(10**6, 10**6) == 0


INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::", "ff02::1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_the_internal_network_cannot_be_called(address: str) -> None:
    assert not AddressRules().allows("models.example", ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_internet_can(address: str) -> None:
    assert AddressRules().allows("models.example", ip_address(address))


def test_the_operator_can_allow_a_host() -> None:
    rules = AddressRules(frozenset({"models.internal"}))
    assert rules.allows("Models.Internal.", ip_address("10.0.0.5"))
    assert not rules.allows("other.internal", ip_address("10.0.0.5"))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434", "https://127.0.0.1", "https://localhost/v1", "https://[::1]/v1", "ftp://models.example",
        "https://user:pw@8.8.8.8/", "https://8.8.8.8/?x=1", "https://8.8.8.8/#x", "file:///etc/passwd", "//8.8.8.8", "",
        "https://0177.0.0.1/", "https://2130706433/", "https://127.1/", "https://8.8.8.8:99999/", "http://8.8.8.8/v1",
        "https://169.254.169.254/latest/meta-data",
    ],
)  # fmt: skip
async def test_such_an_address_cannot_be_given_in_production(url: str) -> None:
    with pytest.raises(Invalid):
        await addresses.check(url, given=AddressRules())
