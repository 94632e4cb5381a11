"""登録番号 of a 適格請求書発行事業者: T and the 13 digits of a 法人番号, the first of which checks the others."""

import re

DIGITS = 13


def check_digit(rest: str) -> int:
    """The check digit of the other 12 digits: 9 − (Σ digit × weight) mod 9, weights 1 and 2 in turn from the right."""
    weighted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(rest)))
    return 9 - weighted % 9


def fault_of(number: str) -> str:
    """What is wrong with a 登録番号, in Japanese; '' for a right one."""
    if not re.fullmatch(rf"T[0-9]{{{DIGITS}}}", number):
        return "登録番号は「T」と13桁の数字です"
    if check_digit(number[2:]) != int(number[1]):
        return f"登録番号の検査用数字が合いません（正しくは{check_digit(number[2:])}）"
    return ""
