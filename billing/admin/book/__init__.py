"""台帳: brought, tried, taken in; and taken out."""
