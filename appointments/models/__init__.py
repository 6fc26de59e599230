"""What is stored about appointments."""

from appointments.models.additions import WITH_ADDITIONS, MessageAddition
from appointments.models.appointment import Appointment, Chain
from appointments.models.calendar import CalendarFeed, FeedOf
from appointments.models.carers import AgentVisit, CarerRelation
from appointments.models.certificates import Certificate
from appointments.models.closed_day import ClosedDay
from appointments.models.contacts import ContactChange
from appointments.models.events import AppointmentEvent, EventKind
from appointments.models.exports import ExportKind, FileFormat, ListExport
from appointments.models.history import HistoryCheck
from appointments.models.hours import HolidayYear, PlannedLeave, Weekday, WeeklyHours
from appointments.models.id_numbers import IdNumberNote
from appointments.models.late_request import DocumentLook, LateDocument, LateRequest, LateRule, LateState, LateWish
from appointments.models.leave import CaseState, EmergencyLeave, LeaveAlternative, LeaveCase
from appointments.models.links import ManageLink, SecurityCode
from appointments.models.outbox import DeliveryReport, MessageKind, MessageWay, OutboxMessage
from appointments.models.override import OverrideRequest, OverrideState
from appointments.models.partners import ApiKey, Partner, PartnerPatient, StoredAnswer
from appointments.models.patient_apps import AppConsent, PatientApp
from appointments.models.people import MessagesBy, Patient, User
from appointments.models.reasons import ReasonCode
from appointments.models.reminder import Reminder
from appointments.models.scheduling import Centre, Channel, Doctor, SecondStep, Slot
from appointments.models.waiting import EntryState, OfferState, SlotOffer, WaitingEntry
from appointments.models.webhooks import (
    WebhookBookmark,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookKind,
    WebhookMessage,
    WebhookTry,
)

__all__ = [
    "WITH_ADDITIONS",
    "AgentVisit",
    "ApiKey",
    "AppConsent",
    "Appointment",
    "AppointmentEvent",
    "CalendarFeed",
    "CarerRelation",
    "CaseState",
    "Centre",
    "Certificate",
    "Chain",
    "Channel",
    "ClosedDay",
    "ContactChange",
    "DeliveryReport",
    "Doctor",
    "DocumentLook",
    "EmergencyLeave",
    "EntryState",
    "EventKind",
    "ExportKind",
    "FeedOf",
    "FileFormat",
    "HistoryCheck",
    "HolidayYear",
    "IdNumberNote",
    "LateDocument",
    "LateRequest",
    "LateRule",
    "LateState",
    "LateWish",
    "LeaveAlternative",
    "LeaveCase",
    "ListExport",
    "ManageLink",
    "MessageAddition",
    "MessageKind",
    "MessageWay",
    "MessagesBy",
    "OfferState",
    "OutboxMessage",
    "OverrideRequest",
    "OverrideState",
    "Partner",
    "PartnerPatient",
    "Patient",
    "PatientApp",
    "PlannedLeave",
    "ReasonCode",
    "Reminder",
    "SecondStep",
    "SecurityCode",
    "Slot",
    "SlotOffer",
    "StoredAnswer",
    "User",
    "WaitingEntry",
    "WebhookBookmark",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookKind",
    "WebhookMessage",
    "WebhookTry",
    "Weekday",
    "WeeklyHours",
]
