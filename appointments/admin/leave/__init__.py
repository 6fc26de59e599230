"""Emergency leave at the desk: call it, see whom it meets, start it, watch it, answer for patients on the phone."""
