"""Who may use the API: signed-in staff with an acting assignment."""

from rest_framework.permissions import BasePermission


class IsActingStaff(BasePermission):
    """Staff only; what they may do with a case is the door's business."""

    message = "Logga in och välj ett uppdrag."

    def has_permission(self, request, view):
        actor = getattr(request._request, "actor", None)
        return actor is not None and actor.is_staff
