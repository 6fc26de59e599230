"""What the desks of staff and doctors go by."""

import environ

env = environ.Env()

#: How long patients of a doctor who is suddenly away have to choose another time before everything goes back.
LEAVE_ANSWER_HOURS: int = env.int("LEAVE_ANSWER_HOURS", default=48)
