"""What a patient uploads: told by its content, never by its name, and refused when it is anything else."""

import zlib
from dataclasses import dataclass
from enum import StrEnum

from appointments.models.late_request import LateDocument

MOST_BYTES = 5 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_TRAILING = b"\r\n\t \x00"


class Problem(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    WRONG_KIND = "wrong_kind"


class UploadRefusedError(Exception):
    """The file is not taken; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        """Keep why."""
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was looked at and found to be what it says."""

    kind: LateDocument.Kind
    content: bytes


def checked_upload(content: bytes) -> Upload:
    """Return the file with its kind, PDF, JPEG or PNG, whole from its first to its last byte. Raises UploadRefusedError."""
    if not content:
        raise UploadRefusedError(Problem.EMPTY)
    if len(content) > MOST_BYTES:
        raise UploadRefusedError(Problem.TOO_BIG)
    if _is_pdf(content):
        return Upload(LateDocument.Kind.PDF, content)
    if _is_jpeg(content):
        return Upload(LateDocument.Kind.JPEG, content)
    if _is_png(content):
        return Upload(LateDocument.Kind.PNG, content)
    raise UploadRefusedError(Problem.WRONG_KIND)


def _is_pdf(content: bytes) -> bool:
    """Tell whether it starts and ends as a PDF; some programs write an empty line after the end."""
    return content.startswith(b"%PDF-") and content.rstrip(_TRAILING).endswith(b"%%EOF")


def _is_jpeg(content: bytes) -> bool:
    """Walk the segments up to the picture itself; what does not hang together is none."""
    if not content.startswith(b"\xff\xd8\xff") or not content.rstrip(b"\x00").endswith(b"\xff\xd9"):
        return False
    at, seen_size = 2, False
    while at + 4 <= len(content):
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at] != 0xFF or length < 2:
            return False
        if marker == 0xDA:  # the picture's data; everything before it was well formed
            return seen_size
        # The frame header, with width and height; C4, C8 and CC are tables.
        seen_size = seen_size or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC))
        at += 2 + length
    return False


def _is_png(content: bytes) -> bool:
    """Walk all chunks and check each sum; nothing may follow the last one."""
    if not content.startswith(_PNG):
        return False
    at, first, size = len(_PNG), True, len(content)
    while at + 12 <= size:
        length = int.from_bytes(content[at : at + 4], "big")
        name, end = content[at + 4 : at + 8], at + 8 + length
        if end + 4 > size or (first and name != b"IHDR"):
            return False
        if zlib.crc32(content[at + 4 : end]) != int.from_bytes(content[end : end + 4], "big"):
            return False
        if name == b"IEND":
            return end + 4 == size
        at, first = end + 4, False
    return False
