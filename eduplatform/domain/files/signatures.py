"""What a file is, told from its first bytes. Whatever matches nothing here is not accepted."""

from __future__ import annotations

from dataclasses import dataclass

from eduplatform.domain.files.policy import ARCHIVE, DOCUMENT, IMAGE, MEDIA, TEXT

HEAD_BYTES = 4096
"""As much of the beginning as the table needs."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of content that is accepted.

    Attributes:
        content_type: Media type with which it is delivered.
        kind: What sort of thing it is; purposes accept kinds.
        endings: Endings of names that fit, the usual one first.
        picture: Pillow's name of the format, when a small picture is made of it.
    """

    content_type: str
    kind: str
    endings: tuple[str, ...]
    picture: str = ""


PNG = FileType("image/png", IMAGE, ("png",), "PNG")
JPEG = FileType("image/jpeg", IMAGE, ("jpg", "jpeg", "jpe"), "JPEG")
GIF = FileType("image/gif", IMAGE, ("gif",), "GIF")
WEBP = FileType("image/webp", IMAGE, ("webp",), "WEBP")
AVIF = FileType("image/avif", IMAGE, ("avif",), "AVIF")
SVG = FileType("image/svg+xml", IMAGE, ("svg",))
HEIC = FileType("image/heic", DOCUMENT, ("heic", "heif"))
PDF = FileType("application/pdf", DOCUMENT, ("pdf",))
ZIP = FileType("application/zip", ARCHIVE, ("zip",))
PLAIN = FileType("text/plain", TEXT, ())
CSV = FileType("text/csv", TEXT, ("csv",))
MARKDOWN = FileType("text/markdown", TEXT, ("md", "markdown"))

MP4 = FileType("video/mp4", MEDIA, ("mp4", "m4v"))
MOV = FileType("video/quicktime", MEDIA, ("mov",))
WEBM = FileType("video/webm", MEDIA, ("webm", "mkv"))
M4A = FileType("audio/mp4", MEDIA, ("m4a", "m4b"))
MP3 = FileType("audio/mpeg", MEDIA, ("mp3",))
OGG = FileType("audio/ogg", MEDIA, ("ogg", "oga", "opus", "ogv"))
WAV = FileType("audio/wav", MEDIA, ("wav",))
FLAC = FileType("audio/flac", MEDIA, ("flac",))

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
OFFICE_FOLDERS = {
    "word/": FileType(f"{_OFFICE}wordprocessingml.document", DOCUMENT, ("docx", "dotx")),
    "xl/": FileType(f"{_OFFICE}spreadsheetml.sheet", DOCUMENT, ("xlsx", "xltx")),
    "ppt/": FileType(f"{_OFFICE}presentationml.presentation", DOCUMENT, ("pptx", "potx", "ppsx")),
}
"""Office documents are archives; the folder of their main part tells them apart."""

DECLARED = {
    f"{_OPEN}text": FileType(f"{_OPEN}text", DOCUMENT, ("odt",)),
    f"{_OPEN}spreadsheet": FileType(f"{_OPEN}spreadsheet", DOCUMENT, ("ods",)),
    f"{_OPEN}presentation": FileType(f"{_OPEN}presentation", DOCUMENT, ("odp",)),
    f"{_OPEN}graphics": FileType(f"{_OPEN}graphics", DOCUMENT, ("odg",)),
    "application/epub+zip": FileType("application/epub+zip", DOCUMENT, ("epub",)),
}
"""Archives that say what they are in an entry ``mimetype``."""

_ALL = (
    PNG, JPEG, GIF, WEBP, AVIF, SVG, HEIC, PDF, ZIP, CSV, MARKDOWN, MP4, MOV, WEBM, M4A, MP3, OGG, WAV, FLAC,
    *OFFICE_FOLDERS.values(), *DECLARED.values(),
)  # fmt: skip
KNOWN_ENDINGS = frozenset(ending for one in _ALL for ending in one.endings) | {"html", "htm", "xhtml", "txt"}

_TABLE = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"\x1aE\xdf\xa3", WEBM),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"\xff\xf2", MP3),
    (b"OggS", OGG),
    (b"fLaC", FLAC),
)

_BRANDS = {
    b"avif": AVIF, b"avis": AVIF,
    b"heic": HEIC, b"heix": HEIC, b"mif1": HEIC, b"msf1": HEIC, b"hevc": HEIC,
    b"M4A ": M4A, b"M4B ": M4A, b"qt  ": MOV,
}  # fmt: skip
"""Main brands of ISO base media files (``ftyp``); every other one is taken for MP4."""

_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"\0asm", b"dex\n", b"L\0\0\0\x01\x14\x02\0",
)  # fmt: skip
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPAQUE = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")


def is_program(head: bytes) -> bool:
    """Whether the content begins as programs of Windows, Linux, macOS, Java, Android and browsers do."""
    return head.startswith(_PROGRAMS)


def is_other_archive(head: bytes) -> bool:
    """Whether it is packed in a way that is not looked into."""
    return head.startswith(_OPAQUE) or head[257:262] == b"ustar"


def from_head(head: bytes) -> FileType | None:
    """The type that the first bytes name; text and what is unknown give None."""
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], MP4)
    return next((one for magic, one in _TABLE if head.startswith(magic)), None)
