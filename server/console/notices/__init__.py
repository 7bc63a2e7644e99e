"""The pages of notices: lists, the editor with what it says while one types, revisions, previews, subjects."""
