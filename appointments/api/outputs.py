"""What partners are told, for the OpenAPI document. `documents` builds it."""

from rest_framework import serializers

from appointments.models import Appointment, WebhookDelivery, WebhookEndpoint, WebhookKind
from policies.rules.facts import Status
from policies.rules.money import RefundWay
from policies.rules.quote import CancellationRule, LineCode
from refunds.models import RefundStatus

Plain = serializers.Serializer[None]
_AMOUNT = "In whole units of the currency, exact, such as 500.00."


class DoctorOutput(Plain):
    """A doctor."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    specialty = serializers.CharField()


class CentreOutput(Plain):
    """A clinic or hospital."""

    slug = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    phone = serializers.CharField()


class CustomerOutput(Plain):
    """The patient; `reference` is the partner's own, null for who was booked elsewhere."""

    reference = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class CertificateOutput(Plain):
    """The certificate of a cancellation: anybody can check its number at the address, without logging in."""

    number = serializers.CharField()
    verify_url = serializers.URLField()


class RefundStatusOutput(Plain):
    """Where a refund stands; the rest is at `/refunds/{id}/`."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RefundStatus.choices)


class AppointmentOutput(Plain):
    """A booking. A moved one says where it went; `refunds` are those of all that was paid since the first booking."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=Appointment.Status.choices)
    channel = serializers.IntegerField()
    centre = CentreOutput()
    doctor = DoctorOutput()
    slot = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    price = serializers.CharField(help_text=_AMOUNT)
    held = serializers.CharField(help_text="What the patient paid that stands for the consultation.")
    currency = serializers.CharField()
    patient = CustomerOutput()
    booked_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    held_until = serializers.DateTimeField(allow_null=True, help_text="Of a draft: pay by then.")
    replaces = serializers.CharField(allow_null=True)
    moved_to = serializers.CharField(allow_null=True)
    certificate = CertificateOutput(allow_null=True, help_text="Of a cancelled one.")
    refunds = RefundStatusOutput(many=True)


class SlotOutput(Plain):
    """A time that can be had."""

    id = serializers.IntegerField()
    doctor = DoctorOutput()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    price = serializers.CharField(help_text=_AMOUNT)
    currency = serializers.CharField()


class LineOutput(Plain):
    """One line that explains a quote; `label`, `shown` and `why` are for people."""

    code = serializers.ChoiceField(choices=[code.value for code in LineCode])
    amount = serializers.CharField(help_text="Signed. " + _AMOUNT)
    label = serializers.CharField()  # type: ignore[assignment]
    shown = serializers.CharField()
    why = serializers.CharField(allow_blank=True)


class AllocationOutput(Plain):
    """A part of a payment that goes back."""

    payment = serializers.UUIDField()
    amount = serializers.CharField(help_text=_AMOUNT)
    method = serializers.ChoiceField(choices=[way.value for way in RefundWay])


class OfferOutput(Plain):
    """What every quote has: the money that goes back, its explanation, and the token that holds it."""

    allowed = serializers.BooleanField()
    refusal = serializers.CharField(allow_null=True)
    fee = serializers.CharField(help_text=_AMOUNT)
    refund = serializers.CharField(help_text=_AMOUNT)
    allocations = AllocationOutput(many=True)
    currency = serializers.CharField()
    lines = LineOutput(many=True)
    quote = serializers.CharField(help_text="Bring this back to get exactly these figures.")
    valid_until = serializers.DateTimeField()


class CancellationQuoteOutput(OfferOutput):
    """What cancelling now gives back."""

    rule = serializers.ChoiceField(choices=[rule.value for rule in CancellationRule])
    percent = serializers.CharField()
    held = serializers.CharField(help_text=_AMOUNT)
    gross = serializers.CharField(help_text=_AMOUNT)
    insured = serializers.CharField(help_text=_AMOUNT)
    changes_at = serializers.DateTimeField(allow_null=True)
    reason_required = serializers.BooleanField()


class RescheduleQuoteOutput(OfferOutput):
    """What moving to the slot costs now."""

    difference = serializers.CharField(help_text="Signed. " + _AMOUNT)
    due = serializers.CharField(help_text=_AMOUNT)
    credit = serializers.CharField(help_text=_AMOUNT)
    held_after = serializers.CharField(help_text=_AMOUNT)
    reschedules = serializers.IntegerField()
    reschedules_left = serializers.IntegerField()
    percent_cap = serializers.CharField(allow_null=True)
    reason_required = serializers.BooleanField()


class RefundOutput(Plain):
    """Money that goes back."""

    id = serializers.UUIDField()
    appointment = serializers.CharField()
    amount = serializers.CharField(help_text=_AMOUNT)
    currency = serializers.CharField()
    method = serializers.ChoiceField(choices=[way.value for way in RefundWay])
    status = serializers.ChoiceField(choices=RefundStatus.choices)
    granted_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    promise = serializers.CharField(help_text="By when it is back, in words.")


class CancellationOutput(Plain):
    """A cancellation that was made."""

    status = serializers.ChoiceField(choices=[Status.CANCELLED.value])
    confirmation = serializers.UUIDField()
    appointment = AppointmentOutput()
    refund = serializers.CharField(help_text=_AMOUNT)
    fee = serializers.CharField(help_text=_AMOUNT)
    refunds = RefundOutput(many=True)


class RescheduleOutput(Plain):
    """A move that was made, or that waits to be paid: then the old appointment stands until `pay_by`."""

    status = serializers.ChoiceField(choices=[Status.RESCHEDULED.value, "waiting_for_payment"])
    confirmation = serializers.UUIDField(allow_null=True)
    appointment = AppointmentOutput()
    due = serializers.CharField(help_text=_AMOUNT)
    pay_by = serializers.DateTimeField(allow_null=True)
    pay_url = serializers.URLField(
        allow_null=True, help_text="For patients’ apps: the page on which the patient pays it."
    )
    refunds = RefundOutput(many=True)


class HoldOutput(Plain):
    """A slot that is held, and what is still owed for it."""

    status = serializers.ChoiceField(choices=Appointment.Status.choices)
    appointment = AppointmentOutput()
    due = serializers.CharField(help_text=_AMOUNT)
    pay_by = serializers.DateTimeField(allow_null=True)


class TierOutput(Plain):
    """A step of what comes back."""

    hours = serializers.CharField()
    inclusive = serializers.BooleanField()
    percent = serializers.CharField()


class VersionOutput(Plain):
    """One policy in force; `doctor` is null for the one that counts for everybody without a policy of their own."""

    doctor = DoctorOutput(allow_null=True)
    name = serializers.CharField()
    number = serializers.IntegerField()
    effective_from = serializers.DateTimeField()
    tiers = TierOutput(many=True)
    cooling_off_hours = serializers.CharField()
    window_hours = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())


class ChannelPoliciesOutput(Plain):
    """The policies a booking on this channel would be made under now."""

    channel = serializers.IntegerField()
    name = serializers.CharField()
    centre = CentreOutput()
    currency = serializers.CharField()
    deadline_hours = serializers.CharField(allow_null=True)
    handling_fee = serializers.CharField(help_text=_AMOUNT)
    sentences = serializers.ListField(child=serializers.CharField())
    policies = VersionOutput(many=True)


class ReasonOutput(Plain):
    """A reason to choose from."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    needs_text = serializers.BooleanField()


class WebhookEndpointOutput(Plain):
    """An address of yours. `failing_since` is null while it takes what it is sent."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=WebhookKind.choices))
    active = serializers.BooleanField()
    off_reason = serializers.ChoiceField(choices=WebhookEndpoint.OffReason.choices, allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True)


class WebhookDeliveryOutput(Plain):
    """One webhook to one address; `status` and `milliseconds` are of the last try."""

    id = serializers.IntegerField()
    webhook_id = serializers.CharField(help_text="The header `webhook-id`.")
    kind = serializers.ChoiceField(choices=WebhookKind.choices)
    subject = serializers.CharField(help_text="The reference, or the id of the refund or slot.")
    happened_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=WebhookDelivery.State.choices)
    tries = serializers.IntegerField()
    next_try_at = serializers.DateTimeField(allow_null=True)
    status = serializers.IntegerField(allow_null=True)
    milliseconds = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField(allow_blank=True)


class WebhookReplayOutput(Plain):
    """How many webhooks will be sent; `next_since` is where to go on, null when that was all."""

    queued = serializers.IntegerField()
    next_since = serializers.DateTimeField(allow_null=True)


class FieldProblemOutput(Plain):
    """What is wrong with one field."""

    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class ProblemOutput(Plain):
    """RFC 9457. `code` is stable, `detail` can be shown to a patient; some problems carry more."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldProblemOutput(many=True, required=False)  # type: ignore[assignment]
