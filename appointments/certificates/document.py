"""The certificate as a PDF: one page, the same bytes each time, made without network or fonts of the machine."""

import io
import json
from functools import cache
from pathlib import Path
from typing import Literal

import segno
import typst
from django.utils.translation import override

from appointments.certificates.wording import words_of
from appointments.models import Certificate

Standard = Literal["a-2a"] | None

_HERE = Path(__file__).parent
#: For keeping: PDF/A-2 with tags for screen readers. Where a name has letters that no font here has, it cannot be promised.
_ARCHIVAL: Standard = "a-2a"


def certificate_pdf(certificate: Certificate) -> bytes:
    """Return the document in the language it was issued in. Two calls give the same bytes."""
    with override(certificate.language):
        words = words_of(certificate)
    inputs = {"data": json.dumps(words), "qr": _qr_code(words["verify"]["url"])}
    try:
        return _compile(inputs, _ARCHIVAL, int(certificate.issued_at.timestamp()))
    except typst.TypstError:
        return _compile(inputs, None, int(certificate.issued_at.timestamp()))


def _compile(inputs: dict[str, str], standard: Standard, made_at: int) -> bytes:
    # What is shown goes in as data, so that nothing in it is ever read as markup; `root` keeps the page from other files.
    return typst.compile(
        str(_HERE / "certificate.typ"),
        root=str(_HERE),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs=inputs,
        pdf_standards=standard,
        timestamp=made_at,
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_HERE / "fonts")])


def _qr_code(url: str) -> str:
    """Return the address as a square of black and white, as SVG."""
    buffer = io.BytesIO()
    segno.make(url, error="m", micro=False).save(buffer, kind="svg", border=0, xmldecl=False)
    return buffer.getvalue().decode()
