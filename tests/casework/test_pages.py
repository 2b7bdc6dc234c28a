from tests import build


def test_smoke(cast, browse):
    case = build.case(cast)
    client = browse("amira.falun")
    for url in ("/arenden/", f"/arenden/{case.pk}/", f"/arenden/{case.pk}/logg/", f"/arenden/{case.pk}/handelser/", "/kallelser/", "/uppfoljningar/", "/sok/", "/hjalp/"):
        response = client.get(url)
        assert response.status_code == 200, url
    client.logout()
    for url in ("/logga-in/", "/tillganglighet/", "/personuppgifter/"):
        assert client.get(url).status_code == 200, url
