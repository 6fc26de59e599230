"""Open a patient's document: whoever does is written down first, with the purpose."""

from datetime import datetime

from appointments.models import DocumentLook, LateDocument, User
from appointments.transactions import in_one_transaction


@in_one_transaction
def open_document(*, document: LateDocument, user: User, purpose: str, now: datetime) -> DocumentLook:
    """Write down who opens a document and what for."""
    return DocumentLook.objects.create(document=document, user=user, purpose=purpose, at=now)
