"""Reading a form with one file while it arrives (RFC 7578): fields first, then the file in parts."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from eduplatform.errors import Invalid
from eduplatform.i18n import N_

MAX_FIELDS = 10
MAX_FIELD_BYTES = 1000

_MALFORMED = N_("This upload is not complete. Please try again.")


class UploadForm:
    """The form of one request.

    Attributes:
        fields: Values that came before the file.
        file_name: Name of the file as the browser sent it; empty until `file` was asked for.
    """

    def __init__(self, request: Request) -> None:
        kind, options = parse_options_header(request.headers.get("content-type"))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise Invalid(_MALFORMED)
        self.fields: dict[str, str] = {}
        self.file_name = ""
        self._stream = request.stream()
        self._events: deque[tuple[str, bytes]] = deque()
        self._header = b""
        self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._ended = False
        try:
            self._parser = MultipartParser(options[b"boundary"], self._callbacks())
        except FormParserError as error:
            raise Invalid(_MALFORMED) from error

    def _callbacks(self) -> Any:
        def field(data: bytes, start: int, end: int) -> None:
            self._header += data[start:end]

        def value(data: bytes, start: int, end: int) -> None:
            self._value += data[start:end]

        def header_end() -> None:
            self._headers[self._header.lower()] = self._value
            self._header = self._value = b""

        def part() -> None:
            self._events.append(("part", self._headers.get(b"content-disposition", b"")))
            self._headers = {}

        def content(data: bytes, start: int, end: int) -> None:
            self._events.append(("data", data[start:end]))

        def part_end() -> None:
            self._events.append(("end", b""))

        def end() -> None:
            self._ended = True

        return {
            "on_header_field": field,
            "on_header_value": value,
            "on_header_end": header_end,
            "on_headers_finished": part,
            "on_part_data": content,
            "on_part_end": part_end,
            "on_end": end,
        }

    async def _next(self) -> tuple[str, bytes] | None:
        """The next event, or None once the form ended.

        Raises:
            Invalid: It is malformed, or the browser went away.
        """
        while not self._events:
            if self._ended:
                return None
            try:
                self._parser.write(await anext(self._stream))
            except (StopAsyncIteration, ClientDisconnect, FormParserError) as error:
                raise Invalid(_MALFORMED) from error
        return self._events.popleft()

    async def read_fields(self) -> None:
        """Read up to the beginning of the file.

        Raises:
            Invalid: There is no file, or the fields are too many or too long.
        """
        name = ""
        while event := await self._next():
            kind, data = event
            if kind == "part":
                _, options = parse_options_header(data)
                name = _text(options.get(b"name", b""))
                if b"filename" in options:
                    self.file_name = _text(options[b"filename"])
                    return
                if len(self.fields) >= MAX_FIELDS:
                    raise Invalid(_MALFORMED)
                self.fields[name] = ""
            elif kind == "data":
                self.fields[name] += data.decode("utf-8", "replace")
                if len(self.fields[name]) > MAX_FIELD_BYTES:
                    raise Invalid(_MALFORMED)
        raise Invalid(N_("There is no file in this upload."))

    async def file(self) -> AsyncIterator[bytes]:
        """The file's content in parts; ends when it is complete.

        Raises:
            Invalid: The rest did not arrive.
        """
        while event := await self._next():
            if event[0] == "end":
                return
            yield event[1]
        raise Invalid(_MALFORMED)


def _text(value: bytes) -> str:
    # The parser gives latin-1 bytes of a header that browsers send as UTF-8, with quotes and line ends as %22, %0D, %0A.
    text = value.decode("utf-8", "replace")
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
