"""A guest's own pages: the code, the invitation and the answer. No login, no session: a cookie of their own."""

from functools import wraps

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from guests import visits
from guests.forms import CodeForm, GuestAnswerForm
from organisations.middleware import guest

COOKIE = "sip_guest" if settings.DEMO else "__Host-guest"
# One sentence for all: unknown, ended, locked, wrong code, too many tries.
NO = (
    "Koden och länken stämmer inte, eller så gäller länken inte längre. Kontrollera koden. Efter flera fel går länken "
    "inte att öppna. Ring då den som bjöd in dig."
)
# Whoever is signed in in the same browser has nothing to do with it.
NOBODY = {"session": None, "face": None, "acting": None, "nav_counts": None, "login_method": ""}


def alone(view):
    """Decorate a guest's page: its address is told nobody, and no search engine keeps it."""

    @wraps(view)
    def page(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        # The host alone: a policy without any referrer would take the origin from the form too.
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return guest(page)


def shown(request, template: str, *, status: int = 200, **values) -> HttpResponse:
    return render(request, f"guests/{template}.html", NOBODY | values, status=status)


def over(request, status: int = 200) -> HttpResponse:
    """The visit is over, or there was none: the same words whatever the reason."""
    response = shown(request, "over", status=status)
    response.delete_cookie(COOKIE, samesite="Strict")
    return response


@alone
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enter(request, token):
    """The link alone shows a box for the code, whether there is such a link or not."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        came_from = request.META.get("REMOTE_ADDR", "")
        visit = visits.enter(secret=token, code=form.cleaned_data["code"], address=came_from)
        if visit:
            response = redirect("guests:invitation")
            response.set_cookie(COOKIE, visit, httponly=True, secure=not settings.DEMO, samesite="Strict")
            return response
        form.add_error(None, NO)
    return shown(request, "enter", form=form)


@alone
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request):
    """The invitation and the answer to it, as long as the visit lasts and the link stands."""
    visit = request.COOKIES.get(COOKIE, "")
    invited = visits.invitation(visit)
    if invited is None:
        return over(request, status=200 if request.method == "GET" else 403)
    form = GuestAnswerForm(request.POST or None, invited=invited)
    if request.method == "POST" and form.is_valid():
        if visits.answer(visit, **form.cleaned_data):
            return redirect("guests:invitation")
        return over(request, status=403)
    return shown(request, "invitation", form=form, invited=invited)


@alone
@require_POST
def leave(request):
    visits.leave(request.COOKIES.get(COOKIE, ""))
    response = redirect("guests:invitation")
    response.delete_cookie(COOKIE, samesite="Strict")
    return response
