"""台帳の検査 as auditors and finance see it."""
