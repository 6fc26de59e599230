"""Change how a patient is reached or signs in: the one place for it, because refunds follow the address."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress

from appointments import payouts
from appointments.actor import Actor
from appointments.locks import lock_patient
from appointments.models import (
    AppointmentEvent,
    ContactChange,
    MessageKind,
    MessagesBy,
    MessageWay,
    OutboxMessage,
    Patient,
    User,
)
from appointments.models.people import plain_phone
from appointments.reach import text_number
from appointments.telling import write_message
from appointments.transactions import in_one_transaction
from refunds.bank import links
from refunds.models import Refund, RefundStatus

_WITH_LINKS = (MessageKind.PAYOUT_ASKED, MessageKind.REFUND_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a patient is reached, and whose account sees the appointments (its key). Empty where there is none."""

    email: str = ""
    phone: str = ""
    account: int | None = None

    @classmethod
    def of(cls, patient: Patient) -> "Contact":
        """Return what is on record."""
        return cls(email=patient.email, phone=patient.phone, account=patient.user_id)

    def as_texts(self) -> dict[str, str]:
        """Return every part as it is compared and kept."""
        return {
            "email": self.email.strip(),
            "phone": plain_phone(self.phone),
            "account": str(self.account) if self.account else "",
        }


@in_one_transaction
def change_contact(*, patient_id: int, to: Contact, actor: Actor, now: datetime) -> ContactChange | None:
    """Write down who changed what, tell the old and the new address, and take back every open link that asks for bank details.

    Returns None, and changes nothing, where nothing differs. Raises Patient.DoesNotExist.
    """
    patient = lock_patient(patient_id=patient_id)
    wanted = to.as_texts()
    change = _note(patient, before=Contact.of(patient).as_texts(), after=wanted, actor=actor, now=now)
    if change is None:
        return None
    old = Contact.of(patient)
    patient.email, patient.phone, patient.user_id = wanted["email"], wanted["phone"], to.account
    patient.save(update_fields=["email", "phone", "user"])
    _follow(change, old=old, now=now)
    return change


@in_one_transaction
def change_sign_in(
    *, user_id: int, email: str | None, phone: str | None, actor: Actor, now: datetime
) -> ContactChange | None:
    """Change what an account signs in with. Where it is a patient's, that is a change of contact details like any other.

    Raises User.DoesNotExist, and IntegrityError for an address that another account has.
    """
    user = User.objects.get(pk=user_id)
    patient_id = Patient.objects.filter(user=user).values_list("pk", flat=True).first()
    patient = lock_patient(patient_id=patient_id) if patient_id else None
    before = {"login_email": user.email or "", "login_phone": user.phone or ""}
    user.email = email.strip().lower() if email else None
    user.phone = plain_phone(phone) if phone else None
    user.save(update_fields=["email", "phone"])
    # What the account proved before signs nobody in any more.
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email or "").delete()
    if patient is None:
        return None
    after = {"login_email": user.email or "", "login_phone": user.phone or ""}
    change = _note(patient, before=before, after=after, actor=actor, now=now)
    if change is not None:
        _follow(change, old=Contact(email=before["login_email"], phone=before["login_phone"]), now=now)
    return change


def _note(
    patient: Patient, *, before: dict[str, str], after: dict[str, str], actor: Actor, now: datetime
) -> ContactChange | None:
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return None
    return ContactChange.objects.create(
        patient=patient,
        at=now,
        actor_kind=actor.kind,
        actor_label=actor.label,
        actor_user_id=actor.user_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def _follow(change: ContactChange, *, old: Contact, now: datetime) -> None:
    """Do what follows from a change: links, waiting mails, and the news of it."""
    patient = change.patient
    sources = [chain.source for chain in patient.chains.all()]
    revoked = links.revoke_links_of_sources(sources=sources, now=now)
    # What waits with a link in it would make a new one for an address that may no longer be the patient's.
    waiting = OutboxMessage.objects.filter(patient=patient, state=OutboxMessage.State.WAITING, kind__in=_WITH_LINKS)
    waiting.filter(way=MessageWay.EMAIL).update(recipient=patient.email)
    waiting.filter(way=MessageWay.SMS).update(recipient=text_number(patient.phone))
    for refund in Refund.objects.filter(pk__in=revoked):
        _ask_again(refund, once=f"contact-{change.pk}", now=now)
    event = _newest_event(patient)
    if event is None:
        return  # never booked: no refund, and nobody at that address has heard of us
    for number, address in enumerate(_told(patient, old=old), start=1):
        write_message(
            event=event,
            kind=MessageKind.CONTACT_CHANGED,
            now=now,
            once=f"{number}:{change.pk}",
            recipient=address,
        )


def _ask_again(refund: Refund, *, once: str, now: datetime) -> None:
    """Ask the patient at the new address; until then nobody can say where the money goes."""
    event = payouts.event_of(refund)
    if event is None or not payouts.can_choose(refund):
        return
    failed = refund.status == RefundStatus.FAILED
    kind = MessageKind.REFUND_FAILED if failed else MessageKind.PAYOUT_ASKED
    write_message(event=event, kind=kind, now=now, refund=refund.pk, once=once)


def _told(patient: Patient, *, old: Contact) -> list[str]:
    """Return the old and the new address; the phone numbers too of who gets text messages."""
    emails = {old.email, patient.email} - {""}
    texts = patient.messages_by != MessagesBy.EMAIL or not emails
    numbers = {text_number(old.phone), text_number(patient.phone)} - {""} if texts else set[str]()
    return sorted(emails | numbers) or [""]


def _newest_event(patient: Patient) -> AppointmentEvent | None:
    events = AppointmentEvent.objects.filter(appointment__chain__patient=patient)
    return events.select_related("appointment__chain__patient").order_by("-at", "-sequence").first()
