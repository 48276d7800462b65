"""Pictures: their size, and a small one for lists. Decoding is bounded before it begins."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from eduplatform.domain.files.names import FileRefused
from eduplatform.i18n import N_

MAX_PIXELS = 50_000_000
"""What the largest common cameras make; decoded it is about 200 MB, in one of two threads."""
SMALL = 480
"""Longest side of the small picture, in pixels."""

_DAMAGED = N_("This picture is damaged or not what it says it is.")


@dataclass(frozen=True, slots=True)
class Picture:
    """Width and height as shown, in pixels, and the small picture (WebP without any of the camera's notes)."""

    width: int
    height: int
    small: bytes


def read_picture(path: Path, picture_format: str) -> Picture:
    """Decode a picture of one format.

    Args:
        path: The file.
        picture_format: Pillow's name of the format that the content began with; no other is tried.

    Raises:
        FileRefused: It is damaged, or has more pixels than may be decoded.
    """
    with warnings.catch_warnings():
        # Our own limit is checked before anything is decoded.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=[picture_format]) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise _too_many_pixels()
                image.draft("RGB", (SMALL * 2, SMALL * 2))
                turned = image.getexif().get(0x0112, 1) >= 5
                shown = ImageOps.exif_transpose(image)
                shown.thumbnail((SMALL, SMALL))
                small = shown.convert("RGBA" if shown.has_transparency_data else "RGB")
                target = BytesIO()
                small.save(target, "WEBP", quality=80, method=4)
        except Image.DecompressionBombError:
            raise _too_many_pixels() from None
        except (OSError, SyntaxError, ValueError) as error:
            raise FileRefused(_DAMAGED) from error
    return Picture(height if turned else width, width if turned else height, target.getvalue())


def _too_many_pixels() -> FileRefused:
    return FileRefused(
        N_("This picture has too many pixels: at most {limit} million."),
        params={"limit": MAX_PIXELS // 1_000_000},
    )
