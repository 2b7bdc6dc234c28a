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
        "Du har en katt. Hon heter Misse.",
        "Prästen kommer på onsdagar. Han tar med kaffe.",
        "Din väninna Gun följer med. Hon har bil.",
        "Läkaren ringer. Hennes nummer står på lappen.",
        "Karin i receptionen hjälper dig, och hon har tid på fredag.",
    ],
)
def test_somebody_else_is_not_the_person(text):
    assert Kind.THIRD_PERSON not in kinds(text, **ASTRID)


@pytest.mark.parametrize(
    "text", ["Läkaren träffar henne på fredag.", "Lena ser över hennes mediciner.", "Boendestödjaren följer med honom."]
)
def test_whoever_does_it_is_not_whom_it_is_done_to(text):
    assert kinds(text, **ASTRID) == [Kind.THIRD_PERSON]


def test_a_title_with_the_family_name_is_the_person():
    assert kinds("Fru Berg vill bo kvar.", **ASTRID) == [Kind.THIRD_PERSON]
    assert kinds("Din fru Berg hälsar.", **ASTRID) == [] == kinds("Fru Ek vill bo kvar.", **ASTRID)


def test_without_the_name_nothing_tells_whose_it_is():
    assert kinds("Astrid bor ensam.") == []
    assert kinds("Astrid bor ensam.", given_name="Elsa", family_name="Ek") == []


@pytest.mark.parametrize(
    "verb",
    "hoppas finns trivs andas minns lyckas träffas känns vistas umgås saknas behövs vantrivs ängslas färdas handskas"
    " åldras skäms svettas låtsas tycks brås kräks enas möts ryms syns".split(),
)
def test_deponents_are_no_passive(verb):
    assert Kind.PASSIVE not in kinds(f"Du {verb} hemma.")


@pytest.mark.parametrize(
    "said", ["bokas", "skrivs", "följs upp", "ordnas", "är bokat", "blir flyttat", "har planerats"]
)
def test_passive_without_anybody(said):
    assert Kind.PASSIVE in kinds(f"Mötet {said} i maj.")
    assert Kind.PASSIVE not in kinds(f"Mötet {said} i maj av kommunen.")


@pytest.mark.parametrize("said", ["på grund av sjukdom", "i början av maj", "i form av samtal"])
def test_not_every_av_says_who_does_it(said):
    assert kinds(f"Mötet flyttas {said}.") == [Kind.PASSIVE]


@pytest.mark.parametrize("said", ["byttes", "köptes", "sattes upp", "gavs", "skrevs under", "höjdes", "togs upp"])
def test_what_was_done_in_the_past_is_passive_too(said):
    assert kinds(f"Det {said} i mars.") == [Kind.PASSIVE]
    assert kinds("Det kallas för SIP.") == [] and kinds("Ni möttes i mars, och det kändes bra.") == []


@pytest.mark.parametrize(
    "text", ["Här är din samordnade plan.", "Det är en beslutad insats.", "Det är vårdens planerade tid."]
)
def test_before_its_noun_it_is_an_adjective(text):
    assert kinds(text) == []
    assert kinds("Tiden är bokad.") == [Kind.PASSIVE]


def test_several_who_help_each_other_are_no_passive():
    assert kinds("Ni hjälps åt med disken.") == []
    assert kinds("Du hjälps upp ur sängen.") == [Kind.PASSIVE]


@pytest.mark.parametrize(
    "said",
    [
        "m.h.a. en stol",
        "i.t.l. vila",
        "fr.om. maj",
        "v 14",
        "2 ggr/v",
        "varje tis",
        "av din KBT-terapeut",
        "med dina ADL:s",
        "hjtj",
    ],
)
def test_abbreviations_that_are_in_no_list(said):
    assert Kind.ABBREVIATION in kinds(f"Du får stöd {said}.")
    # The whole of it is one hint.
    assert [h.excerpt for h in check("Du får stöd i.t.l. vila.").hints] == ["i.t.l."]


@pytest.mark.parametrize(
    "text",
    ["Du väger 62 kg.", "Skriv till a.berg@skolan.se eller se www.skolan.se.", "Du tittar på SVT.", "Ditt TV-spel."],
)
def test_units_addresses_and_well_known_names_are_no_abbreviations(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text", ["Ätstörningsenheten ringer dig.", "Palliativa teamet ringer dig.", "Astmasköterskan ringer."]
)
def test_a_place_or_a_profession_is_not_what_it_is_named_after(text):
    assert kinds(text) == []
    assert kinds("Du har en ätstörning.") == [Kind.ASSESSMENT] and kinds("Du får palliativ vård.") == [Kind.JARGON]


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
    assert check_measure("Stöd av kuratorn före midsommar").hints == ()
    assert check_measure("Dina föräldrar skjutsar dig varje fredag").hints == ()
    assert [h.kind for h in check_measure("Stöd i kontakten med myndigheter i maj").hints] == [Kind.WHO]


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
