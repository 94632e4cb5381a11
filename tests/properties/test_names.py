"""Every name of the catalogue is found, whatever its blanks and widths (第1条〜第4条)."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from contracts.terms import catalog
from tests.properties.facts import MODERATE

BLANKS = st.text(" \t\n\u00a0\u3000", max_size=2)
WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
# Half-width kana, single (ｱ → ア) and with their voicing marks (ｶﾞ → ガ).
HALF_KANA = [chr(code) for code in range(0xFF66, 0xFF9E)]
NARROW = {unicodedata.normalize("NFKC", kana + mark): kana + mark for kana in HALF_KANA for mark in ("", "ﾞ", "ﾟ")}

NAMED = [
    *((catalog.find_category, member, name) for member, name in catalog.CATEGORY_NAMES.items()),
    *((catalog.find_module_type, member, name) for member, name in catalog.MODULE_TYPE_NAMES.items()),
    *((catalog.find_service, member, name) for member, name in catalog.SERVICE_NAMES.items()),
    *((catalog.find_option, member, name) for member, name in catalog.OPTION_NAMES.items()),
    *((catalog.find_licence, member, name) for member, name in catalog.LICENCE_NAMES.items()),
    *((catalog.find_product, member, name) for member, name in catalog.PRODUCT_NAMES.items()),
]


@st.composite
def written(draw, name):
    """The name with blanks put in and dropped, and letters of the other width."""
    letters = []
    for letter in name:
        if letter == " ":
            letters.append(draw(BLANKS))
            continue
        other = WIDE.get(letter) or NARROW.get(letter, letter)
        letters.append((other if draw(st.booleans()) else letter) + draw(BLANKS))
    return draw(BLANKS) + "".join(letters)


@MODERATE
@given(st.data(), st.sampled_from(NAMED))
def test_every_name_is_found_however_it_is_written(data, named):
    find, member, name = named
    assert find(data.draw(written(name))) is member


@MODERATE
@given(st.data(), st.sampled_from(catalog.MODULES))
def test_every_module_is_found_however_it_is_written(data, module):
    kind = catalog.find_kind(module.module_type, data.draw(written(module.kind)))
    item = catalog.find_item(module.module_type, module.kind, data.draw(written(module.item)))
    assert (kind, item) == (module.kind, module.item)
