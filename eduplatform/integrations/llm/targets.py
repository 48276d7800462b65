"""Which model is called, where, and with which key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from pydantic import SecretStr


class ProviderKind(StrEnum):
    """Whose wire format is spoken."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    OLLAMA = "ollama"
    COMPATIBLE = "compatible"


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What a kind needs: its name for people, LangChain's name for it, whether it has a key, an address of one's own."""

    name: str
    langchain: str
    needs_key: bool
    own_address: bool


KINDS: Mapping[ProviderKind, KindFacts] = {
    ProviderKind.OPENAI: KindFacts("OpenAI", "openai", True, False),
    ProviderKind.ANTHROPIC: KindFacts("Anthropic", "anthropic", True, False),
    ProviderKind.GOOGLE: KindFacts("Google", "google_genai", True, False),
    ProviderKind.OLLAMA: KindFacts("Ollama", "ollama", False, True),
    ProviderKind.COMPATIBLE: KindFacts("OpenAI-compatible", "openai", False, True),
}


@dataclass(frozen=True, slots=True)
class Target:
    """A model that can be called.

    Attributes:
        kind: Its wire format.
        model: Its name at the provider.
        base_url: Address, for kinds with one of their own; empty for the provider's.
        key: The provider's key; empty where there is none.
        trusted: The operator gave the address, so it may lie in the internal network.
        provider_id: The organisation's own provider; None for the installation's.
        input_micros: Price of a million input tokens in millionths of a US dollar, when the organisation set one.
        output_micros: The same for output tokens.
    """

    kind: ProviderKind
    model: str
    base_url: str = ""
    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    trusted: bool = False
    provider_id: UUID | None = None
    input_micros: int | None = None
    output_micros: int | None = None

    @property
    def name(self) -> str:
        """Kind and model, for ledgers and labels."""
        return f"{self.kind}:{self.model}"

    @property
    def circuit(self) -> str:
        """What the circuit breaker counts failures for."""
        return f"{self.provider_id or 'installation'}:{self.kind}:{self.base_url}:{self.model}"
