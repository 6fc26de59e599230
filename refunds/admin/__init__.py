"""The refund desk: sees everything, edits nothing, and decides through operations."""

from refunds.admin.bank import BankBatchAdmin
from refunds.admin.books import IncidentAdmin, LedgerEntryAdmin, PaymentAdmin
from refunds.admin.desk import RefundAdmin
from refunds.admin.outside import BreakerAdmin, DisputeAdmin, OutsideRefundAdmin
from refunds.admin.scope import scope_by

__all__ = [
    "BankBatchAdmin",
    "BreakerAdmin",
    "DisputeAdmin",
    "IncidentAdmin",
    "LedgerEntryAdmin",
    "OutsideRefundAdmin",
    "PaymentAdmin",
    "RefundAdmin",
    "scope_by",
]
