"""LangChain's model for a target. Everything of a provider is imported here, at the first call."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections import OrderedDict
from typing import Any, cast

from eduplatform.integrations.llm import addresses
from eduplatform.integrations.llm.targets import KINDS, ProviderKind, Target

_MOST = 64
_models: OrderedDict[tuple[int, Target, int], Any] = OrderedDict()


def chat_model(target: Target, *, max_tokens: int, seconds: float) -> Any:
    """A model that is ready to stream; its connections are kept for the next call.

    Args:
        target: What to call.
        max_tokens: Most tokens of an answer.
        seconds: Longest silence on the connection.
    """
    # A client belongs to the event loop that made it.
    key = (id(asyncio.get_running_loop()), target, max_tokens)
    model = _models.get(key)
    if model is None:
        model = _models[key] = _make(target, max_tokens, seconds)
        if len(_models) > _MOST:
            _models.popitem(last=False)
    _models.move_to_end(key)
    return model


def load(kind: ProviderKind) -> None:
    """Import what a kind needs: seconds the first time, so it belongs in a thread."""
    # What people write goes to the chosen provider and to nobody else, whatever the environment says.
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    importlib.import_module("langchain.chat_models")
    importlib.import_module(f"langchain_{KINDS[kind].langchain}")


def _make(target: Target, max_tokens: int, seconds: float) -> Any:
    from langchain.chat_models import init_chat_model

    # The gateway decides about repetition and fallback; repeated calls would cost unseen money.
    options: dict[str, Any] = {"max_retries": 0, "timeout": seconds, "max_tokens": max_tokens}
    if target.key.get_secret_value():
        options["api_key"] = target.key.get_secret_value()
    if target.base_url:
        options["base_url"] = target.base_url
    options = _OPTIONS[target.kind](target, options)
    make = cast(Any, init_chat_model)
    made = make(target.model, model_provider=KINDS[target.kind].langchain, **options)
    return made


def _openai(_target: Target, options: dict[str, Any]) -> dict[str, Any]:
    # `store` is the provider's switch for keeping conversations, which training would need.
    return {**options, "stream_usage": True, "store": False}


def _compatible(target: Target, options: dict[str, Any]) -> dict[str, Any]:
    import httpx2

    transport = addresses.pinned_transport(httpx2, addresses.rules(trusted=target.trusted))
    client = httpx2.AsyncClient(transport=transport, follow_redirects=False, timeout=options["timeout"])
    # Servers of one's own often have no key, yet the package insists on one.
    return {"api_key": "none", **options, "stream_usage": True, "http_async_client": client}


def _anthropic(_target: Target, options: dict[str, Any]) -> dict[str, Any]:
    return options


def _google(_target: Target, options: dict[str, Any]) -> dict[str, Any]:
    # Its own counting begins at one attempt, not at none.
    return {**options, "max_retries": 1, "max_output_tokens": options.pop("max_tokens")}


def _ollama(target: Target, options: dict[str, Any]) -> dict[str, Any]:
    import httpx

    transport = addresses.pinned_transport(httpx, addresses.rules(trusted=target.trusted))
    return {
        "base_url": options.get("base_url", "http://127.0.0.1:11434"),
        "num_predict": options["max_tokens"],
        "async_client_kwargs": {
            "transport": transport,
            "follow_redirects": False,
            "timeout": options["timeout"],
        },
    }


_OPTIONS = {
    ProviderKind.OPENAI: _openai,
    ProviderKind.COMPATIBLE: _compatible,
    ProviderKind.ANTHROPIC: _anthropic,
    ProviderKind.GOOGLE: _google,
    ProviderKind.OLLAMA: _ollama,
}


def failures(kind: ProviderKind) -> tuple[type[Exception], ...]:
    """What a provider's package raises when a call fails."""
    from langchain_core.exceptions import LangChainException

    # Garbage in place of an answer surfaces as whatever the package's parser stumbled over.
    common: tuple[type[Exception], ...] = (
        LangChainException,
        OSError,
        TimeoutError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
    )
    if kind in (ProviderKind.OPENAI, ProviderKind.COMPATIBLE):
        import httpx2
        from openai import OpenAIError

        return (*common, OpenAIError, httpx2.HTTPError)
    if kind is ProviderKind.ANTHROPIC:
        import httpx2
        from anthropic import AnthropicError

        return (*common, AnthropicError, httpx2.HTTPError)
    if kind is ProviderKind.GOOGLE:
        import httpx
        from aiohttp import ClientError
        from google.genai.errors import APIError
        from langchain_google_genai.chat_models import ChatGoogleGenerativeAIError

        return (*common, APIError, ChatGoogleGenerativeAIError, httpx.HTTPError, ClientError)
    import httpx
    from ollama import RequestError, ResponseError

    return (*common, ResponseError, RequestError, httpx.HTTPError)
