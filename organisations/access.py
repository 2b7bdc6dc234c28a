"""The door to pages that are not about one case: worklist, inbox, administration."""

from functools import wraps

from django.core.exceptions import PermissionDenied


def allowed(action: str):
    """Decorate a view: only assignments whose role has `action` in `roles.ACTIONS` get in."""

    def decorate(view):
        @wraps(view)
        def behind_door(request, *args, **kwargs):
            if not request.actor.may(action):
                raise PermissionDenied("Ditt uppdrag ger inte rätt till det här.")
            return view(request, *args, **kwargs)

        behind_door.action = action
        return behind_door

    return decorate
