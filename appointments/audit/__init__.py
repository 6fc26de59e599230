"""Every promise about appointments, slots and their money as one SQL query that finds what breaks it."""

from appointments.audit.leaves import LEAVES
from appointments.audit.money import MONEY
from appointments.audit.states import STATES
from appointments.audit.waiting import WAITING
from refunds.audit import PROMISES as REFUND_PROMISES
from refunds.audit import Promise

PROMISES: tuple[Promise, ...] = STATES + MONEY + LEAVES + WAITING + REFUND_PROMISES
