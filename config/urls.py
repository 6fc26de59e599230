"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# One place to sign in, with its limits and second step: the admin's own form would pass them by.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("appointments.accounts.urls")),
    path("", include("appointments.notifications.urls")),
    path("", include("refunds.urls")),
    path("", include("appointments.api.urls")),
    path("", include("appointments.portal.urls")),
]
