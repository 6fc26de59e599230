"""Weekly hours, the slots that follow from them, closed days and planned leave."""
