"""The whole login over HTTP, against the local providers: staff with and without commissions, and citizens."""

from django.contrib.sessions.models import Session
from django.test import Client


def test_staff_with_one_commission_comes_in(providers):
    browser = Client()
    answer = providers.sign_in(browser, "hanna.dalarna")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = browser.get("/", follow=True)
    assert page.request["PATH_INFO"] == "/arenden/"
    assert "Vårdcentralen Övningsängen" in page.content.decode()
    assert Session.objects.count() == 1
