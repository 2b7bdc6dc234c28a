"""Whatever the mail server answers, no message is lost and people are told what cannot come through (row 20)."""

from datetime import timedelta

from django.utils import timezone

from notifications import services
from organisations.models import Unit
from tests import build
from tests.faults.conftest import FULL, ask, states, wait_until

EACH = 6 if FULL else 2
# What the server does, how many messages meet it, and the state that follows.
ANSWERS = {
    "tar emot": ({}, EACH, "sent"),
    "4xx om mottagaren": ({"recipient": "451 Greylisted"}, EACH, "due"),
    "4xx om brevet": ({"data": "452 Full"}, EACH, "due"),
    "5xx om mottagaren": ({"recipient": "550 No such user"}, EACH, "failed"),
    "5xx om brevet": ({"data": "554 Not here"}, EACH, "failed"),
    "tar emot och lägger på": ({"drop": True}, EACH, "due"),
    "svarar inte": ({"seconds": 15}, 1, "due"),
}
TRIED = "select count(*) from notifications_delivery where attempts = 0 or state = 'sending'"
OF = "select state, count(*) from notifications_delivery where starts_with(dedupe_key, %s) group by state"
TASKS = """
select count(*) from notifications_delivery d join notifications_inboxitem i
  on i.dedupe_key = 'delivery_failed:' || d.id and i.unit_id = %s where d.state = 'failed'"""


def test_every_answer_of_the_mail_server(cast, workers, post, table):
    with cast.acting("owner"):
        units = list(Unit.objects.exclude(email="").filter(function_address="").order_by("pk")[: len(ANSWERS)])
    case = build.case(cast, days_ago=0)
    for unit, (name, (answer, number, _)) in zip(units, ANSWERS.items(), strict=True):
        post.by_address[unit.email] = answer
        with cast.acting("owner"):
            for n in range(number):
                services.queue_mail(unit_id=unit.pk, case_id=case.pk, key=f"{name}:{n}")
    workers.deliver()
    wait_until(lambda: ask(TRIED)[0][0] == 0, seconds=120)
    for name, (_, number, state) in ANSWERS.items():
        assert ask(OF, f"{name}:") == [(state, number)], name
    waits = [due - timezone.now() for (due,) in ask("select due_at from notifications_delivery where state = 'due'")]
    assert timedelta(seconds=-30) < min(waits) and max(waits) < timedelta(seconds=70)

    post.by_address.clear()
    ask("update notifications_delivery set due_at = now() where state = 'due' returning id")
    workers.deliver("--once")
    seconds = wait_until(lambda: set(states()) == {"sent", "failed"}, seconds=90)
    ids, refused = post.ids(), 2 * EACH
    sent, dropped = states()["sent"], ids.total() - len(ids)
    assert (len(ids), states()["failed"], dropped) == (sent, refused, EACH)
    # Each of those that will never come through is a task to phone.
    assert ask(TASKS, cast.unit("owner").pk) == [(refused,)]
    injected = f"{sum(number for _, number, _ in ANSWERS.values()) - EACH} svar av 6 slag"
    table.tell("20 mejlservern: 4xx, 5xx, tystnad, avbrott", injected=injected, twice=dropped, seconds=seconds)
