"""仕訳のファイル: the neutral slips as each accounting package takes them in, a file a package."""
