"""Destroy documents of late requests whose time is over. What was asked, and who looked at the document, stays."""

from datetime import datetime, timedelta

from django.conf import settings

from appointments.late import storage
from appointments.late.queries import documents_to_destroy
from appointments.models import LateDocument

#: How long a file may lie that no row names (a crash between the two): longer than any upload takes.
_ORPHAN_AFTER = timedelta(days=1)


def forget_documents(*, now: datetime, limit: int) -> int:
    """Destroy documents LATE_DOCUMENT_DAYS after the answer, and files that no request names. Returns how many files went.

    The file goes first: after a crash in between the next run finds the row again, and has no file left to miss.
    """
    before = now - timedelta(days=settings.LATE_DOCUMENT_DAYS)
    due = documents_to_destroy(before=before, limit=limit)
    for document in due:
        storage.discard(document.stored_as)
        LateDocument.objects.filter(pk=document.pk, destroyed_at__isnull=True).update(destroyed_at=now)
    orphans = _orphans(now=now)
    for name in orphans:
        storage.discard(name)
    return len(due) + len(orphans)


def _orphans(*, now: datetime) -> list[str]:
    names = storage.names_written(before=now - _ORPHAN_AFTER)
    known = set(LateDocument.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))
    return [name for name in names if name not in known]
