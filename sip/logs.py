"""Application logs as JSON lines with ids only; a net catches numbers that look like a personnummer."""

import json
import logging
import re

_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)")


class JsonFormatter(logging.Formatter):
    """One JSON object a line; never request bodies or addresses with a query."""

    def format(self, record: logging.LogRecord) -> str:
        message = _NUMBER.sub("[nummer]", record.getMessage())
        row = {"at": self.formatTime(record), "level": record.levelname, "logger": record.name, "message": message}
        if record.exc_info:
            row["error"] = record.exc_info[0].__name__
            row["where"] = _NUMBER.sub("[nummer]", self.formatException(record.exc_info))
        return json.dumps(row, ensure_ascii=False)
