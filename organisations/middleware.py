"""From the session to the scope: one transaction per request, told to the database, undone on any refusal."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from audit import log
from organisations import held, session, session_window, stepup
from organisations import session_rules as rules
from organisations.actors import citizen_actor, guest_actor, staff_actor
from organisations.enums import UserKind
from organisations.errors import TooMany, conflict_message, refused_by_database
from organisations.models import Assignment
from organisations.scope import acting_for

SAFE = ("GET", "HEAD", "OPTIONS")


def acting_assignment(request):
    """The session's acting assignment if it is still valid and the user's own, else None."""
    chosen = request.session.get(rules.ACTING)
    if not chosen or not rules.agrees(request.session, chosen):
        return None
    own = Assignment.objects.valid_on(timezone.localdate()).with_names()
    return own.filter(pk=chosen, staff__user_id=request.user.pk).first()


def face_of(match) -> str:
    return "citizen" if "citizen" in match.namespaces else "staff"


class HeadersMiddleware:
    """Nothing about a person stays in a cache, and the browser gets no rights it does not need."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        if not request.path.startswith(f"/{settings.STATIC_URL.lstrip('/')}"):
            add_never_cache_headers(response)
            patch_vary_headers(response, ["Cookie"])
        return response


class SessionMiddleware:
    """Ends a session at its limits, before anything asks who the user is; a view marked `polling` does not prolong.

    A form that comes too late is answered with a page that says so; what was typed waits for the same user. A window
    (`session_window`) lets one place stay open past the idle limit; reading elsewhere is refused meanwhile, without
    ending it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        safe = request.method in SAFE
        if request.user.is_authenticated:
            limit = rules.ended(request.session)
            if not limit:
                if not (safe and getattr(view, "polling", False)):
                    rules.prolong(request.session, at_once=not safe)
                held.drop_when_sent(request)
                return None
            window = session_window.standing(request)
            if window and (session_window.covers(request) or is_open_to_all(view)):
                return None
            if window and safe:
                # Without the warning of the session, which would ask for the page again and again.
                shown = {"window": window, "session": None}
                return render(request, "organisations/only_window.html", shown, status=403)
            session.expire(request, view, limit)
        if safe or is_open_to_all(view):
            return None
        waits = held.KEY in request.session
        texts = [] if waits else held.texts(held.pairs_of(request))
        return render(request, "organisations/too_late.html", {"waits": waits, "texts": texts}, status=403)


def is_open_to_all(view) -> bool:
    """A view that asks for no login, such as the logout."""
    return not getattr(view, "login_required", True)


class ScopeMiddleware:
    """Wraps the view and its rendering in the actor's scope.

    A response ≥ 400 rolls everything back; what was refused is then logged in a transaction of its own.
    A view marked `unscoped` (login, switch, health) runs without any right to case data.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = request.acting = None
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        match = request.resolver_match
        user = request.user
        if getattr(view, "guest", False):
            # The same for everybody, whoever is signed in: what a guest may see hangs on the guest's own cookie.
            if settings.SIP_FACE not in ("both", UserKind.CITIZEN):
                raise Http404
            request.actor = guest_actor()
            return run_in_scope(request, view, args, kwargs)
        if not user.is_authenticated:
            return None
        if user.kind == UserKind.STAFF:
            request.acting = acting_assignment(request)
        if getattr(view, "unscoped", False):
            return None
        if settings.SIP_FACE not in ("both", user.kind) or user.kind != face_of(match):
            # A session has one face; the other face's addresses do not exist for it.
            raise Http404
        if user.kind == UserKind.CITIZEN:
            request.actor = citizen_actor(user)
        elif request.acting:
            purpose = rules.purpose_of(request.session, request.acting.pk)
            request.actor = staff_actor(request.acting, purpose=purpose)
        else:
            return redirect("organisations:acting")
        return run_in_scope(request, view, args, kwargs)


def run_in_scope(request, view, args, kwargs):
    """Run the view inside its actor's scope, with rendering; raise what it raises after the rollback."""
    refused = None
    try:
        with acting_for(request.actor):
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and not response.is_rendered:
                response = response.render()
            if response.status_code >= 400:
                raise Refused(response)
            return response
    except stepup.StepUpNeeded:
        return stepup.ask(request, view)
    except Refused as error:
        refused = error.response.status_code
        return error.response
    except Exception as error:
        refused = type(error).__name__
        message = conflict_message(error)
        if message is not None:
            status = 429 if isinstance(error, TooMany) else 409
            return render(request, f"{status}.html", {"message": message}, status=status)
        if refused_by_database(error):
            raise PermissionDenied from error
        raise
    finally:
        # A guest's functions log for themselves; of somebody unknown there is nothing to tell.
        if refused is not None and request.actor.kind != "guest":
            log_refusal(request, refused)


class Refused(Exception):
    """Carries a finished error response out of the scope, so that the transaction is rolled back."""

    def __init__(self, response):
        self.response = response


def log_refusal(request, reason) -> None:
    match = request.resolver_match
    with acting_for(request.actor):
        log.record(
            "access.refused",
            action=log.REFUSED,
            object_type=match.view_name or "",
            object_id=str(match.kwargs.get("pk", "")),
            details={"reason": str(reason), "method": request.method},
        )


def polling(view):
    """Mark a page that the browser asks for by itself: reading it does not prolong the session."""
    view.polling = True
    return view


def guest(view):
    """Mark a page for those without an account: no login, and in the database a role that reads no table."""
    view.guest, view.login_required = True, False
    return view


def unscoped(view):
    """Mark a view as running outside the scope: it has no right to any case data."""
    view.unscoped = True
    return view
