"""The refund desk: sees everything, edits nothing, and decides through operations."""

from refunds.admin.bank import BankBatchAdmin
from refunds.admin.books import AuditRunAdmin, IncidentAdmin, LedgerEntryAdmin, PaymentAdmin
from refunds.admin.desk import RefundAdmin
from refunds.admin.outside import BreakerAdmin, DisputeAdmin, OutsideRefundAdmin
from refunds.admin.scope import scope_by

__all__ = [
    "AuditRunAdmin",
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
