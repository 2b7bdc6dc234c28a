"""What a page of the meeting needs after a save of its own (static/js/plan.js): when, what to build on, the hints."""

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from organisations import swedish
from plans.editor import by_itself as by_itself
from plans.language import Reader


def notes_saved(request, case, notes) -> JsonResponse:
    """Each block by itself: what was saved stays saved, also when another block of the page was not.

    Always 200: an error would take back what was saved.
    """
    kept = {name: value for note in notes.items for name, value in note.renewed().items()}
    answer = {"hints": hints(request, notes.checked(Reader(request.actor, case)))}
    if notes.bad is None:
        return JsonResponse(answer | {"saved": at_now(), "hidden": kept})
    notes.again()
    return JsonResponse(answer | {"kept": kept, "errors": errors(notes.bad)} | clash(request, case, notes))


def clash(request, case, notes) -> dict:
    """The first block that somebody else saved meanwhile, with both texts."""
    note = next((one for one in notes.items if one.form.both), None)
    if note is None:
        return {}
    shown = {"form": note.form, "case": case, "apart": note.apart}
    return {
        "clash": render_to_string("plans/_both_texts.html", shown, request=request),
        "at": f"{note.apart}was",
        "texts": {name: note.form.data[name] for name in note.block.texts if name in note.form.data},
        "hidden": note.after_choice(),
    }


def form_saved(request, case, form, saved) -> JsonResponse:
    """The page of one goal or one measure."""
    if saved is not None and form.is_valid():
        found = hints(request, Reader(request.actor, case).form(form))
        return JsonResponse({"saved": at_now(), "hidden": form.renewed(saved), "hints": found})
    if form.both:
        html = render_to_string("plans/_both_texts.html", {"form": form, "case": case}, request=request)
        texts = {name: form.data[name] for name in form.fields if name in form.data and name != "revision"}
        return JsonResponse({"clash": html, "hidden": {"revision": form.data["revision"]}, "texts": texts})
    return JsonResponse({"errors": errors(form)})


def hints(request, checked) -> dict[str, str]:
    """Field → its hints as they stand on the page."""
    return {
        name: render_to_string("plans/_hints.html", {"hints": found, "open": True}, request=request)
        for name, found in checked.items()
    }


def errors(form) -> list[str]:
    return [str(error) for found in form.errors.values() for error in found]


def at_now() -> str:
    return f"Sparat kl. {swedish.clock(timezone.now())}"
