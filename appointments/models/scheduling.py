"""Where and when: centres, booking channels, doctors and their slots."""

from zoneinfo import ZoneInfo

import holidays
from babel import Locale, UnknownLocaleError
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.people import User
from policies.models import Policy


def validate_time_zone(name: str) -> None:
    """Refuse a time zone that the computer does not know."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(
            _("%(name)s is not a time zone. Write it like Asia/Kolkata."), params={"name": name}
        ) from error


def refuse_foreign_policy(policy: Policy | None, currency: str) -> None:
    """Refuse a policy whose fees are in another currency than the centre's."""
    if policy is not None and policy.currency != currency:
        raise ValidationError({"policy": _("This policy is in another currency than the centre.")})


def refuse_unknown_holidays(country: str, region: str) -> None:
    """Refuse a country, or a part of one, whose public holidays are not known; none at all is fine."""
    parts = holidays.list_supported_countries().get(country)
    if country and parts is None:
        raise ValidationError({"country": _("The public holidays of this country are not known. Leave it empty.")})
    if region and region not in (parts or ()):
        raise ValidationError({"region": _("This part of the country is not known. Leave it empty.")})


def validate_locale(name: str) -> None:
    """Refuse a locale that nothing can be formatted by."""
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError) as error:
        raise ValidationError(_("%(name)s is not a locale. Write it like en_IN."), params={"name": name}) from error


class SecondStep(models.TextChoices):
    """What somebody who comes by a link from a mail must show besides."""

    CODE = "code", _("A security code sent to the contact on record")
    BIRTH_DATE = "birth_date", _("The date of birth")


class Centre(models.Model):
    """A clinic or hospital."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), unique=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    locale = models.CharField(
        _("number and date format"),
        max_length=16,
        default="en",
        help_text=_("Such as en_IN"),
        validators=[validate_locale],
    )
    currency = models.CharField(_("currency"), max_length=3)
    phone = models.CharField(_("phone for patients"), max_length=32)
    phone_hours = models.CharField(_("phone hours"), max_length=80, blank=True)
    finance_phone = models.CharField(_("phone of finance"), max_length=32, blank=True)
    second_step = models.CharField(
        _("second step of links in mails"), max_length=12, choices=SecondStep.choices, default=SecondStep.CODE
    )
    country = models.CharField(
        _("country of public holidays"), max_length=2, blank=True, help_text=_("Such as IN; empty: weekends only")
    )
    region = models.CharField(
        _("part of the country"), max_length=10, blank=True, help_text=_("Such as MH or ENG, where holidays differ")
    )
    card_refund_days = models.PositiveSmallIntegerField(
        _("working days until a refund to a card or account is there"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    transfer_refund_days = models.PositiveSmallIntegerField(
        _("working days until a refund by bank transfer is there"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    money_reminder_hours = models.PositiveSmallIntegerField(
        _("hours to remind before less comes back"), default=24, help_text=_("0: no such reminders")
    )
    visit_reminder_hours = models.PositiveSmallIntegerField(
        _("hours to remind before the appointment"), default=48, help_text=_("0: no such reminders")
    )
    slot_horizon_days = models.PositiveSmallIntegerField(
        _("days ahead for which slots are made"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("Out of the doctors’ weekly hours, every night."),
    )
    late_request_hours = models.PositiveSmallIntegerField(
        _("hours to answer a late request"), default=24, validators=[MinValueValidator(1)]
    )
    override_limit = models.PositiveBigIntegerField(
        _("most that one person gives against the rules"),
        default=500_000,
        help_text=_("What differs from the terms by more waits for a second person."),
    )
    waiting_list = models.BooleanField(
        _("waiting list"), default=True, help_text=_("Times given back are offered to those who wait, one by one.")
    )
    waiting_list_minutes = models.PositiveSmallIntegerField(
        _("minutes an offer of the waiting list stands"),
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
    )
    policy = models.ForeignKey(Policy, verbose_name=_("policy"), on_delete=models.PROTECT, related_name="+")
    staff = models.ManyToManyField(User, verbose_name=_("staff"), blank=True, related_name="centres")

    class Meta:
        """Words."""

        verbose_name = _("centre")
        verbose_name_plural = _("centres")

    def __str__(self) -> str:
        """Name the place."""
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The centre's time zone; its clock is the one patients are told."""
        return ZoneInfo(self.time_zone)

    def clean(self) -> None:
        """Refuse a policy in another currency, and public holidays that are not known."""
        if self.policy_id:
            refuse_foreign_policy(self.policy, self.currency)
        refuse_unknown_holidays(self.country, self.region)


class Channel(models.Model):
    """Where appointments are booked: the hospital's own portal, a wallet's mini program, a third-party platform."""

    centre = models.ForeignKey(Centre, verbose_name=_("centre"), on_delete=models.PROTECT, related_name="channels")
    name = models.CharField(_("name"), max_length=120)
    self_service = models.BooleanField(
        _("patients cancel here"),
        default=True,
        help_text=_("If not, patients are told to use the channel's own entrance."),
    )
    is_website = models.BooleanField(
        _("patients book here"),
        default=False,
        help_text=_("Bookings made on these pages count as made through this channel. One a centre."),
    )
    entrance_text = models.CharField(_("where to cancel instead"), max_length=250, blank=True)
    entrance_phone = models.CharField(_("phone of the channel"), max_length=32, blank=True)
    deadline_hours = models.DecimalField(
        _("deadline in hours before the start"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    handling_fee = models.PositiveBigIntegerField(_("handling fee in minor units"), default=0)
    policy = models.ForeignKey(
        Policy, verbose_name=_("policy of its own"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """One name and one website a centre; no deadline below zero; elsewhere means somewhere."""

        verbose_name = _("booking channel")
        verbose_name_plural = _("booking channels")
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="channel_name_unique"),
            models.CheckConstraint(
                condition=models.Q(deadline_hours__isnull=True) | models.Q(deadline_hours__gte=0),
                name="channel_deadline_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(self_service=True) | ~models.Q(entrance_text=""),
                name="channel_elsewhere_is_named",
                violation_error_message=_("Say where patients cancel instead."),
            ),
            models.UniqueConstraint(
                fields=["centre"],
                condition=models.Q(is_website=True),
                name="channel_one_website_a_centre",
                violation_error_message=_("Patients book here through another channel of this centre already."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_website=False) | models.Q(self_service=True),
                name="channel_website_cancels_here",
                violation_error_message=_("Where patients book here, they cancel here too."),
            ),
        ]

    def __str__(self) -> str:
        """Name the channel."""
        return self.name

    def clean(self) -> None:
        """Refuse a policy in another currency."""
        if self.centre_id:
            refuse_foreign_policy(self.policy, self.centre.currency)


class Doctor(models.Model):
    """Somebody who treats patients at one centre."""

    user = models.OneToOneField(
        User, verbose_name=_("account"), null=True, blank=True, on_delete=models.PROTECT, related_name="doctor"
    )
    centre = models.ForeignKey(Centre, verbose_name=_("centre"), on_delete=models.PROTECT, related_name="doctors")
    name = models.CharField(_("name"), max_length=120)
    specialty = models.CharField(_("specialty"), max_length=80)
    requires_approval = models.BooleanField(_("bookings wait for approval"), default=False)
    delay_is_risky = models.BooleanField(
        _("cancelling may delay treatment"),
        default=False,
        help_text=_("Patients are told so before they cancel, with the phone to talk to the clinic first."),
    )
    policy = models.ForeignKey(
        Policy, verbose_name=_("policy of their own"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """Words."""

        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")

    def __str__(self) -> str:
        """Name the doctor."""
        return self.name

    def clean(self) -> None:
        """Refuse a policy in another currency."""
        if self.centre_id:
            refuse_foreign_policy(self.policy, self.centre.currency)


class Slot(models.Model):
    """A time a doctor offers, with its price in the minor unit of the centre's currency.

    A freed slot is offered again from `bookable_from`; a withdrawn one never. `is_generated` says that it was made out of
    weekly hours and that no person has changed it since; `withdrawn_by_hours`, that the calendar (hours, closed days, a
    planned leave) took it off offer and may put it back.
    With `list_turn_at` the waiting list comes first: it is asked then, and until it was nobody else can have the slot.
    """

    doctor = models.ForeignKey(Doctor, verbose_name=_("doctor"), on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField(_("start"), db_index=True)
    ends_at = models.DateTimeField(_("end"))
    price = models.PositiveBigIntegerField(_("price in minor units"))
    bookable_from = models.DateTimeField(_("bookable from"), null=True, blank=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    is_generated = models.BooleanField(_("made out of weekly hours"), default=False, editable=False)
    withdrawn_by_hours = models.BooleanField(_("withdrawn by hours or leave"), default=False, editable=False)
    list_turn_at = models.DateTimeField(
        _("waiting list is asked"), null=True, blank=True, db_index=True, editable=False
    )

    class Meta:
        """A doctor is in one place at a time; what the calendar withdrew is withdrawn."""

        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "starts_at"],
                condition=models.Q(withdrawn_by_hours=False),
                name="slot_doctor_start_unique",
                violation_error_message=_("The doctor has a slot at this time already."),
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_by_hours=False) | models.Q(is_withdrawn=True),
                name="slot_withdrawn_by_hours_is_withdrawn",
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="slot_ends_after_start"),
        ]

    def __str__(self) -> str:
        """Name doctor and time."""
        return f"{self.doctor}, {self.starts_at:%Y-%m-%d %H:%M} UTC"
