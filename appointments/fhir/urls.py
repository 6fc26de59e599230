"""The addresses of FHIR."""

from django.urls import path, re_path

from appointments.fhir import views, views_bulk
from appointments.fhir.views_cancel import CancelView

_READ_BY_NUMBER = (views.SlotSearch, views.ScheduleSearch, views.LocationSearch)

urlpatterns = [
    path("fhir/metadata", views.Metadata.as_view(), name="fhir_metadata"),
    path(
        "fhir/OperationDefinition/Appointment-cancel", views.CancelDefinition.as_view(), name="fhir_cancel_definition"
    ),
    *(
        path(
            f"fhir/{search.type_}{ending}",
            search.as_view(http_method_names=methods),
            name=f"fhir_{search.type_}{name}",
        )
        for search in (views.AppointmentSearch, *_READ_BY_NUMBER)
        for ending, methods, name in (("", ["get", "head"], ""), ("/_search", ["post"], "_search"))
    ),
    *(
        path(
            f"fhir/{search.type_}/<str:id_>",
            views.ReadByNumber.as_view(search=search),
            name=f"fhir_{search.type_}_read",
        )
        for search in _READ_BY_NUMBER
    ),
    path("fhir/Appointment/<str:id_>", views.AppointmentRead.as_view(), name="fhir_Appointment_read"),
    path("fhir/Appointment/<str:id_>/$cancel", CancelView.as_view(), name="fhir_Appointment_cancel"),
    path("fhir/Patient/<str:id_>", views.PatientRead.as_view(), name="fhir_Patient_read"),
    path("fhir/$bulk-publish", views_bulk.manifest, name="fhir_bulk_publish"),
    path("fhir/bulk/locations.ndjson", views_bulk.locations, name="fhir_bulk_locations"),
    path("fhir/bulk/schedules.ndjson", views_bulk.schedules, name="fhir_bulk_schedules"),
    path("fhir/bulk/slots-<int:centre_id>.ndjson", views_bulk.slots, name="fhir_bulk_slots"),
    re_path(r"^fhir/", views.NotHere.as_view(), name="fhir_not_here"),
]
