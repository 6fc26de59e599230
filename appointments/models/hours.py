"""When a doctor works: weekly hours out of which slots are made, planned leave, and years whose holidays were taken over."""

from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.models.scheduling import Centre, Doctor

SHORTEST, LONGEST = 5, 720
"""Minutes that a slot may last."""
LONGEST_PAUSE = 240
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""Days that hours can be valid on: far from the ends of the calendar."""


class Weekday(models.IntegerChoices):
    """Days of the week as Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class WeeklyHours(models.Model):
    """One span of a weekday, on the centre's clock, cut into slots of one length and price (minor units).

    It ends on the next day where `ends` is not after `begins`.
    """

    doctor = models.ForeignKey(Doctor, verbose_name=_("doctor"), on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("until"), help_text=_("Earlier than the start means on the next day."))
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes of a slot"), validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)]
    )
    pause_minutes = models.PositiveSmallIntegerField(
        _("minutes between two slots"), default=0, validators=[MaxValueValidator(LONGEST_PAUSE)]
    )
    price = models.PositiveBigIntegerField(_("price in minor units"))
    first_day = models.DateField(_("valid from"), validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)])
    last_day = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("Empty: until further notice"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
    )

    class Meta:
        """A span lasts, is cut sensibly, and ends after it starts to be valid."""

        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["doctor__name", "doctor_id", "weekday", "begins", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__in=Weekday.values), name="hours_weekday_known"),
            models.CheckConstraint(
                condition=~Q(begins=F("ends")),
                name="hours_last",
                violation_error_message=_("Start and end are the same. A whole day is entered as two spans."),
            ),
            models.CheckConstraint(condition=Q(slot_minutes__range=(SHORTEST, LONGEST)), name="hours_length_sensible"),
            models.CheckConstraint(condition=Q(pause_minutes__lte=LONGEST_PAUSE), name="hours_pause_sensible"),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="hours_valid_in_order",
                violation_error_message=_("The last day is before the first"),
            ),
        ]

    def __str__(self) -> str:
        """Name doctor, day and clock."""
        return f"{self.doctor}, {self.get_weekday_display()} {self.begins:%H:%M} – {self.ends:%H:%M}"


class PlannedLeave(models.Model):
    """Whole days, on the centre's clock, on which a doctor sees nobody; entered while nothing was booked in them.

    `label` says who entered it. Of an emergency, with patients to tell, `EmergencyLeave` is the record.
    """

    doctor = models.ForeignKey(
        Doctor, verbose_name=_("doctor"), on_delete=models.PROTECT, related_name="planned_leaves"
    )
    first_day = models.DateField(_("first day away"))
    last_day = models.DateField(_("last day away"))
    note = models.CharField(_("note for colleagues"), max_length=500, blank=True)
    entered_at = models.DateTimeField(_("entered"))
    entered_by = models.CharField(_("entered by"), max_length=80)

    class Meta:
        """Its days are in order."""

        verbose_name = _("planned leave")
        verbose_name_plural = _("planned leave")
        ordering = ["-first_day", "-pk"]
        default_permissions = ("view",)
        permissions = [("plan_leave", "Can plan leave for doctors of the centre")]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="planned_leave_days_in_order")
        ]

    def __str__(self) -> str:
        """Name doctor and days."""
        return f"{self.doctor}, {self.first_day:%Y-%m-%d} – {self.last_day:%Y-%m-%d}"

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first_day + timedelta(days=number) for number in range((self.last_day - self.first_day).days + 1)]


class HolidayYear(models.Model):
    """A year whose public holidays a centre took over as closed days of its own: from then on only those count there."""

    centre = models.ForeignKey(Centre, on_delete=models.CASCADE, related_name="holiday_years")
    year = models.PositiveSmallIntegerField(_("year"))
    taken_at = models.DateTimeField(_("taken over"))
    taken_by = models.CharField(_("taken over by"), max_length=80)

    class Meta:
        """Once a year."""

        verbose_name = _("year of public holidays")
        verbose_name_plural = _("years of public holidays")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["centre", "year"], name="holiday_year_once")]

    def __str__(self) -> str:
        """Name the year."""
        return str(self.year)
