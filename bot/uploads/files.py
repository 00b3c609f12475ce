"""Files of buyers: checked by content, stored under random names outside any served folder."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import filetype
import regex
from PIL import Image, UnidentifiedImageError

from bot.conversations.store import Upload
from bot.errors import LiaisonError

LARGEST_FILE = 10 * 1024 * 1024
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/heic")
TYPES = (*IMAGE_TYPES, "application/pdf")
_MOST_PIXELS = 50_000_000
_SMALL = (256, 256)
SOUND_AND_VIDEO_TYPES = (
    "audio/ogg", "audio/opus", "audio/mpeg", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac", "audio/amr",
    "video/mp4", "video/x-m4v", "video/3gpp", "video/quicktime",
)  # fmt: skip
"""What messengers record; a colleague can hear and see it."""
_PIECE = 64 * 1024
_LONGEST_NAME = 120
_ID = regex.compile(r"[0-9a-f]{32}")
_NO_NAME = regex.compile(r"[\p{C}\p{Z}/\\:*?\"<>|]+")


class FileRefused(LiaisonError):
    """A file is not taken. ``code``: empty, too_large, too_many_pixels, type or damaged; the message tells what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FileGone(LiaisonError):
    """A file is not, or no longer, in the store."""


@dataclass(frozen=True)
class FileStore:
    """A folder; every file lies in a subfolder named by the first letters of its id."""

    folder: Path

    def keep(self, content: bytes, *, name: str, types: tuple[str, ...] = TYPES, largest: int = LARGEST_FILE) -> Upload:
        """Check and store a file of at most ``largest`` bytes; raises FileRefused for what is none of ``types``."""
        kind = checked_type(content, types=types, largest=largest)
        upload = Upload(secrets.token_hex(16), kind, len(content), hashlib.sha256(content).hexdigest(), safe_name(name))
        path = self._path(upload.id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return upload

    def read(self, upload_id: str) -> Iterator[bytes]:
        """Return the content in pieces; raises FileGone."""
        try:
            file = self._path(upload_id).open("rb")
        except OSError as err:
            raise FileGone("There is no such file.") from err
        return _pieces(file)

    def _path(self, upload_id: str) -> Path:
        if not _ID.fullmatch(upload_id):
            raise FileGone("There is no such file.")
        return self.folder / upload_id[:2] / upload_id


def _pieces(file: io.BufferedReader) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def checked_type(content: bytes, *, types: tuple[str, ...] = TYPES, largest: int = LARGEST_FILE) -> str:
    """Return the media type found in ``content``; what it was called or declared does not count."""
    if not content:
        raise FileRefused("empty", "The file is empty.")
    if len(content) > largest:
        raise FileRefused("too_large", f"The file may have at most {largest // 1024 // 1024} MB.")
    kind = str(filetype.guess_mime(content) or "")
    if kind not in types:
        raise FileRefused("type", "Please send a photo (JPEG, PNG, WebP, GIF, HEIC) or a PDF.")
    if kind in IMAGE_TYPES and kind != "image/heic":
        _check_image(content)
    return kind


def _check_image(content: bytes) -> None:
    damaged = FileRefused("damaged", "The picture is damaged. Please take or save it again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as image:
                if image.width * image.height > _MOST_PIXELS:
                    raise FileRefused("too_many_pixels", "The picture has too many pixels.")
                image.draft("RGB", _SMALL)  # where the format can, it is decoded small; all of it is read
                image.load()
    except FileRefused:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as err:
        raise damaged from err


def safe_name(name: str) -> str:
    """Return ``name`` without folders and signs that mean something to file systems or headers."""
    cleaned = _NO_NAME.sub(" ", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    return cleaned[-_LONGEST_NAME:] or "file"
