"""Answers a form of the editor: saved, both texts side by side, or shown again; also when the page saves by itself."""

from django.contrib import messages
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from organisations import swedish
from plans import clash, editor
from plans.revision_forms import kept

KEPT_THEIRS = "Det som den andra skrev står kvar i planen. Din text sparades inte."


def sent(request):
    """What was typed, after the choice between two texts; None when nothing was."""
    return clash.chosen(request.POST) or None


def answer(request, case, plan, form, *, save, editing: str, anchor: str = ""):
    """Save the sent form with `save(form)`, once; the answer is a redirect, a page, or JSON to a page that asks."""
    anchor = anchor or editing
    if request.method == "POST" and clash.theirs_chosen(request.POST):
        messages.info(request, KEPT_THEIRS)
        return editor.back(case, anchor)
    saved = None
    if request.method == "POST" and form.is_valid():
        with kept(form):
            saved = save(form)
    if request.method == "POST" and editor.by_itself(request):
        return told(request, case, plan, form, saved, editing=editing)
    if saved is not None and form.is_valid():
        return editor.back(case, anchor)
    return editor.show(request, case, plan, form=form, editing=editing, status=409 if form.both else 200)


def told(request, case, plan, form, saved, *, editing: str):
    """What the page needs after a save of its own: when, what the next one builds on, or both texts to choose from."""
    if saved is not None and form.is_valid():
        clock = swedish.clock(timezone.now())
        return JsonResponse({"saved": f"Sparat kl. {clock}", "hidden": form.renewed(saved)})
    if form.both:
        shown = {"form": form, "case": case}
        html = render_to_string("plans/_both_texts.html", shown, request=request)
        hidden = {name: form.data[name] for name in ("revision", "seen") if name in form.fields}
        texts = {name: form.data[name] for name in form.fields if name in form.data and name not in hidden}
        return JsonResponse({"clash": html, "hidden": hidden, "texts": texts}, status=409)
    said = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"errors": said})
