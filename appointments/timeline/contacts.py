"""Messages and what became of them, links and codes, changes of contact details and of records, as entries."""

from collections.abc import Iterable, Iterator

from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext as _

from appointments.models import (
    AgentVisit,
    CarerRelation,
    ContactChange,
    DeliveryReport,
    HistoryCheck,
    IdNumberNote,
    ManageLink,
    OutboxMessage,
    SecurityCode,
    WebhookDelivery,
)
from appointments.timeline.entries import Entry, Topic
from appointments.wording.contacts import describe_change, mask_address
from policies.models import PolicyVersion


def of_messages(messages: Iterable[OutboxMessage]) -> Iterator[Entry]:
    """Yield when messages were written and sent. Their text stays in the outbox, addresses are masked."""
    for message in messages:
        what = {"kind": message.get_kind_display()}
        facts = (
            (_("By"), message.get_way_display()),
            (_("To"), mask_address(message.recipient)),
            (_("State"), message.get_state_display()),
            (_("Tries"), str(message.tries)),
            (_("Problem"), message.error),
        )
        about = message.event.appointment.reference
        yield Entry(
            at=message.created_at,
            topic=Topic.MESSAGE,
            what=_("Message written: %(kind)s") % what,
            about=about,
            number=message.pk,
            facts=facts,
        )
        if message.sent_at:
            yield Entry(
                at=message.sent_at,
                topic=Topic.MESSAGE,
                what=_("Message sent: %(kind)s") % what,
                about=about,
                number=message.pk,
                facts=facts[:2],
            )


def of_reports(reports: Iterable[DeliveryReport]) -> Iterator[Entry]:
    """Yield what carriers say became of messages."""
    for report in reports:
        yield Entry(
            at=report.received_at,
            topic=Topic.MESSAGE,
            what=_("Message: %(outcome)s") % {"outcome": report.get_outcome_display()},
            who=report.provider,
            number=report.pk,
            facts=((_("Reason"), report.reason), (_("Number at the provider"), report.message_number)),
        )


def of_webhooks(deliveries: Iterable[WebhookDelivery]) -> Iterator[Entry]:
    """Yield what partners' programs were told."""
    for delivery in deliveries:
        yield Entry(
            at=delivery.delivered_at or delivery.message.at,
            topic=Topic.MESSAGE,
            what=_("Webhook %(kind)s: %(state)s")
            % {"kind": delivery.message.kind, "state": delivery.get_state_display()},
            about=delivery.message.subject,
            number=delivery.pk,
            facts=(
                (_("Address"), delivery.endpoint.url),
                (_("Tries"), str(delivery.tries)),
                (_("Problem"), delivery.problem),
            ),
        )


def of_links(links: Iterable[ManageLink]) -> Iterator[Entry]:
    """Yield when links to a booking were issued and taken back."""
    for link in links:
        name = _("Link %(number)d") % {"number": link.pk}
        yield Entry(
            at=link.issued_at,
            topic=Topic.ACCESS,
            what=_("Link to the booking issued"),
            number=link.pk,
            facts=((_("Link"), name), (_("Wrong answers"), str(link.wrong_answers))),
        )
        if link.revoked_at:
            yield Entry(
                at=link.revoked_at,
                topic=Topic.ACCESS,
                what=_("Link to the booking taken back"),
                number=link.pk,
                facts=((_("Link"), name),),
            )


def of_codes(codes: Iterable[SecurityCode]) -> Iterator[Entry]:
    """Yield when security codes were asked for, and when one let somebody in."""
    for code in codes:
        way = _("Link %(number)d") % {"number": code.link_id} if code.link_id else _("Look-up by reference")
        yield Entry(
            at=code.asked_at,
            topic=Topic.ACCESS,
            what=_("Security code asked for"),
            facts=((_("By"), way), (_("Answers"), str(code.answers))),
        )
        if code.used_at:
            yield Entry(
                at=code.used_at,
                topic=Topic.ACCESS,
                what=_("Security code used up"),
                number=1,
                facts=((_("By"), way),),
            )


def of_contact_changes(changes: Iterable[ContactChange]) -> Iterator[Entry]:
    """Yield how the patient was reached before, masked."""
    for change in changes:
        yield Entry(
            at=change.at,
            topic=Topic.RECORD,
            what=_("Contact details changed"),
            who=change.actor_label,
            number=change.pk,
            facts=tuple((_("What"), line) for line in describe_change(change)),
        )


def of_id_numbers(notes: Iterable[IdNumberNote]) -> Iterator[Entry]:
    """Yield what was done with the patient's ID number, never the number."""
    for note in notes:
        what = _("ID number: %(deed)s") % {"deed": note.get_kind_display()}
        facts = ((_("What for"), note.purpose),)
        yield Entry(at=note.at, topic=Topic.RECORD, what=what, who=note.actor_label, number=note.pk, facts=facts)


def of_agent_visits(visits: Iterable[AgentVisit]) -> Iterator[Entry]:
    """Yield who came to the desk to act for the patient, and received by whom."""
    for visit in visits:
        relation = visit.relation.get_relation_display() if visit.relation else ""
        yield Entry(
            at=visit.at,
            topic=Topic.ACCESS,
            what=_("An agent came to the desk"),
            who=f"staff:{visit.user_id}",
            about=visit.reference,
            number=visit.pk,
            facts=((_("Relation"), relation), (_("What for"), visit.purpose)),
        )


def of_carers(relations: Iterable[CarerRelation]) -> Iterator[Entry]:
    """Yield who was asked to act for the patient, and until when they could."""
    for one in relations:
        facts = ((_("Relation"), one.get_relation_display()), (_("Rights"), one.get_rights_display()))
        steps = (
            (one.invited_at, _("Somebody asked to act for the patient"), one.invited_by),
            (one.accepted_at, _("Somebody acts for the patient"), ""),
            (one.ended_at, _("Somebody no longer acts for the patient"), one.ended_by),
        )
        for number, (at, what, who) in enumerate(steps):
            if at:
                yield Entry(at=at, topic=Topic.ACCESS, what=what, who=who, number=number, facts=facts)


def of_log(entries: Iterable[LogEntry]) -> Iterator[Entry]:
    """Yield what was changed on the admin's own forms."""
    for entry in entries:
        yield Entry(
            at=entry.action_time,
            topic=Topic.RECORD,
            what=entry.get_change_message() or entry.get_action_flag_display(),
            who=f"{entry.user}, account {entry.user_id}",
            number=entry.pk,
        )


def of_version(version: PolicyVersion) -> Iterator[Entry]:
    """Yield when a version was drafted, published and took effect."""
    steps = (
        (version.drafted_at, _("Drafted"), version.drafted_by),
        (version.published_at, _("Published"), version.published_by),
        (version.effective_from, _("In force from here on"), ""),
    )
    for number, (at, what, who) in enumerate(steps):
        if at:
            yield Entry(at=at, topic=Topic.RECORD, what=what, who=who, number=number)


def of_checks(checks: Iterable[HistoryCheck]) -> Iterator[Entry]:
    """Yield who compared a version with the past."""
    for check in checks:
        yield Entry(
            at=check.asked_at,
            topic=Topic.RECORD,
            what=_("Compared with the last 90 days"),
            who=check.asked_by,
            number=check.pk,
            facts=((_("Cancellations"), str(check.done)),),
        )
