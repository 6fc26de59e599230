"""Where the money is. One file a table; transitions have empty bodies and are called by `refunds.record` alone."""

from refunds.models.attempt import RefundAttempt
from refunds.models.audit_run import AuditRun
from refunds.models.bank_batch import LIVE_ROW, OPEN_BATCH, BankBatch, BankBatchRow, BatchRowState, BatchState
from refunds.models.bank_payee import AccountKind, HoldReason, HoldRelease, PayoutLink, RefundPayee
from refunds.models.breaker import Breaker
from refunds.models.checkout import Checkout
from refunds.models.choices import (
    BY_HAND,
    MANUAL_GATEWAY,
    MONEY_HOLDING,
    Account,
    AttemptState,
    Channel,
    CheckoutState,
    DisputeState,
    EntryKind,
    InboxState,
    IncidentKind,
    Method,
    Purpose,
    RefundStatus,
    Way,
)
from refunds.models.event import RefundEvent
from refunds.models.gateway_event import GatewayEvent
from refunds.models.incident import Incident
from refunds.models.ledger_entry import LedgerEntry
from refunds.models.outside import Dispute, OutsideRefund
from refunds.models.payment import Payment
from refunds.models.refund import Refund
from refunds.models.sandbox import SandboxCharge, SandboxRefund, SandboxRequest

__all__ = [
    "BY_HAND",
    "LIVE_ROW",
    "MANUAL_GATEWAY",
    "MONEY_HOLDING",
    "OPEN_BATCH",
    "Account",
    "AccountKind",
    "AttemptState",
    "AuditRun",
    "BankBatch",
    "BankBatchRow",
    "BatchRowState",
    "BatchState",
    "Breaker",
    "Channel",
    "Checkout",
    "CheckoutState",
    "Dispute",
    "DisputeState",
    "EntryKind",
    "GatewayEvent",
    "HoldReason",
    "HoldRelease",
    "InboxState",
    "Incident",
    "IncidentKind",
    "LedgerEntry",
    "Method",
    "OutsideRefund",
    "Payment",
    "PayoutLink",
    "Purpose",
    "Refund",
    "RefundAttempt",
    "RefundEvent",
    "RefundPayee",
    "RefundStatus",
    "SandboxCharge",
    "SandboxRefund",
    "SandboxRequest",
    "Way",
]
