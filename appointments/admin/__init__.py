"""The desks of staff and doctors. What they may see is said once, in `scope`, for the refund desk too."""

from appointments.admin.additions import AdditionAdmin
from appointments.admin.agents import AgentVisitAdmin
from appointments.admin.appointment import AppointmentAdmin
from appointments.admin.carers import CarerAdmin
from appointments.admin.exports import ExportAdmin
from appointments.admin.history import HistoryCheckAdmin
from appointments.admin.hours.admin import HoursAdmin
from appointments.admin.hours.closed import ClosedDayAdmin
from appointments.admin.hours.leave import PlannedLeaveAdmin
from appointments.admin.late_requests import LateRequestAdmin, LateRuleAdmin
from appointments.admin.leave.admin import EmergencyLeaveAdmin
from appointments.admin.outbox import OutboxAdmin
from appointments.admin.overrides import OverrideAdmin
from appointments.admin.partners import PartnerAdmin
from appointments.admin.patient_apps import PatientAppAdmin
from appointments.admin.people import AccountAdmin, PatientAdmin, ReasonAdmin, RoleAdmin
from appointments.admin.scheduling import CentreAdmin, ChannelAdmin, DoctorAdmin
from appointments.admin.scope import visible_money
from appointments.admin.slots import SlotAdmin
from appointments.admin.waiting import SlotOfferAdmin, WaitingEntryAdmin
from appointments.admin.webhook_log import DeliveryAdmin
from appointments.admin.webhooks import EndpointAdmin
from appointments.contacts import concerned_staff
from refunds.admin import scope_by
from refunds.bank.holds import concerned_by

scope_by(visible_money)
concerned_by(concerned_staff)

__all__ = [
    "AccountAdmin",
    "AdditionAdmin",
    "AgentVisitAdmin",
    "AppointmentAdmin",
    "CarerAdmin",
    "CentreAdmin",
    "ChannelAdmin",
    "ClosedDayAdmin",
    "DeliveryAdmin",
    "DoctorAdmin",
    "EmergencyLeaveAdmin",
    "EndpointAdmin",
    "ExportAdmin",
    "HistoryCheckAdmin",
    "HoursAdmin",
    "LateRequestAdmin",
    "LateRuleAdmin",
    "OutboxAdmin",
    "OverrideAdmin",
    "PartnerAdmin",
    "PatientAdmin",
    "PatientAppAdmin",
    "PlannedLeaveAdmin",
    "ReasonAdmin",
    "RoleAdmin",
    "SlotAdmin",
    "SlotOfferAdmin",
    "WaitingEntryAdmin",
]
