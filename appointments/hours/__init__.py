"""When doctors work, and the slots that follow from it."""
