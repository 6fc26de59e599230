"""The pages off an appointment's detail page. Each takes a desk and returns a response."""
