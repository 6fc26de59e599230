"""Everything that is done to money. Each function is one step that is safe to repeat."""

from refunds.operations.by_hand import confirm_by_hand, mark_failed, mark_returned
from refunds.operations.captures import Capture, capture_from_gateway, record_capture, record_manual_payment
from refunds.operations.checkouts import close_checkouts, open_checkout, start_checkout
from refunds.operations.claim import Lease, claim_due, release_expired_leases
from refunds.operations.grant import Allocation, request_refund, request_refunds
from refunds.operations.outcome import apply_outcome
from refunds.operations.process import process_refund
from refunds.operations.try_again import pay_another_way, resolve_unknown, retry

__all__ = [
    "Allocation",
    "Capture",
    "Lease",
    "apply_outcome",
    "capture_from_gateway",
    "claim_due",
    "close_checkouts",
    "confirm_by_hand",
    "mark_failed",
    "mark_returned",
    "open_checkout",
    "pay_another_way",
    "process_refund",
    "record_capture",
    "record_manual_payment",
    "release_expired_leases",
    "request_refund",
    "request_refunds",
    "resolve_unknown",
    "retry",
    "start_checkout",
]
