"""The addresses of accounts. The names are those that django-allauth looks for."""

from allauth.account import views
from django.urls import include, path

from appointments.accounts.views import ConfirmCodeView
from appointments.portal.views.accounts import LogoutView

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", LogoutView.as_view(), name="account_logout"),
    path("account/signup/", views.signup, name="account_signup"),
    path("account/inactive/", views.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("account/email/", views.email, name="account_email"),
    path("account/confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    path("account/password/change/", views.password_change, name="account_change_password"),
    path("account/password/set/", views.password_set, name="account_set_password"),
    path("account/password/reset/", views.password_reset, name="account_reset_password"),
    path(
        "account/password/reset/confirm/",
        views.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path("account/password/reset/complete/", views.complete_password_reset, name="account_complete_password_reset"),
    path(
        "account/password/reset/done/",
        views.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
    path("account/login/code/", views.request_login_code, name="account_request_login_code"),
    path("account/login/code/confirm/", ConfirmCodeView.as_view(), name="account_confirm_login_code"),
    path("account/security/", include("allauth.mfa.urls")),
    path("account/devices/", include("allauth.usersessions.urls")),
]
