"""What partners send, field by field. A field nobody knows is refused, so that nothing is taken by accident."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from appointments.models import Appointment, WebhookDelivery
from appointments.reasons import TEXT_LIMIT
from policies.cases.values import InvalidCaseError, read_amount
from policies.rules.currencies import PLACES

_MOST = 2**63 - 1
PAYMENT_METHODS = ("bank_transfer", "insurance")


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not have."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values, or say which fields are unknown."""
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name[:80]: [_("There is no such field.")] for name in unknown[:20]})
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    """An ISO 8601 time with its offset from UTC."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """Refuse a time that could mean several instants."""
        if timezone.is_naive(value):
            raise serializers.ValidationError(_("Give the offset from UTC, such as 2026-11-02T09:00:00Z."))
        return super().enforce_timezone(value)


class ListQuery(StrictSerializer):
    """Which bookings to list."""

    updated_since = InstantField(required=False, help_text="Only those to which something happened since.")
    status = serializers.MultipleChoiceField(choices=Appointment.Status.choices, required=False)
    channel = serializers.IntegerField(min_value=1, max_value=_MOST, required=False)
    cursor = serializers.CharField(required=False, max_length=300, help_text="From `next` or `previous`.")
    limit = serializers.IntegerField(min_value=1, max_value=200, required=False)


class SlotQuery(StrictSerializer):
    """Which free slots to list: at the centre of one of the partner's channels, for at most 62 days."""

    channel = serializers.IntegerField(min_value=1, max_value=_MOST)
    doctor = serializers.IntegerField(min_value=1, max_value=_MOST, required=False)
    until = InstantField(required=False, help_text="At most 62 days ahead; 21 days when left out.")
    cursor = serializers.CharField(required=False, max_length=300, help_text="From `next` or `previous`.")
    limit = serializers.IntegerField(min_value=1, max_value=200, required=False)


class DeliveryQuery(StrictSerializer):
    """Which deliveries of webhooks to list."""

    since = InstantField(required=False, help_text="Only those about what happened since.")
    state = serializers.MultipleChoiceField(choices=WebhookDelivery.State.choices, required=False)
    cursor = serializers.CharField(required=False, max_length=300, help_text="From `next` or `previous`.")
    limit = serializers.IntegerField(min_value=1, max_value=200, required=False)


class NothingInput(StrictSerializer):
    """An empty object."""


class ReplayInput(StrictSerializer):
    """Since when to send again."""

    since = InstantField()


class TargetQuery(StrictSerializer):
    """The slot a move would go to."""

    slot = serializers.IntegerField(min_value=1, max_value=_MOST)


class ReasonInput(StrictSerializer):
    """Why; codes are listed at `/reasons/`."""

    code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=TEXT_LIMIT, required=False, allow_blank=True, default="")


class CancellationInput(StrictSerializer):
    """Cancel by the quote that was shown."""

    quote = serializers.CharField(max_length=2000, help_text="The token of the quote that was shown.")
    reason = ReasonInput(required=False)


class RescheduleInput(CancellationInput):
    """Move by the quote that was shown."""

    slot = serializers.IntegerField(min_value=1, max_value=_MOST)


class CustomerInput(StrictSerializer):
    """Whom the partner books for. `reference` is the partner's own; the rest counts the first time only."""

    reference = serializers.CharField(max_length=100)
    name = serializers.CharField(max_length=150)
    birth_date = serializers.DateField(required=False, allow_null=True, default=None)
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=32, required=False, allow_blank=True, default="")


class HoldInput(StrictSerializer):
    """Hold a slot for a customer."""

    slot = serializers.IntegerField(min_value=1, max_value=_MOST)
    channel = serializers.IntegerField(min_value=1, max_value=_MOST)
    patient = CustomerInput()


class PaidInput(StrictSerializer):
    """What the partner took for a hold, and its own number of that payment."""

    method = serializers.ChoiceField(choices=PAYMENT_METHODS)
    amount = serializers.RegexField(r"^\d{1,15}(\.\d{1,3})?$", help_text="In whole units, such as 500.00.")
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    reference = serializers.CharField(max_length=60)


class ConfirmInput(StrictSerializer):
    """Say that a hold was paid; nothing where nothing is owed."""

    payment = PaidInput(required=False)


def amount_in(currency: str, *, text: str, given: str) -> int:
    """Return an amount in minor units of the booking's currency. Raises ValidationError for another currency or places."""
    if given != currency:
        message = _("The booking is in %(currency)s.") % {"currency": currency}
        raise serializers.ValidationError({"payment": {"currency": [message]}})
    try:
        amount = read_amount(text, PLACES[currency])
    except InvalidCaseError as error:
        raise serializers.ValidationError({"payment": {"amount": [error.message]}}) from error
    if not amount:
        raise serializers.ValidationError({"payment": {"amount": [_("Give what was paid.")]}})
    return amount
