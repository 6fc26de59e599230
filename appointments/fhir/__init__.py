"""The same bookings in the words of FHIR R4 (4.0.1), for hospital systems."""
