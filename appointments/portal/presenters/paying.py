"""What the page after a payment shows while the new time is not booked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from appointments.models import Appointment
from appointments.portal.presenters.common import money, page_about
from appointments.portal.presenters.tracking import refund_links
from appointments.wording.formats import format_held_until, format_moment
from refunds import queries as refund_queries
from refunds.models import CheckoutState
from refunds.operations import Capture


def payment_page(checkout_id: UUID, draft: Appointment, capture: Capture | None, *, now: datetime) -> dict[str, Any]:
    """Return what the page shows: checking, declined, too late, or paid too late and on its way back.

    With `is_booking` it is about a time that is held, and no appointment stands behind it.
    """
    checkout = refund_queries.checkout(checkout_id=checkout_id)
    assert checkout is not None  # the view has found it
    about = draft.replaces or draft
    is_held = draft.status == Appointment.Status.DRAFT and draft.hold_expires_at is not None
    refunds = refund_queries.refunds_for(cause=f"late:{capture.payment.pk}") if capture else ()
    return page_about(
        about,
        amount=money(checkout.amount, draft),
        new_when=format_moment(draft.slot.starts_at, centre=draft.centre),
        is_booking=draft.replaces is None,
        is_declined=checkout.state == CheckoutState.DECLINED,
        is_over=not is_held or (draft.hold_expires_at or now) <= now,
        has_paid=capture is not None,
        refund_links=refund_links(refunds, about),
        held_until=format_held_until(draft.hold_expires_at or now, centre=draft.centre, now=now),
    )
