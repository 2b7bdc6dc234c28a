"""The plans that wait for their PDF (PLA-6)."""

from plans.models import PlanDocument
from plans.pdf import render_plan
from plans.pdf_queue import PdfQueue

QUEUE = PdfQueue(model=PlanDocument, job="plans.render_due", render=render_plan, at_once=3, seconds_each=25)
