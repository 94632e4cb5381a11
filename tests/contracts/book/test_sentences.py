"""What is wrong with a book is said in the language of the screen; to a program and on the command line it is Japanese."""

from django.utils.translation import override

from contracts.book.faults import Fault
from contracts.book.sentence import Sentence


def test_a_sentence_is_text_and_is_said_anew():
    sentence = Sentence("{label}：{what}", label="保管年数", what=Sentence("整数で書いてください（{raw}）", raw="三"))
    assert sentence == "保管年数：整数で書いてください（三）"
    with override("en"):
        assert sentence.said() == "Years of retention: Write a whole number (三)"
    with override("ja"):
        assert sentence.said() == sentence


def test_a_plain_message_is_said_too():
    with override("en"):
        assert Fault("contracts", 2, "number", "契約番号と同じ番号です").said() == "A contract has this number"
