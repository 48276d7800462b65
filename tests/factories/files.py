"""Files of every sort, good and bad, and the platform's HTTP interface behind a real server."""

from __future__ import annotations

import asyncio
import io
import logging
import socket
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from PIL import Image

from eduplatform.api import files, grading, problems
from eduplatform.config import get_settings
from eduplatform.domain.files import uploads
from eduplatform.domain.files.spool import Spool
from eduplatform.security.headers import SecurityHeaders
from tests.factories.world import Person


def png(width: int = 40, height: int = 30, color: str = "teal") -> bytes:
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), color).save(target, "PNG")
    return target.getvalue()


def jpeg(width: int = 40, height: int = 30, *, orientation: int = 1) -> bytes:
    """A photograph, perhaps turned by its camera's note."""
    image = Image.new("RGB", (width, height), "navy")
    notes = image.getexif()
    notes[0x0112] = orientation
    target = io.BytesIO()
    image.save(target, "JPEG", exif=notes)
    return target.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)


def archive(entries: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return target.getvalue()


def document(**more: bytes) -> bytes:
    """A DOCX document as far as anybody can tell from outside."""
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>", **more})


def bomb(megabytes: int = 2000) -> bytes:
    """An archive of one entry that unpacks to so much, and says so."""
    return _packed(megabytes * 1_000_000, declared=megabytes * 1_000_000)


def lying_bomb(megabytes: int = 600) -> bytes:
    """The same, declared as one kilobyte."""
    return _packed(megabytes * 1_000_000, declared=1000)


def _packed(size: int, *, declared: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(1_000_000)
    data = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()
    name = b"zeros.bin"
    local = (
        struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(data), declared, len(name), 0) + name
    )
    central = (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02",
            20,
            20,
            0,
            8,
            0,
            0,
            0,
            len(data),
            declared,
            len(name),
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + name
    )
    start = len(local) + len(data)
    return local + data + central + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central), start, 0)


@asynccontextmanager
async def http_server() -> AsyncIterator[str]:
    """The routes of files and grading behind the wrapper of all HTTP, served by the real server; gives the address."""
    api = FastAPI()
    problems.install(api)
    api.include_router(files.router)
    api.include_router(grading.router)
    wrapped = SecurityHeaders(api, build=Path("nowhere"))

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await wrapped(scope, receive, send)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    own_log = logging.getLogger("_granian")
    level = own_log.level  # the server changes it for the whole process
    server = Server(application, port=port, interface=Interfaces.ASGI, log_level=LogLevels.critical)
    running = asyncio.create_task(server.serve())
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"{address}/api/files/x/y")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    try:
        yield address
    finally:
        own_log.setLevel(level)
        server.stop()
        await running


@asynccontextmanager
async def browser(address: str, person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
    """What the person's browser sends with every request."""
    headers = {"origin": get_settings().allowed_origins[0]}
    if person is not None:
        headers["cookie"] = await person.sign_in()
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        yield client


async def send(
    client: httpx.AsyncClient,
    content: bytes,
    name: str,
    *,
    purpose: str = "message",
    course_id: object = "",
) -> httpx.Response:
    """Upload one file as the page does."""
    return await client.post(
        "/api/files",
        data={"purpose": purpose, "course_id": str(course_id)},
        files={"file": (name, content, "application/octet-stream")},
    )


async def put(person: Person, content: bytes, name: str, *, purpose: str = "import") -> UUID:
    """A file that somebody uploaded, without the way over HTTP."""
    async with Spool(10**9) as spool:
        await spool.write(content)
        stored = await uploads.store(
            me=await person.principal(),
            spool=spool,
            sha256=await spool.finish(),
            name=name,
            purpose=purpose,
            course_id=None,
        )
    return stored.id
