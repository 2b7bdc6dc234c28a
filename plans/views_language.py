"""The plain-language check while somebody writes: looks at a text and forgets it (PLA-1)."""

from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_POST

from organisations.access import allowed
from organisations.formfields import TEXT_MAX
from organisations.held import fleeting
from plans import language as check


@fleeting
@require_POST
@allowed("plans.edit")
def language(request):
    """Hints on the text of one field. It knows of no case, so nobody's name is looked for and nothing is read."""
    field = request.POST.get("field", "")
    if field not in check.FIELDS:
        return HttpResponseBadRequest("Okänt fält.", content_type="text/plain; charset=utf-8")
    report = check.Reader(request.actor).text(field, request.POST.get(field, "")[:TEXT_MAX])
    return render(request, "plans/_hints.html", {"hints": check.shown(report), "open": True})
