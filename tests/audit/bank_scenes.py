"""Rows of bank transfers to tamper with, and money that went back without us."""

from collections.abc import Callable
from dataclasses import replace

from cryptography.fernet import Fernet
from django.test import override_settings

from appointments.actor import Actor
from appointments.models import Appointment
from appointments.usecases.change_contact import Contact, change_contact
from appointments.usecases.outside import follow_outside_refunds
from appointments.usecases.payout import give_bank_details
from refunds.bank import batches, holds
from refunds.models import BankBatch, BankBatchRow, Payment, Refund, RefundPayee
from refunds.reconcile.outside import book_outside
from tests import factories
from tests.audit import scenes
from tests.audit.tampering import Keys
from tests.factories import NOW
from tests.refunds.bank.accounts import INDIA
from tests.refunds.fake import fact

_KEY = Fernet.generate_key().decode()


def _with_keys(scene: Callable[[], Keys]) -> Callable[[], Keys]:
    """Play the scene in a house that keeps bank details and wants four eyes."""
    return override_settings(BANK_DETAILS_KEYS=[_KEY], BANK_FOUR_EYES=True)(scene)


@_with_keys
def in_a_file() -> Keys:
    """In a bank file that somebody else has released."""
    keys = scenes.pending(method="bank_transfer")
    _give_details()
    made = batches.make_batch(currency="INR", file_format="neft", actor="staff:1", now=NOW)
    batches.release_batch(batch_id=made.pk, actor="staff:2", now=NOW)
    return {**scenes.keys_now(keys), **_file_keys()}


@_with_keys
def paid_by_file() -> Keys:
    """Paid by the bank."""
    keys = in_a_file()
    batches.mark_executed(batch_id=BankBatch.objects.get().pk, evidence="Statement 7", actor="staff:2", now=NOW)
    return {**scenes.keys_now(keys), **_file_keys()}


@_with_keys
def on_hold() -> Keys:
    """Details that came after a change of address; in no file."""
    keys = scenes.pending(method="bank_transfer")
    refund = Refund.objects.get()
    desk = factories.UserFactory.create(is_staff=True)
    patient = Appointment.objects.get(pk=keys["appointment"]).chain.patient
    change_contact(patient_id=patient.pk, to=Contact(email="new@example.org"), actor=Actor.staff(desk), now=NOW)
    _give_details()
    return {**keys, "changed_by": str(desk.pk), "payee": str(RefundPayee.objects.get(refund=refund).pk)}


@_with_keys
def released_hold() -> Keys:
    """The hold was released by somebody who had no hand in it."""
    keys = on_hold()
    release = holds.release_hold(refund_id=Refund.objects.get().pk, reason="Called", actor="staff:0", now=NOW)
    return {**keys, "release": str(release.pk)}


@_with_keys
def released_hold_in_a_file() -> Keys:
    """Released, and then put into a file."""
    keys = released_hold()
    batches.make_batch(currency="INR", file_format="neft", actor="staff:1", now=NOW)
    return {**keys, **_file_keys()}


def refunded_outside() -> Keys:
    """Booked; a part went back in the provider's dashboard, and the booking holds that much less."""
    keys = scenes.booked()
    payment = Payment.objects.get()
    found = replace(fact("succeeded", amount=25_000, provider_id="re_outside"), payment_provider_id=payment.provider_id)
    assert book_outside(gateway=payment.gateway, fact=found, now=NOW) is not None
    assert follow_outside_refunds(appointment_id=int(keys["appointment"]))
    return keys


def _give_details() -> None:
    give_bank_details(refund_id=Refund.objects.get().pk, details=INDIA, actor="patient 1", now=NOW)


def _file_keys() -> Keys:
    row = BankBatchRow.objects.get()
    return {"batch": row.batch_id.hex, "row": str(row.pk), "payee": str(row.payee_id)}
