"""What is taken as a document, told by content."""

import io
import zipfile

import pytest

from appointments.late.uploads import MOST_BYTES, Problem, UploadRefusedError, checked_upload
from appointments.models import LateDocument
from tests.appointments.late.files import JPEG, PDF, PNG, chunk

Kind = LateDocument.Kind


def office_file() -> bytes:
    """A zip of ten megabytes of nothing, as an office program names it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\x00" * 10_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, Kind.PDF), (PDF + b"\r\n", Kind.PDF), (JPEG, Kind.JPEG), (PNG, Kind.PNG)],
)
def test_upload_when_whole(content: bytes, kind: str) -> None:
    assert checked_upload(content).kind == kind


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>%PDF-1.4 %%EOF",
        b"GIF89a",
        office_file(),
        PDF[:-6],
        PDF + b"<script>alert(1)</script>",
        JPEG[:-2],
        JPEG[:3] + b"\x00\x01" + JPEG[5:],
        JPEG + b"<?php",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xda\x00\x02\xff\xd9",
        PNG[:-1],
        PNG + b"PK\x03\x04",
        PNG.replace(b"IDAT", b"IDAX"),
        PNG[:8] + chunk(b"IEND"),
        b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xffIHDR",
    ],
)
def test_upload_when_it_is_something_else(content: bytes) -> None:
    with pytest.raises(UploadRefusedError) as refused:
        checked_upload(content)

    assert refused.value.problem is Problem.WRONG_KIND


def test_upload_when_empty() -> None:
    with pytest.raises(UploadRefusedError) as refused:
        checked_upload(b"")

    assert refused.value.problem is Problem.EMPTY


def test_upload_when_a_byte_too_long() -> None:
    body = PDF[:-6] + b" " * (MOST_BYTES - len(PDF)) + PDF[-6:]

    assert checked_upload(body).kind == Kind.PDF
    with pytest.raises(UploadRefusedError) as refused:
        checked_upload(body + b"\n")
    assert refused.value.problem is Problem.TOO_BIG
