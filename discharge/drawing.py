"""The samordnade vårdplanerna that wait for their PDF."""

from discharge.models import CarePlanDocument
from plans.pdf import render_care_plan
from plans.pdf_queue import PdfQueue

QUEUE = PdfQueue(
    model=CarePlanDocument, job="discharge.draw_due", render=render_care_plan, at_once=2, seconds_each=30
)  # fmt: skip
