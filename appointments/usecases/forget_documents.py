"""Destroy documents of late requests whose time is over. What was asked, and who looked at the document, stays."""

from datetime import datetime, timedelta

from django.conf import settings

from appointments.late import queries, storage
from appointments.models import LateDocument

#: How long a file may lie that no row names (a crash between the two): longer than any upload takes.
_ORPHAN_AFTER = timedelta(days=1)


def due_documents(*, now: datetime, limit: int) -> list[LateDocument]:
    """Return documents that are still kept LATE_DOCUMENT_DAYS after the answer."""
    return queries.documents_to_destroy(before=now - timedelta(days=settings.LATE_DOCUMENT_DAYS), limit=limit)


def destroy_document(*, document: LateDocument, now: datetime) -> None:
    """Remove the file, then write down that it went: after a crash in between the next run finds the row again."""
    storage.discard(document.stored_as)
    LateDocument.objects.filter(pk=document.pk, destroyed_at__isnull=True).update(destroyed_at=now)


def orphaned_files(*, now: datetime) -> list[str]:
    """Return the names of files older than a day that no request names."""
    names = storage.names_written(before=now - _ORPHAN_AFTER)
    known = set(LateDocument.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))
    return [name for name in names if name not in known]
