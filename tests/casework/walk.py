"""Cases in every state for the worklist and the case page, made by walking the services."""

import csv
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case
from meetings import services as meetings
from meetings.models import Invitation
from tests import build
from tests.database import ROOT


def numbers() -> list[str]:
    """Official test numbers of adults."""
    with (ROOT / "cases/data/testnummer.csv").open(encoding="utf-8") as file:
        rows = [row["nummer"] for row in csv.DictReader(file) if row["typ"] == "personnummer"]
    return [number for number in rows if "1930" < number[:4] < "2005"]


def called(cast, case=None, *, who="owner", units=("party",), in_days=14, **values):
    """A case whose meeting is called in so many days; nobody has answered."""
    found = case or build.consented(cast, parties=units, **values)
    starts = timezone.now() + timedelta(days=in_days)
    with cast.acting(who):
        again = Case.objects.with_names().get(pk=found.pk)
        meetings.call(
            case=again, units=[cast.unit(name) for name in units], by=cast.actor(who), starts_at=starts,
            ends_at=starts + timedelta(hours=1), form="physical", place="Hemma hos dig", agenda="Vad är viktigt?",
            chair=cast.staff(who), writer=cast.staff(who),
        )  # fmt: skip
    return build.reread(cast, found, who=who)


def answered(cast, case, *, who="party", answer="coming"):
    """The unit of `who` has answered the kallelse."""
    with cast.acting(who):
        again = Case.objects.with_names().get(pk=case.pk)
        own = Invitation.objects.select_related("meeting__called_by", "unit").get(case=again, unit=cast.unit(who))
        meetings.answer(
            case=again, invitation=own, answer=answer, by=cast.actor(who), attendee_name="Helen Provberg",
            attendee_title="distriktssköterska",
        )  # fmt: skip
    return build.reread(cast, case)


def queries(client, url) -> list[str]:
    """What one request asks the database for, transaction control left out."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    control = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(control)]
