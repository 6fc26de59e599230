"""Text messages as files beside the mails, for a developer's machine."""

from pathlib import Path
from uuid import uuid4

from django.conf import settings


class FileSender:
    """Writes each text into a file of its own."""

    def send(self, *, to: str, text: str) -> str:
        """Write the text and return the file's name."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{uuid4()}.sms.txt"
        (folder / name).write_text(f"To: {to}\n\n{text}\n", encoding="utf-8")
        return name
