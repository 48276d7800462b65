"""A client of clamd's stream command (https://docs.clamav.net/manual/Usage/Scanning.html#clamd)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum

from eduplatform.config import get_settings
from eduplatform.observability.metrics import count

_TIMEOUT_S = 120.0


class Verdict(StrEnum):
    """What the scanner found; ``unknown`` when it did not answer or could not read so large a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"


async def scan(content: AsyncIterator[bytes]) -> Verdict:
    """Send a file to the configured scanner.

    Args:
        content: The file in parts of at most a few megabytes. Not touched when no scanner is configured.

    Returns:
        The verdict; ``CLEAN`` when the installation has no scanner.
    """
    address = get_settings().clamd_address
    if not address:
        return Verdict.CLEAN
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            answer = await _ask(address, content)
    except (OSError, TimeoutError, EOFError):
        count("file_scans_total", result="unknown")
        return Verdict.UNKNOWN
    if answer.endswith("FOUND"):
        return Verdict.INFECTED
    if answer.endswith("OK"):
        return Verdict.CLEAN
    count("file_scans_total", result="unknown")
    return Verdict.UNKNOWN


async def _ask(address: str, content: AsyncIterator[bytes]) -> str:
    reader, writer = await _connect(address)
    try:
        writer.write(b"zINSTREAM\0")
        async for part in content:
            writer.write(len(part).to_bytes(4, "big") + part)
            await writer.drain()
        writer.write(b"\0\0\0\0")
        await writer.drain()
        return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace").strip()
    finally:
        writer.close()


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.startswith("/"):
        return await asyncio.open_unix_connection(address)
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))
