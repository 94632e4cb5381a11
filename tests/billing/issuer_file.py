"""A finance file with an issuer of its own, for tests of what an invoice says."""

from pathlib import Path
from textwrap import dedent

import billing

OWN = Path(billing.__file__).parent / "finance.toml"

ISSUER = dedent(
    """
    [[issuer]]
    from_on = 2014-04-01
    name = "株式会社発行"
    registration = "T8700110005901"
    postal_code = "102-0071"
    address = "東京都千代田区富士見2-10-2"
    telephone = "03-0000-0000"
    seal = "seal.png"
    [[issuer.bank]]
    key = "main"
    name = "青空銀行"
    branch = "本店"
    kind = "普通"
    number = "1234567"
    holder = "カ）ハッコウ"
    [[issuer.bank]]
    key = "second"
    name = "朝日銀行"
    branch = "東支店"
    kind = "当座"
    number = "7654321"
    holder = "カ）ハッコウ"

    [[issuer]]
    from_on = 2026-02-01
    name = "株式会社新発行"
    registration = "T8700110005901"
    """
)
"""An issuer with a seal and two accounts; from 2026-02-01 on another name, and neither."""
SEAL = b"\x89PNG\r\n\x1a\n a seal"


def finance_file(folder: Path, issuers: str = ISSUER) -> str:
    """The finance file of the product with those issuers, in a folder; its path."""
    (folder / "seal.png").write_bytes(SEAL)
    file = folder / "finance.toml"
    file.write_text(OWN.read_text(encoding="utf-8") + issuers, encoding="utf-8")
    return str(file)
