"""解約の見通し: what leaving or changing would come to, asked before it happens."""
