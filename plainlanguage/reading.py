"""How hard a text is to read: LIX and the length of its sentences."""

from plainlanguage.text import Text

LONG_WORD = 6
MOST_IN_A_SENTENCE = 22
# LIX says little about a short text.
ENOUGH_WORDS = 40
HARD = 50
LABELS = ((30, "mycket lätt"), (40, "lätt"), (50, "medelsvår"), (60, "svår"))


def lix(words: int, sentences: int, long_words: int) -> int:
    """Words per sentence plus the share of words with more than six letters, in percent."""
    return round(words / sentences + 100 * long_words / words) if words and sentences else 0


def label(value: int) -> str:
    return next((word for limit, word in LABELS if value < limit), "mycket svår")


def counts(text: Text) -> tuple[int, int, int]:
    """Words, sentences and long words, which add up over several texts."""
    return len(text.tokens), len(text.sentences), sum(t.end - t.start > LONG_WORD for t in text.tokens)
