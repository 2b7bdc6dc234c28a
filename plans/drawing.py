"""The plans, and the parties' own measures, that wait for their PDF (PLA-6, PLA-8)."""

from plans.models import PartyExport, PlanDocument
from plans.pdf import render_measures, render_plan
from plans.pdf_queue import PdfQueue

QUEUE = PdfQueue(model=PlanDocument, job="plans.render_due", render=render_plan, at_once=3, seconds_each=25)
EXPORTS = PdfQueue(model=PartyExport, job="plans.render_exports", render=render_measures, at_once=3, seconds_each=25)
