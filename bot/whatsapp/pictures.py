"""Files of ours in a form WhatsApp takes: JPEG and PNG up to 5 MB as pictures, PDF up to 100 MB as documents."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from bot.errors import LiaisonError

LARGEST_IMAGE = 5 * 1024 * 1024
LARGEST_DOCUMENT = 100 * 1024 * 1024
_AS_IT_IS = ("image/jpeg", "image/png")
_LONGEST_SIDE = 2560


class NotSendable(LiaisonError):
    """A message is over a limit of WhatsApp or of a form it does not take; the text says which."""


def sendable(content: bytes, kind: str) -> tuple[bytes, str]:
    """Return the file and its type as WhatsApp takes it; raises NotSendable."""
    if not kind.startswith("image/"):
        if len(content) > LARGEST_DOCUMENT:
            raise NotSendable("the document has more than 100 MB")
        return content, kind
    if kind in _AS_IT_IS and len(content) <= LARGEST_IMAGE:
        return content, kind
    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as image:
            plain = image.convert("RGB")
            plain.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            plain.save(made, "JPEG", quality=85)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as err:
        raise NotSendable(f"a picture of type {kind} cannot be sent; send it as JPEG or PNG") from err
    if made.tell() > LARGEST_IMAGE:
        raise NotSendable("the picture has more than 5 MB")
    return made.getvalue(), "image/jpeg"
