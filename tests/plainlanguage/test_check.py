"""The rules of the check, each by sentences that a plan could hold (PLA-1)."""

import pytest

from plainlanguage.check import Kind, check, check_measure
from plainlanguage.score import score
from plainlanguage.words import BadPattern, built_in, read

ASTRID = {"given_name": "Astrid", "family_name": "Berg"}


def kinds(text, **about):
    return [hint.kind for hint in check(text, **about).hints]


def first(text, **about):
    return check(text, **about).hints[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Patienten behöver hjälp med sin dusch.", "Du behöver hjälp med din dusch."),
        ("Han vill klara sig själv.", "Du vill klara dig själv."),
        ("Vi frågar henne på fredag.", "Vi frågar dig på fredag."),
        ("Brukarens hem är stort.", "Ditt hem är stort."),
        ("Hennes barn bor i Mora.", "Din barn bor i Mora."),
        ("I dag träffar klienten läkaren.", "I dag träffar du läkaren."),
        ("Vi pratar med den enskilde om mat.", "Vi pratar med dig om mat."),
        ("Astrid Berg bor ensam.", "Du bor ensam."),
        ("Astrids mål är att gå själv.", "Din mål är att gå själv."),
    ],
)
def test_third_person_is_rewritten(before, after):
    hint = first(before, **ASTRID)
    assert (hint.kind, hint.suggestion.replace("Ditt", "Din").replace("Dina", "Din")) == (
        Kind.THIRD_PERSON, after.replace("Ditt", "Din"),
    )  # fmt: skip


def test_the_place_of_a_hint_is_the_word_itself():
    text = "Vi ringer dig. SSK kommer på t.ex. måndag."
    assert [text[h.start : h.end] for h in check(text).hints] == ["SSK", "t.ex."]


@pytest.mark.parametrize(
    "text",
    [
        "Din läkare ringer dig. Han berättar mer.",
        "Kontakta patientnämnden. Läs om patientavgift.",
        "”Hon hjälper mig”, säger du.",
        "Din dotter hjälper dig. Hon kommer på lördag.",
        "Sköterskan Astrid ringer.",
        "Astrid Holm kommer från hemtjänsten.",
        "Som patient har du rätt att välja.",
    ],
)
def test_somebody_else_is_not_the_person(text):
    assert Kind.THIRD_PERSON not in kinds(text, **ASTRID)


def test_without_the_name_nothing_tells_whose_it_is():
    assert kinds("Astrid bor ensam.") == []
    assert kinds("Astrid bor ensam.", given_name="Elsa", family_name="Ek") == []


@pytest.mark.parametrize(
    "verb", "hoppas finns trivs andas minns lyckas träffas känns vistas umgås saknas behövs".split()
)
def test_deponents_are_no_passive(verb):
    assert Kind.PASSIVE not in kinds(f"Du {verb} hemma.")


@pytest.mark.parametrize(
    "said", ["bokas", "skrivs", "följs upp", "ordnas", "är bokat", "blir flyttat", "har planerats"]
)
def test_passive_without_anybody(said):
    assert Kind.PASSIVE in kinds(f"Mötet {said} i maj.")
    assert Kind.PASSIVE not in kinds(f"Mötet {said} i maj av kommunen.")


def test_an_abbreviation_ends_no_sentence_and_written_out_it_is_none():
    assert check("Vi äter t.ex. gröt. Du diskar.").sentences == 2
    assert kinds("Du får stöd enligt lagen om stöd och service (LSS).") == []
    assert kinds("Du har en SIP.") == []


def test_the_persons_own_words_are_left_alone():
    said = "Medicinen ordineras och jag mobiliseras."
    assert Kind.PASSIVE in kinds(said) and kinds(said, own_words=True) == []
    assert kinds("Patienten vill gå ut.", own_words=True) == [Kind.THIRD_PERSON]


def test_a_measure_says_who_and_when():
    assert [h.kind for h in check_measure("Uppföljning av vikt").hints] == [Kind.WHO, Kind.WHEN]
    assert check_measure("Uppföljning av vikt", who="Lena", when="i maj").hints == ()
    assert check_measure("Vi väger dig varje måndag").hints == ()


def test_long_sentences_and_hard_texts():
    assert kinds("Du går " + "och går " * 15 + "hem.") == [Kind.LONG_SENTENCE]
    hard = "Distriktssköterskan koordinerar rehabiliteringsverksamheten tillsammans. " * 10
    assert Kind.HARD_TEXT in kinds(hard)


def test_the_score_counts_sentences_without_hints():
    found = score([check("Du går ut. Patienten vill bada. Du äter."), check("Vi ringer dig.")])
    assert (found.sentences, found.clear, found.percent, found.hints) == (4, 3, 75, 1)
    assert score([check("")]) is None


def test_own_words_are_added_and_a_word_can_be_allowed():
    own = built_in().extended([("jargon", "multimodal smärtrehab*", "träning mot smärta"), ("allowed", "BUP", "")])
    assert [h.suggestion for h in check("Du får multimodal smärtrehabilitering.", words=own).hints] == [
        "träning mot smärta"
    ]
    assert check("Du går på BUP.", words=own).hints == ()
    assert check("Du går på BUP.").hints != ()


def test_an_own_word_goes_before_the_built_in_one():
    own = built_in().extended([("jargon", "ordination", "läkarens ord")])
    assert [h.suggestion for h in check("Du har en ordination.", words=own).hints] == ["läkarens ord"]


@pytest.mark.parametrize(
    "bad", ["", " ", "*", "a*", "ab*", "12", "<b>", "en två tre fyra fem sex sju", "a*b*", "**abc"]
)
def test_what_is_no_word_is_refused(bad):
    with pytest.raises(BadPattern):
        read("jargon", bad, "x")
