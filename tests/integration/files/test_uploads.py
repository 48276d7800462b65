"""Uploads and downloads over real HTTP: as browsers send them, and as attackers do."""

from __future__ import annotations

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import col, select, update

from eduplatform.config import get_settings
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.files import cleaning, policy, service
from eduplatform.domain.files.models import StoredFile
from eduplatform.domain.tenants.models import Tenant
from eduplatform.errors import NotFound
from eduplatform.integrations.storage import storage
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from tests.factories import files as made
from tests.factories.courses import make_course
from tests.factories.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


@pytest.fixture
async def address(database: None) -> AsyncIterator[str]:
    async with made.http_server() as url:
        yield url


@pytest.fixture
def readers() -> Iterator[None]:
    before = dict(policy._readers)
    yield
    policy._readers.clear()
    policy._readers.update(before)


def refused(answer: httpx.Response, status: int, code: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code
    assert str(get_settings().data_dir) not in answer.text
    return body["detail"]


async def used_bytes(world: World) -> int:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        return (await work.session.exec(select(Tenant.storage_bytes))).one()


async def stored_bytes(world: World) -> int:
    return sum([one.size async for batch in storage().listing(world.tenant_id) for one in batch])


async def test_a_picture_comes_back_byte_for_byte_with_a_small_one(address: str, world: World) -> None:
    content = made.jpeg(1600, 900, orientation=6)
    async with made.browser(address, world.teacher) as browser:
        answer = await made.send(browser, content, "Año escolar «1».jpg")
        assert answer.status_code == 201, answer.text
        file = answer.json()
        assert (file["name"], file["type"], file["size"]) == (
            "Año escolar «1».jpg",
            "image/jpeg",
            len(content),
        )
        back = await browser.get(file["href"])
        assert back.content == content
        assert back.headers["content-type"] == "image/jpeg"
        assert back.headers["content-disposition"].startswith("inline;")
        assert "filename*=UTF-8''A%C3%B1o%20escolar" in back.headers["content-disposition"]
        small = await browser.get(file["thumb"])
        assert small.headers["content-type"] == "image/webp"
        assert len(small.content) < len(content)
        again = await browser.get(file["href"], headers={"if-none-match": back.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    async with unit_of_work(await world.teacher.principal()) as work:
        row = (
            await work.session.exec(select(StoredFile).where(col(StoredFile.id) == UUID(file["id"])))
        ).one()
        assert (row.width, row.height) == (900, 1600)
    assert await used_bytes(world) == await stored_bytes(world) == len(content) + len(small.content)


@pytest.mark.parametrize(
    ("content", "name", "kept", "content_type"),
    [
        (made.PDF, "notes.pdf", "notes.pdf", "application/pdf"),
        (made.document(), "essay.docx", "essay.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (made.archive({"a.txt": b"one", "src/b.py": b"MZ = 1"}), "work.zip", "work.zip", "application/zip"),
        (made.archive({"essay.docx": made.document()}), "all.zip", "all.zip", "application/zip"),
        (b"name,points\nAna,3\n", "points.csv", "points.csv", "text/csv; charset=utf-8"),
        (b"#!/usr/bin/env python3\nprint('hi')\n", "hello.py", "hello.py", "text/plain; charset=utf-8"),
        ("Übung für Zoë".encode("latin-1"), "old.txt", "old.txt", "text/plain; charset=utf-8"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z" fill="url(#a)"/></svg>', "cell.svg", "cell.svg", "image/svg+xml"),
        (made.png(), "really-a-picture.pdf", "really-a-picture.png", "image/png"),
        (b"just words", "page.html", "page.txt", "text/plain; charset=utf-8"),
    ],
)  # fmt: skip
async def test_the_content_decides_what_a_file_is(
    address: str, world: World, content: bytes, name: str, kept: str, content_type: str
) -> None:
    async with made.browser(address, world.teacher) as browser:
        answer = await made.send(browser, content, name)
        assert answer.status_code == 201, answer.text
        assert answer.json()["name"] == kept
        back = await browser.get(answer.json()["href"])
        assert back.headers["content-type"] == content_type
        assert back.content == content
        shown = back.headers["content-disposition"].split(";")[0]
        assert shown == ("inline" if content_type == "image/png" else "attachment")
        policy_header = back.headers["content-security-policy"]
        assert "sandbox" in policy_header
        assert "script-src" not in policy_header
        assert back.headers["x-content-type-options"] == "nosniff"
        assert back.headers["cache-control"] == "private, no-cache"


_ZIP = made.archive({"a.txt": b"inner"})
BAD = {
    "a ZIP bomb": (made.bomb(), "homework.zip"),
    "a ZIP bomb that lies about its size": (made.lying_bomb(), "homework.zip"),
    "a bomb in an archive": (made.archive({"in.zip": made.bomb(300)}), "homework.zip"),
    "a picture that is an archive too": (made.png() + _ZIP, "cat.png"),
    "a PDF that is an archive too": (made.PDF + _ZIP, "paper.pdf"),
    "a picture with a page in it": (made.png() + b"<script>alert(1)</script>", "cat.png"),
    "a GIF that is a script": (b"GIF89a/*\x01\x00\x00*/=1;<script>alert(1)</script>", "cat.gif"),
    "an archive behind a program": (made.PROGRAM + _ZIP, "setup.zip"),
    "a picture that is a PDF too": (made.png()[:33] + b"%PDF-1.7", "cat.png"),
    "a program": (made.PROGRAM, "photo.png"),
    "a Linux program": (b"\x7fELF\x02\x01\x01" + bytes(60), "essay.docx"),
    "a program in an archive": (made.archive({"tool.bin": made.PROGRAM}), "work.zip"),
    "a program by its name in an archive": (made.archive({"run.bat": b"echo"}), "work.zip"),
    "macros": (made.document(**{"word/vbaProject.bin": b"\x00"}), "essay.docx"),
    "a name in an archive that climbs out": (made.archive({"../../etc/cron.d/x": b"*"}), "work.zip"),
    "a drawing with a script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "a.svg"),
    "a drawing with a handler": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "a.svg"),
    "a drawing with a link": (b'<svg xmlns="http://www.w3.org/2000/svg"><use href="https://e.example/x"/></svg>', "a.svg"),
    "a drawing with entities": (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>', "a.svg"),
    "a web page": (b"<!-- hi --><!doctype html><p>Hello", "notes.txt"),
    "an old Office document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.doc"),
    "another archive": (b"Rar!\x1a\x07\x01\x00" + bytes(90), "a.rar"),
    "half a picture": (made.png(200, 200)[:60], "cat.png"),
    "nothing": (b"", "empty.txt"),
    "noise": (bytes(range(256)) * 4, "noise.txt"),
    "a runnable name": (b"hello", "invoice.pdf.exe"),
    "a name that climbs": (b"hello", "../../secret_key"),
    "a Windows path": (b"hello", "..\\..\\secret_key"),
    "a name with a line break": (b"hello", "a\r\nSet-Cookie: x=1.txt"),
    "a name that reads backwards": (b"hello", "exam\u202etxt.pdf"),
    "an endless name": (b"hello", "a" * 300 + ".txt"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
async def test_bad_files_are_refused_and_nothing_is_kept(address: str, world: World, case: str) -> None:
    content, name = BAD[case]
    async with made.browser(address, world.teacher) as browser:
        answer = await made.send(browser, content, name)
        detail = refused(answer, 422, "file_refused")
    assert detail.endswith((".", "again."))
    assert await used_bytes(world) == await stored_bytes(world) == 0
    assert list((get_settings().data_dir / "uploads").glob("*")) == []


async def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(
    address: str, world: World
) -> None:
    # 60,000 x 60,000 pixels would be eleven gigabytes; only the header says so.
    huge = bytearray(made.png())
    huge[16:24] = (60_000).to_bytes(4, "big") * 2
    huge[29:33] = zlib.crc32(bytes(huge[12:29])).to_bytes(4, "big")
    async with made.browser(address, world.teacher) as browser:
        assert "pixels" in refused(await made.send(browser, bytes(huge), "map.png"), 422, "file_refused")


async def test_two_gigabytes_are_refused_and_the_browser_reads_why(address: str, world: World) -> None:
    """A raw socket that, as browsers do, sends on while the answer is already there."""
    cookie, origin = await world.teacher.sign_in(), get_settings().allowed_origins[0]
    head = (
        "POST /api/files HTTP/1.1\r\nHost: x\r\n"
        f"Cookie: {cookie}\r\nOrigin: {origin}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {2**31}\r\n\r\n"
    )
    answer = await asyncio.to_thread(_send_all, address, head.encode(), 300_000_000)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"too_large"' in answer


async def test_a_body_without_a_length_stops_at_the_limit_of_its_purpose(address: str, world: World) -> None:
    cookie, origin = await world.teacher.sign_in(), get_settings().allowed_origins[0]
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nmessage\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    )
    head = (
        (
            "POST /api/files HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            f"Cookie: {cookie}\r\nOrigin: {origin}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
            f"{len(parts):x}\r\n"
        ).encode()
        + parts
        + b"\r\n"
    )
    answer = await asyncio.to_thread(_send_all, address, head, 40_000_000, True)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"at most 10 MB" in answer
    assert await stored_bytes(world) == 0


def _send_all(address: str, head: bytes, size: int, chunked: bool = False) -> bytes:
    block = b"x" * 1_000_000
    framed = b"%x\r\n%s\r\n" % (len(block), block) if chunked else block
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as sender:
        sender.sendall(head)
        for _ in range(size // len(block)):
            sender.sendall(framed)
        return sender.recv(65536)


async def test_who_may_upload(address: str, world: World) -> None:
    made_course = await make_course(world, students=[])
    async with made.browser(address, None) as browser:
        refused(await made.send(browser, b"x", "a.txt"), 401, "not_signed_in")
    async with made.browser(address, world.student) as browser:
        refused(await made.send(browser, b"x", "a.txt", purpose="lesson"), 403, "forbidden")
        refused(await made.send(browser, b"x", "a.txt", purpose="anything"), 404, "not_found")
        refused(
            await made.send(browser, b"x", "a.txt", purpose="post", course_id=made_course.course_id),
            404,
            "not_found",
        )
        refused(await made.send(browser, b"x", "a.txt", course_id="1; drop table"), 404, "not_found")
        refused(await browser.post("/api/files", content=b"nonsense"), 422, "invalid")
        refused(await browser.post("/api/files", data={"purpose": "post"}), 422, "invalid")
        other = {"origin": "https://evil.example"}
        answer = await browser.post(
            "/api/files", data={"purpose": "post"}, files={"file": b"x"}, headers=other
        )
        refused(answer, 403, "forbidden")
    async with made.browser(address, world.teacher) as browser:
        refused(await made.send(browser, b"words", "a.txt", purpose="question"), 422, "file_refused")


async def test_who_may_download(address: str, world: World, new_world, readers: None) -> None:
    await world.add_person("other", Role.STUDENT)
    stranger = await new_world()
    async with made.browser(address, world.student) as browser:
        file = (await made.send(browser, b"mine", "a.txt", purpose="submission")).json()
    for person, status in (
        (world.student, 200),
        (world.other, 404),
        (world.teacher, 404),
        (stranger.admin, 404),
        (None, 401),
    ):
        async with made.browser(address, person) as browser:
            assert (await browser.get(file["href"])).status_code == status
    submission, me = uuid4(), await world.student.principal()
    async with unit_of_work(me) as work:
        await service.attach(
            work=work, me=me, file_ids=[UUID(file["id"])], purpose="submission", object_id=submission
        )

    async def graded_by(_work, asking, used: policy.UsedFile) -> bool:
        assert used.object_id == submission
        if Role.TEACHER in asking.roles:
            return True
        raise NotFound

    policy.register_reader("submission", graded_by)
    for person, status in ((world.teacher, 200), (world.other, 404), (stranger.teacher, 404)):
        async with made.browser(address, person) as browser:
            assert (await browser.get(file["href"])).status_code == status


async def test_a_file_can_be_attached_by_its_owner_only_and_for_what_it_is(
    address: str, world: World
) -> None:
    await world.add_person("other", Role.STUDENT)
    async with made.browser(address, world.student) as browser:
        file_id = UUID((await made.send(browser, b"mine", "a.txt", purpose="submission")).json()["id"])
    target = uuid4()
    for person, purpose, ids in (
        (world.other, "submission", [file_id]),
        (world.student, "message", [file_id]),
        (world.student, "submission", [file_id, uuid4()]),
    ):
        me = await person.principal()
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await service.attach(work=work, me=me, file_ids=ids, purpose=purpose, object_id=target)
    me = await world.student.principal()
    async with unit_of_work(me) as work:
        for _ in range(2):
            await service.attach(work=work, me=me, file_ids=[file_id], purpose="submission", object_id=target)
        copy = uuid4()
        await service.copy_uses(work=work, purpose="submission", pairs={target: copy})
        rows = await service.listed(work=work, purpose="submission", object_ids=[target, copy, uuid4()])
    assert {key: [one.name for one in value] for key, value in rows.items()} == {
        target: ["a.txt"],
        copy: ["a.txt"],
    }


async def test_ranges_of_a_video_can_be_read(address: str, world: World) -> None:
    content = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40
    async with made.browser(address, world.teacher) as browser:
        href = (await made.send(browser, content, "film.mp4")).json()["href"]
        for wanted, status, expected in (
            ("bytes=0-9", 206, content[:10]),
            ("bytes=100-", 206, content[100:]),
            ("bytes=-5", 206, content[-5:]),
            ("bytes=0-99999999", 200, content),
            ("bytes=99999999-", 416, b""),
            ("lines=1-2", 200, content),
        ):
            answer = await browser.get(href, headers={"range": wanted})
            assert (answer.status_code, answer.content) == (status, expected), wanted
        assert (await browser.get(href, headers={"range": "bytes=0-9"})).headers[
            "content-range"
        ] == f"bytes 0-9/{len(content)}"


async def test_uploads_at_once_never_pass_the_limit_of_the_organisation(address: str, world: World) -> None:
    async with unit_of_work(PlatformActor(world.tenant_id)) as work:
        await work.session.exec(
            update(Tenant).where(col(Tenant.id) == world.tenant_id).values(storage_limit=1000)
        )
    async with made.browser(address, world.teacher) as browser:
        answers = await asyncio.gather(*(made.send(browser, b"x" * 300, f"{n}.txt") for n in range(8)))
    assert sorted(one.status_code for one in answers) == [201] * 3 + [402] * 5
    assert await used_bytes(world) == await stored_bytes(world) == 900


async def test_unused_uploads_are_removed_and_their_room_is_free_again(address: str, world: World) -> None:
    me = await world.student.principal()
    async with made.browser(address, world.student) as browser:
        unused = (await made.send(browser, made.png(), "a.png", purpose="submission")).json()
        used = (await made.send(browser, b"kept", "b.txt", purpose="submission")).json()
    async with unit_of_work(me) as work:
        await service.attach(
            work=work, me=me, file_ids=[UUID(used["id"])], purpose="submission", object_id=uuid4()
        )
    assert await cleaning.remove_unused(world.tenant_id) == 0
    assert await cleaning.remove_unused(world.tenant_id, kept=timedelta(0)) == 1
    async with made.browser(address, world.student) as browser:
        assert (await browser.get(unused["href"])).status_code == 404
        assert (await browser.get(used["href"])).content == b"kept"
    assert await used_bytes(world) == await stored_bytes(world) == 4


class Scanner:
    """A clamd that finds the word "virus"; or one that does not answer."""

    def __init__(self) -> None:
        self.broken = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.broken:
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            content = b""
            while size := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(size)
            writer.write(b"stream: Test.Virus FOUND\0" if b"virus" in content else b"stream: OK\0")
            await writer.drain()
        writer.close()


@pytest.fixture
async def scanner(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scanner]:
    found = Scanner()
    path = f"/tmp/clamd-{uuid4().hex[:8]}"
    server = await asyncio.start_unix_server(found.serve, path)
    settings = get_settings().model_copy(update={"clamd_address": path})
    monkeypatch.setattr("eduplatform.integrations.scanning.clamd.get_settings", lambda: settings)
    yield found
    server.close()


async def test_what_the_scanner_finds_is_refused_and_noted(
    address: str, world: World, scanner: Scanner
) -> None:
    async with made.browser(address, world.student) as browser:
        assert "scanner" in refused(await made.send(browser, b"a virus", "a.txt"), 422, "file_refused")
        assert (await made.send(browser, b"clean", "b.txt")).json()["ready"] is True
    assert await used_bytes(world) == 5


async def test_nothing_can_be_downloaded_before_the_scanner_has_judged_it(
    address: str, world: World, scanner: Scanner
) -> None:
    scanner.broken = True
    async with made.browser(address, world.student) as browser:
        clean = (await made.send(browser, b"clean", "a.txt")).json()
        bad = (await made.send(browser, b"a virus", "b.txt")).json()
        assert clean["ready"] is bad["ready"] is False
        assert (await browser.get(clean["href"])).status_code == 404
        assert await cleaning.scan_pending(world.tenant_id) == 0
        scanner.broken = False
        assert await cleaning.scan_pending(world.tenant_id) == 1
        assert (await browser.get(clean["href"])).content == b"clean"
        assert (await browser.get(bad["href"])).status_code == 404
    assert await used_bytes(world) == await stored_bytes(world) == 5


async def test_a_broken_upload_leaves_nothing(address: str, world: World) -> None:
    cookie, origin = await world.teacher.sign_in(), get_settings().allowed_origins[0]
    head = (
        "POST /api/files HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n"
        f"Cookie: {cookie}\r\nOrigin: {origin}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nmessage\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of it'
    )
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(head.encode())
    await writer.drain()
    home = get_settings().data_dir / "uploads"
    await _until(lambda: bool(list(home.glob("*"))))
    writer.close()
    await _until(lambda: not list(home.glob("*")))
    assert reader is not None
    assert await used_bytes(world) == await stored_bytes(world) == 0


async def _until(reached: Callable[[], bool]) -> None:
    for _ in range(1000):
        if reached():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to pass")
