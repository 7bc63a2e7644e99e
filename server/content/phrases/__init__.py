"""The phrase book: a few words in three languages, approved once, that status boards may show."""
