"""Server-rendered pages for operators and technicians."""
