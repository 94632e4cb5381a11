"""検索: everything of contracts that one term finds, group by group."""
