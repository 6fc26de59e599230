"""The patients' addresses."""

from django.urls import path

from appointments.portal.views import (
    accounts,
    appointments,
    away,
    cancel,
    cancel_questions,
    certificates,
    change,
    change_questions,
    credit,
    links,
    lookup,
    payments,
    payout,
    refunds,
)

app_name = "portal"

_ONE = "appointments/<str:reference>/"

urlpatterns = [
    path("", accounts.home, name="home"),
    path("login/", accounts.LoginView.as_view(), name="login"),
    path("logout/", accounts.LogoutView.as_view(), name="logout"),
    path("m/<str:token>/", links.open_link, name="manage_link"),
    path("m/<str:token>/refund/<uuid:refund_id>/", links.open_link, name="manage_refund_link"),
    path("manage/", links.manage, name="manage"),
    path("manage/code/", links.code, name="manage_code"),
    path("manage/birth-date/", links.birth_date, name="manage_birth_date"),
    path("find/", lookup.find, name="find"),
    path("appointments/", appointments.appointments, name="appointments"),
    path(_ONE, appointments.appointment, name="appointment"),
    path(f"{_ONE}away/", away.choose, name="away"),
    path(f"{_ONE}away/check/", away.check, name="away_check"),
    path(f"{_ONE}cancel/", cancel.start, name="cancel"),
    path(f"{_ONE}cancel/reason/", cancel_questions.reason, name="cancel_reason"),
    path(f"{_ONE}cancel/no-refund/", cancel_questions.no_refund, name="cancel_no_refund"),
    path(f"{_ONE}cancel/more-time/", cancel_questions.more_time, name="cancel_more_time"),
    path(f"{_ONE}cancel/new-refund/", cancel_questions.new_refund, name="cancel_new_refund"),
    path(f"{_ONE}cancel/check/", cancel.check, name="cancel_check"),
    path(f"{_ONE}cancelled/", cancel.cancelled, name="cancelled"),
    path(f"{_ONE}certificate/", certificates.certificate, name="certificate"),
    path(f"{_ONE}change/", change.choose, name="change"),
    path(f"{_ONE}change/reason/", change_questions.reason, name="change_reason"),
    path(f"{_ONE}change/check/", change.check, name="change_check"),
    path(f"{_ONE}change/keep/", change_questions.keep, name="change_keep"),
    path(f"{_ONE}change/pay/", payments.pay, name="change_pay"),
    path(f"{_ONE}change/pay/credit/", credit.pay, name="credit_pay"),
    path(f"{_ONE}change/paid/", payments.returned, name="change_paid"),
    path(f"{_ONE}changed/", change.changed, name="changed"),
    path("credit/", credit.credit, name="credit"),
    path("payments/<uuid:checkout_id>/", payments.payment, name="payment"),
    path("refunds/<uuid:refund_id>/", refunds.refund, name="refund"),
    path("refunds/<uuid:refund_id>/payout/", payout.from_tracker, name="payout_from_tracker"),
    path("verify/", certificates.ask_number, name="verify_number"),
    path("verify/<str:number>/", certificates.verify, name="verify"),
    path("payout/", payout.payout, name="payout"),
    path("payout/who/", payout.who, name="payout_who"),
    path("payout/bank/", payout.bank, name="payout_bank"),
    path("payout/<str:token>/", payout.open_link, name="payout_link"),
]
