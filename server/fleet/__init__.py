"""Sites, panels, kiosks and enrolment."""
